"""What people do on the screens, in the words of the screens."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from playwright.sync_api import Locator, Page, expect

from tests.e2e.live import Account

SCREEN_TIMEOUT = 20_000
READ = 60
"""Seconds until a page was seen, on a busy machine."""
MARGIN = 10
"""Seconds that typing a code and sending it may take on a busy machine."""


@dataclass
class Codes:
    """One person's authenticator: each time step is given out once, ahead of time if need be."""

    secret: str
    given: set[int] = field(default_factory=set)

    def next(self, now: float) -> tuple[str, float]:
        """A code the server has not seen, and in how many seconds it will accept it.

        It accepts the last step's, this one's and the next's; a step about to end counts as over.
        """
        step = int((now + MARGIN) // 30)
        fresh = next(s for s in (step - 1, step, step + 1) if s not in self.given)
        self.given.add(fresh)
        return pyotp.TOTP(self.secret).at(fresh * 30), max(0.0, (fresh - 1) * 30 - now)

    def current(self, now: float) -> tuple[str, float]:
        """The first code from now on that shows on the phone and was not used, and how long to wait.

        The sign sheet itself asks to wait while the code that shows was used already.
        """
        step = int(now // 30)
        while step in self.given:
            step += 1
        self.given.add(step)
        return pyotp.TOTP(self.secret).at(step * 30), max(0.0, step * 30 + 1 - now)


@dataclass
class Person:
    """Somebody with a browser of their own."""

    page: Page
    account: Account
    codes: Codes
    origin: str

    def sign_in(self) -> None:
        page = self.page
        page.goto(self.origin)
        self.knock()
        page.get_by_label("Kode 6 angka").fill(self.code())
        page.get_by_role("button", name="Masuk", exact=True).click()
        self.await_inside()

    def knock(self) -> None:
        page = self.page
        page.get_by_label("NIP atau nama pengguna").fill(self.account.username)
        page.get_by_label("Kata sandi", exact=True).fill(self.account.password)
        page.get_by_role("button", name="Masuk", exact=True).click()

    def await_inside(self) -> None:
        self.page.wait_for_url(re.compile(r"/(meja|operator|petugas|kelola|audit)\b"))

    def code(self, *, showing: bool = False) -> str:
        choose = self.codes.current if showing else self.codes.next
        code, wait = choose(self.page.evaluate("Date.now() / 1000"))
        self.page.wait_for_timeout(wait * 1000)
        return code


class Desk(Person):
    """An operator at a desktop screen."""

    def new_paper(self, file: Path, subject: str, *, numbered: bool = False) -> None:
        self.send_new(file, subject, numbered=numbered)
        expect(self.page.get_by_role("button", name="Susun rute")).to_be_visible(timeout=60_000)

    def send_new(self, file: Path, subject: str, *, numbered: bool = False) -> None:
        page = self.page
        page.get_by_role("button", name="Unggah naskah").first.click()
        sheet = page.get_by_role("dialog", name="Naskah baru")
        sheet.get_by_label("Berkas PDF").set_input_files(file)
        sheet.get_by_label("Perihal").fill(subject)
        sheet.get_by_label("Jenis naskah").select_option("SE")
        sheet.get_by_label("Kode klasifikasi").fill("300.2")
        if numbered:
            sheet.get_by_label("Nomor", exact=True).select_option("reserved")
            sheet.get_by_role("button", name="Ambil nomor").click()
            expect(sheet.get_by_text("untuk naskah ini")).to_be_visible()
        sheet.get_by_role("button", name="Simpan dan unggah").click()

    def new_version(self, file: Path) -> None:
        page = self.page
        page.get_by_role("button", name="Unggah versi baru").first.click()
        sheet = page.get_by_role("dialog", name="Unggah versi baru")
        sheet.get_by_label("Berkas PDF").set_input_files(file)
        sheet.get_by_role("button", name="Unggah naskah").click()
        expect(sheet).to_be_hidden(timeout=SCREEN_TIMEOUT)

    def draw_route(self, *steps: tuple[str, str]) -> None:
        expect(self.plan_route(*steps)).to_be_hidden()

    def plan_route(self, *steps: tuple[str, str]) -> Locator:
        """Steps as (position title, «Paraf» or «Tanda tangan»), sent. The sheet, open if refused."""
        page = self.page
        page.get_by_role("button", name="Susun rute").click()
        sheet = page.get_by_role("dialog", name="Rute naskah")
        for title, action in steps:
            sheet.get_by_label("Tambah jabatan").fill(title)
            sheet.locator(".choices button").filter(has_text=title).first.click()
            row = sheet.get_by_role("group", name=title, exact=True)
            row.get_by_role("button", name=action, exact=True).click()
        sheet.get_by_role("button", name="Simpan rute").click()
        return sheet

    def queue(self, officials: int) -> None:
        page = self.page
        page.get_by_role("button", name=f"Antrekan ke {officials} pejabat").click()
        expect(page.get_by_text("Naskah terkunci selama di rute")).to_be_visible(
            timeout=SCREEN_TIMEOUT
        )


class Phone(Person):
    """An official with a phone."""

    def choose_passphrase(self, passphrase: str) -> None:
        page = self.page
        page.goto(f"{self.origin}/profil/sertifikat")
        page.get_by_label("Frasa sandi baru", exact=True).fill(passphrase)
        page.get_by_label("Ulangi frasa sandi", exact=True).fill(passphrase)
        page.get_by_label("Kode 6 angka").fill(self.code())
        page.get_by_role("button", name="Buat kunci").click()
        expect(page.get_by_text("Sertifikat berlaku")).to_be_visible()

    def give_authenticator(self) -> None:
        """The device recognises its owner, at once and until this page is closed."""
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "hasPrf": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def set_up_passkey(self) -> None:
        page = self.page
        page.goto(f"{self.origin}/profil/perangkat")
        page.get_by_role("button", name=re.compile("^Pasang kunci sandi")).click()
        sheet = page.get_by_role("dialog", name="Pasang kunci sandi di perangkat ini")
        sheet.get_by_label("Kode 6 angka").fill(self.code())
        sheet.get_by_role("button", name="Pasang kunci sandi").click()
        expect(page.get_by_text("Kunci sandi terpasang")).to_be_visible()

    def open_paper(self, subject: str) -> None:
        page = self.page
        page.goto(f"{self.origin}/meja")
        page.get_by_role("link").filter(has_text=subject).first.click()

    def await_reader(self) -> None:
        """The paper is open; a short one may have been read at once."""
        expect(self.page.get_by_text(re.compile("halaman telah dibaca")).first).to_be_visible()

    def read_and_tick(self, pages: int, *, taken: bool = True) -> None:
        page = self.page
        self.await_reader()
        tick = page.get_by_role("button", name="Centang", exact=True)
        until = time.monotonic() + READ * pages
        while not tick.count():  # a page counts once all of it was on the screen for a while
            assert time.monotonic() < until, "the paper was never read"
            way = page.get_by_role("button", name=re.compile(r"^Ke halaman")).last
            if way.count():
                way.click()
            page.wait_for_timeout(500)
            page.mouse.move(180, 300)
            page.mouse.wheel(0, 240)
            page.wait_for_timeout(500)
        tick.last.click()
        if taken:
            expect(page.get_by_text("Dicentang pukul").first).to_be_visible()

    def send_back(self, note: str, *, reject: bool = False) -> None:
        page = self.page
        page.get_by_role("button", name="Kembalikan", exact=True).click()
        sheet = page.get_by_role("dialog")
        if reject:
            sheet.get_by_role("button", name="Tolak naskah ini").click()
        sheet.get_by_label("Catatan").fill(note)
        name = "Tolak naskah" if reject else "Kembalikan"
        sheet.get_by_role("button", name=name, exact=True).click()
        expect(sheet).to_be_hidden()

    def initial(self) -> None:
        self.page.get_by_role("button", name="Paraf", exact=True).click()
        expect(self.page.get_by_text("Diparaf. Naskah diteruskan").first).to_be_visible()

    def sign(self, passphrase: str) -> None:
        self.confirm_signing(self.fill_sign_sheet(passphrase))

    def fill_sign_sheet(self, passphrase: str) -> Locator:
        page = self.page
        code = self.code(showing=True)
        page.get_by_role("button", name="Tanda tangani", exact=True).click()
        sheet = page.get_by_role("dialog", name="Tanda tangani")
        sheet.get_by_label("Frasa sandi", exact=True).fill(passphrase)
        sheet.get_by_label("Kode 6 angka").fill(code)
        return sheet

    def confirm_signing(self, sheet: Locator) -> None:
        sheet.get_by_role("button", name="Tanda tangani", exact=True).click()
        signed = self.page.get_by_role("heading", name="Ditandatangani")
        expect(signed).to_be_visible(timeout=30_000)

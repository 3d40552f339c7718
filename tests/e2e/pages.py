"""What people do on the screens, in the words of the screens."""

from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from playwright.sync_api import Page, expect

from tests.e2e.live import Account

SCREEN_TIMEOUT = 20_000


@dataclass
class Codes:
    """One person's authenticator: each time step is given out once, ahead of time if need be."""

    secret: str
    given: set[int] = field(default_factory=set)

    def next(self, now: float) -> str:
        """A code the server accepts now and has not seen: the last step's, this one's, the next's."""
        step = int(now // 30)
        fresh = next(s for s in (step - 1, step, step + 1) if s not in self.given)
        self.given.add(fresh)
        return pyotp.TOTP(self.secret).at(fresh * 30)


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
        page.get_by_label("NIP atau nama pengguna").fill(self.account.username)
        page.get_by_label("Kata sandi", exact=True).fill(self.account.password)
        page.get_by_role("button", name="Masuk", exact=True).click()
        page.get_by_label("Kode 6 angka").fill(self.code())
        page.get_by_role("button", name="Masuk", exact=True).click()

    def code(self) -> str:
        return self.codes.next(self.page.evaluate("Date.now() / 1000"))


class Desk(Person):
    """An operator at a desktop screen."""

    def new_paper(self, file: Path, subject: str) -> None:
        page = self.page
        page.get_by_role("button", name="Unggah naskah").first.click()
        sheet = page.get_by_role("dialog", name="Naskah baru")
        sheet.get_by_label("Berkas PDF").set_input_files(file)
        sheet.get_by_label("Perihal").fill(subject)
        sheet.get_by_label("Jenis naskah").select_option("SE")
        sheet.get_by_label("Kode klasifikasi").fill("300.2")
        sheet.get_by_role("button", name="Simpan dan unggah").click()
        expect(page.get_by_role("button", name="Susun rute")).to_be_visible(timeout=60_000)

    def draw_route(self, *steps: tuple[str, str]) -> None:
        """Steps as (position title, «Paraf» or «Tanda tangan»)."""
        page = self.page
        page.get_by_role("button", name="Susun rute").click()
        sheet = page.get_by_role("dialog", name="Rute naskah")
        for title, action in steps:
            sheet.get_by_label("Tambah jabatan").fill(title)
            sheet.locator(".choices button").filter(has_text=title).first.click()
            row = sheet.get_by_role("group", name=title, exact=True)
            row.get_by_role("button", name=action, exact=True).click()
        sheet.get_by_role("button", name="Simpan rute").click()

    def queue(self, officials: int) -> None:
        page = self.page
        page.get_by_role("button", name=f"Antrekan ke {officials} pejabat").click()
        expect(page.get_by_text("Naskah terkunci selama di rute")).to_be_visible(
            timeout=SCREEN_TIMEOUT
        )

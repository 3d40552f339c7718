"""What newcomers and the offices do on their screens: administrator and registration officer."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Locator, Page, expect

from tests.e2e.live import Account
from tests.e2e.pages import Codes, Person

P = TypeVar("P", bound=Person)
Look = Callable[[Page, str], None]
"""Called with every screen on the way."""


def pass_by(page: Page, screen: str) -> None:
    """Looks at nothing."""


def newcomer(kind: type[P], page: Page, origin: str, username: str) -> P:
    """Somebody who has no authenticator yet; `enrol` fills it."""
    account = Account(username, "", f"{username} di tepi sungai", "", None)
    return kind(page, account, Codes(""), origin)


def accept(person: Person, link: str, look: Look = pass_by) -> None:
    """An invitation: choose the password, and stand at the door."""
    page = person.page
    page.goto(link)
    expect(page.get_by_text("Selamat datang")).to_be_visible()
    look(page, "invitation")
    password = page.get_by_label("Kata sandi baru", exact=True)
    password.fill("pendek")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    expect(page.get_by_text("Minimal 12 huruf.")).to_be_visible()
    look(page, "invitation, too short")
    password.fill(person.account.password)
    page.get_by_role("button", name="Simpan dan lanjut").click()
    expect(page.get_by_label("NIP atau nama pengguna")).to_be_visible()


def enrol(person: Person, look: Look = pass_by) -> list[str]:
    """The first sign-in: password, authenticator with its confirmation. The recovery codes."""
    page = person.page
    person.knock()
    expect(page.get_by_role("img", name="Kode QR untuk aplikasi autentikator")).to_be_visible()
    person.codes.secret = page.locator(".secret .print").inner_text().replace(" ", "")
    look(page, "authenticator")
    page.get_by_role("button", name="Pasang", exact=True).click()
    expect(page.get_by_text("Ketik keenam angkanya.")).to_be_visible()
    look(page, "authenticator, incomplete")
    page.get_by_label("Kode 6 angka").fill(person.code())
    page.get_by_role("button", name="Pasang", exact=True).click()
    expect(page.get_by_role("heading", name="Simpan kode pemulihan")).to_be_visible()
    look(page, "recovery codes")
    shown = page.locator(".keeps li").all_inner_texts()
    page.get_by_role("button", name="Sudah saya simpan").click()
    person.await_inside()
    return shown


class Administrator(Person):
    """Set-up, units, positions, people and their mandates."""

    def found(self, link: str, agency: str, short_name: str, look: Look = pass_by) -> None:
        """The terminal's link: the agency, and this person as its first administrator."""
        page = self.page
        page.goto(link)
        page.get_by_role("button", name="Lanjut").click()
        expect(page.get_by_text("Isi dulu bagian ini.").first).to_be_visible()
        look(page, "first run, agency")
        page.get_by_label("Nama instansi").fill(agency)
        page.get_by_label("Nama singkat").fill(short_name)
        page.get_by_label("Zona waktu").select_option("WITA")
        page.get_by_role("button", name="Lanjut").click()
        page.get_by_label("Nama lengkap dan gelar").fill("Wulan Contoh, S.Kom.")
        page.get_by_label("Nama pengguna").fill(self.account.username)
        page.get_by_role("button", name="Buat akun pengelola").click()
        expect(page.get_by_text("Isi dulu bagian ini.")).to_be_visible()
        look(page, "first run, administrator")
        page.get_by_label("Kata sandi", exact=True).fill(self.account.password)
        page.get_by_role("button", name="Buat akun pengelola").click()
        expect(page.get_by_label("NIP atau nama pengguna")).to_be_visible()

    def prepare(self, arms: Path, units: Mapping[str, str], pattern: str, look: Look) -> None:
        """The wizard: coat of arms, units (code to name), number pattern, issuer."""
        page = self.page
        page.goto(f"{self.origin}/kelola/penyiapan")
        expect(page.get_by_text("Langkah 1 dari 4")).to_be_visible()
        look(page, "preparing, arms")
        page.locator("input[type=file]").set_input_files(arms)
        expect(page.get_by_role("img", name="Lambang")).to_be_visible()
        page.get_by_role("button", name="Lanjut ke Unit").click()
        look(page, "preparing, no units")
        for code, name in units.items():
            self.add_unit(code, name)
        look(page, "preparing, units")
        page.get_by_role("button", name="Lanjut ke Pola nomor").click()
        page.get_by_label("Pola nomor naskah").fill("tanpa unsur")
        expect(page.get_by_text("Belum menjadi pola")).to_be_visible()
        look(page, "preparing, no pattern")
        page.get_by_label("Pola nomor naskah").fill(pattern)
        expect(page.get_by_text("Contoh hari ini di")).to_be_visible()
        page.get_by_role("button", name="Lanjut ke Penerbit sertifikat").click()
        expect(page.get_by_text("tidak tersertifikasi PSrE Indonesia")).to_be_visible()
        look(page, "preparing, issuer")
        page.get_by_role("button", name="Selesai, daftarkan orang").click()
        expect(page.get_by_role("button", name="Tambah orang")).to_be_visible()

    def add_unit(self, code: str, name: str) -> None:
        page = self.page
        page.get_by_role("button", name="Tambah unit").click()
        sheet = page.get_by_role("dialog", name="Tambah unit")
        sheet.get_by_label("Nama unit").fill(name)
        sheet.get_by_label("Kode unit").fill(code)
        self.save(sheet)
        expect(page.get_by_role("listitem").filter(has_text=name)).to_be_visible()

    def add_position(self, title: str, unit: str, *, head: bool = False) -> None:
        page = self.page
        page.goto(f"{self.origin}/kelola/jabatan")
        page.get_by_role("button", name="Tambah jabatan").click()
        sheet = page.get_by_role("dialog", name="Tambah jabatan")
        sheet.get_by_label("Nama jabatan").fill(title)
        sheet.get_by_label("Unit", exact=True).select_option(label=unit)
        if head:
            sheet.get_by_text("Pimpinan unit").click()
        self.save(sheet)
        expect(page.get_by_role("listitem").filter(has_text=title)).to_be_visible()

    def add_person(self, name: str, nip: str) -> None:
        """Leaves the new person's own page open."""
        page = self.page
        page.goto(f"{self.origin}/kelola/orang")
        page.get_by_role("button", name="Tambah orang").click()
        sheet = page.get_by_role("dialog", name="Tambah orang")
        sheet.get_by_label("Nama lengkap dan gelar").fill(name)
        sheet.get_by_label("NIP").fill(nip)
        self.save(sheet)
        expect(page.get_by_role("heading", name=name)).to_be_visible()

    def open_person(self, name: str) -> None:
        page = self.page
        page.goto(f"{self.origin}/kelola/orang")
        page.get_by_role("searchbox", name="Cari nama atau NIP").fill(name)
        page.get_by_role("link").filter(has_text=name).click()
        expect(page.get_by_role("button", name="Ubah data")).to_be_visible()

    def invite(self, username: str) -> str:
        """The link for the person whose page is open."""
        page = self.page
        page.get_by_role("button", name="Undang", exact=True).click()
        sheet = page.get_by_role("dialog", name="Undang")
        sheet.get_by_label("Nama pengguna").fill(username)
        sheet.get_by_role("button", name="Buat tautan undangan").click()
        shown = page.get_by_role("dialog", name="Undangan untuk")
        link = shown.locator(".once").inner_text()
        shown.get_by_role("button", name="Sudah saya simpan").click()
        expect(shown).to_be_hidden()
        return link

    def give_role(self, role: str, unit: str | None = None) -> None:
        page = self.page
        page.get_by_role("button", name="Beri peran", exact=True).click()
        sheet = page.get_by_role("dialog", name="Beri peran")
        sheet.get_by_label("Peran", exact=True).select_option(label=role)
        if unit:
            sheet.get_by_label("Unit", exact=True).select_option(label=unit)
        sheet.get_by_role("button", name="Beri peran", exact=True).click()
        expect(sheet).to_be_hidden()
        expect(page.get_by_role("button", name=role)).to_be_visible()

    def appoint(
        self, title: str, decree: str, *, kind: str = "definitif", until: str | None = None
    ) -> None:
        """The person whose page is open, to a position."""
        page = self.page
        page.get_by_role("button", name="Tugaskan", exact=True).click()
        sheet = page.get_by_role("dialog", name="Tugaskan")
        sheet.get_by_label("Jabatan").fill(title)
        sheet.locator(".finds button").filter(has_text=title).first.click()
        sheet.get_by_label("Ditugaskan sebagai").select_option(kind)
        sheet.get_by_label("Nomor surat keputusan").fill(decree)
        if until:
            sheet.get_by_label("Sampai dengan tanggal").fill(until)
        sheet.get_by_role("button", name="Tugaskan", exact=True).click()
        expect(sheet).to_be_hidden()
        expect(page.get_by_text(f"Keputusan {decree}")).to_be_visible()

    def save(self, sheet: Locator) -> None:
        sheet.get_by_role("button", name="Simpan", exact=True).click()
        expect(sheet).to_be_hidden()


class Officer(Person):
    """A registration officer."""

    def open_person(self, name: str) -> None:
        page = self.page
        page.goto(f"{self.origin}/petugas")
        page.get_by_role("searchbox", name="Cari nama atau NIP").fill(name)
        page.get_by_role("link").filter(has_text=name).click()
        expect(page.get_by_role("heading", name="Perangkat")).to_be_visible()

    def propose(self, name: str, what: str, evidence: str) -> None:
        page = self.page
        self.open_person(name)
        page.get_by_role("button", name="Usulkan", exact=True).click()
        sheet = page.get_by_role("dialog", name="Usulkan")
        expect(sheet.get_by_text(what).first).to_be_attached()
        choice = sheet.get_by_label("Yang diusulkan")
        if choice.count():  # where one thing only can be proposed, there is nothing to choose
            choice.select_option(label=what)
        sheet.get_by_role("button", name="Kirim ke petugas kedua").click()
        expect(sheet.get_by_text("Tulis apa yang diperiksa")).to_be_visible()
        sheet.get_by_label("Bukti yang diperiksa").fill(evidence)
        sheet.get_by_role("button", name="Kirim ke petugas kedua").click()
        expect(sheet).to_be_hidden()
        expect(page.get_by_role("button", name=what)).to_be_visible()

    def open_waiting(self, name: str, what: str) -> Locator:
        """The sheet of a proposal that waits for a second officer."""
        page = self.page
        page.goto(f"{self.origin}/petugas")
        page.get_by_role("button").filter(has_text=name).filter(has_text=what).first.click()
        return page.get_by_role("dialog", name=what)

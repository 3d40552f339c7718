"""Every screen, filled, empty and failing, by axe in light and dark, at a phone's and a desk's width."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from backend.core.postgres import ADMIN, EmbeddedPostgres
from tests.e2e.live import Account, Live
from tests.e2e.looks import DESKTOP, PHONE, Looks
from tests.e2e.pages import Desk, Person, Phone
from tests.factories.pdfs import make_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

NOBODY = "00000000-0000-0000-0000-000000000000"
SUBJECT = "Jadwal pelayanan imunisasi keliling di desa-desa pesisir"
PASSPHRASE = "perahu tua menunggu pasang"
RECORD = (
    "fetch('/api/v1/documents/' + location.pathname.split('/').pop())"
    ".then(r => r.json()).then(d => d.public_code)"
)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "edaran.pdf"
    path.write_bytes(make_pdf(pages=2))
    return path


def test_the_door_and_the_citizens_pages_are_accessible(
    live: Live, browser: Browser, accounts: dict[str, Account], letter: Path
) -> None:
    looks = Looks()
    context = browser.new_context(
        viewport=PHONE, locale="id-ID", is_mobile=True, has_touch=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(live.origin)
    name = page.get_by_label("NIP atau nama pengguna")
    expect(name).to_be_visible()
    looks.at(page, "door, password")
    name.fill("bukan.siapa-siapa")
    page.get_by_label("Kata sandi", exact=True).fill("salah sama sekali")
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks.at(page, "door, refused")
    account = accounts["sekretaris.dinkes"]
    name.fill(account.username)
    page.get_by_label("Kata sandi", exact=True).fill(account.password)
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_label("Kode 6 angka")).to_be_visible()
    looks.at(page, "door, code")
    page.get_by_role("button", name="Kode tidak cocok").click()
    expect(page.get_by_label("Kode pemulihan")).to_be_visible()
    looks.at(page, "door, recovery code")

    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        width = size["width"]
        page.goto(f"{live.origin}/v")
        looks.at(page, f"public form {width}")
        page.locator("input[type=file]").set_input_files(letter)
        page.locator("button[form=unggah]").click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Periksa naskah")
        looks.at(page, f"public report {width}")
        page.goto(f"{live.origin}/v/AAAAABBBBBCCCCCDDDDD")
        looks.at(page, f"public, unknown code {width}")
    context.close()
    assert not looks.findings, "\n".join(looks.findings)


def test_every_screen_of_the_app_is_accessible(
    live: Live, browser: Browser, someone: Callable[..., Any], letter: Path
) -> None:
    looks = Looks()
    operator: Desk = someone("operator1.dinkes", Desk, phone=False, reduced_motion="reduce")
    operator.sign_in()
    _at_the_desk(looks, operator, letter)

    head: Phone = someone("kepala.dinkes", Phone, reduced_motion="reduce")
    head.sign_in()
    page = head.page
    head.choose_passphrase(PASSPHRASE)
    operator.queue(1)
    looks.both_widths(operator.page, "desk, on its way")

    expect(page.get_by_text("Sertifikat berlaku")).to_be_visible()
    looks.at(page, "certificate")
    page.goto(f"{live.origin}/riwayat")
    expect(page.get_by_text("Riwayat masih kosong")).to_be_visible()
    looks.at(page, "history, empty")
    code = operator.page.evaluate(RECORD)
    page.goto(f"{live.origin}/v/{code}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    looks.both_widths(page, "public, on its way")
    page.goto(f"{live.origin}/meja")
    expect(page.get_by_role("link").filter(has_text=SUBJECT)).to_be_visible()
    looks.at(page, "inbox")
    _read_and_sign(looks, head)
    _other_screens(looks, live, head)
    _failing(looks, live, page)

    with _unvalidated(live, code):
        page.goto(f"{live.origin}/v/{code}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sedang diperiksa")
        looks.both_widths(page, "public, being checked")
        page.goto(f"{live.origin}/v/{code}?lang=en")
        expect(page.get_by_role("heading", level=1)).to_have_text("Being checked")
        looks.both_widths(page, "public, being checked, English")
    page.goto(f"{live.origin}/v/{code}")
    expect(page.get_by_text(SUBJECT)).to_be_visible()
    looks.both_widths(page, "public record")
    page.goto(f"{live.origin}/v/{code}?lang=en")
    looks.both_widths(page, "public record, English")
    assert not looks.findings, "\n".join(looks.findings)


@contextmanager
def _unvalidated(live: Live, code: str) -> Iterator[None]:
    """As it is between a signature and the end of its validation, which is too short to look at."""
    forget = "UPDATE document SET validated_sha256 = NULL WHERE public_code = %s"
    know = "UPDATE document SET validated_sha256 = signed_sha256 WHERE public_code = %s"
    with psycopg.connect(EmbeddedPostgres(live.home).url(ADMIN), autocommit=True) as connection:
        connection.execute(forget, [code])
        yield
        connection.execute(know, [code])


PLACES = {
    "kepala.dinkes": (
        "meja",
        "riwayat",
        "pemberitahuan",
        "pindai",
        "profil",
        "profil/perangkat",
        "profil/keamanan",
        "profil/sertifikat",
        "profil/pemberitahuan",
    ),
    "operator2.bkad": ("operator",),
    "verifikator2": ("petugas",),
    "auditor": ("audit",),
    "pengelola": (
        "kelola",
        "kelola/instansi",
        "kelola/unit",
        "kelola/jabatan",
        "kelola/orang",
        "kelola/naskah",
        "kelola/naskah/baru",
        "kelola/naskah/SK",
        "kelola/penyiapan/nomor",
        "kelola/luring",
        "kelola/akar",
    ),
}
SPEAK = """async (language) => {
    const { csrf } = await (await fetch("/api/v1/session")).json();
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
    const body = JSON.stringify({ language });
    return (await fetch("/api/v1/session", { method: "PATCH", headers, body })).ok;
}"""


@pytest.mark.parametrize("username", PLACES)
def test_every_place_is_accessible_in_english(
    live: Live, someone: Callable[..., Any], username: str
) -> None:
    looks = Looks()
    person: Person = someone(username, reduced_motion="reduce")
    person.sign_in()
    page = person.page
    assert page.evaluate(SPEAK, "en")
    try:
        page.reload()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        for path in PLACES[username]:
            page.goto(f"{live.origin}/{path}")
            expect(page.locator("header").first).to_be_visible()
            page.wait_for_load_state("networkidle")
            looks.at(page, f"{path}, English", may_pan="desk__sheet")
    finally:
        page.evaluate(SPEAK, "id")
    assert not looks.findings, "\n".join(looks.findings)


def _at_the_desk(looks: Looks, operator: Desk, letter: Path) -> None:
    page = operator.page
    expect(page.get_by_text("Rak ini kosong")).to_be_visible()
    looks.both_widths(page, "desk, empty")
    page.get_by_role("button", name="Unggah naskah").first.click()
    page.get_by_role("dialog", name="Naskah baru").get_by_role(
        "button", name="Simpan dan unggah"
    ).click()
    looks.both_widths(page, "new paper, incomplete")
    page.keyboard.press("Escape")
    operator.new_paper(letter, SUBJECT)
    looks.both_widths(page, "desk, a paper")
    page.get_by_role("button", name="Susun rute").click()
    sheet = page.get_by_role("dialog", name="Rute naskah")
    sheet.get_by_label("Tambah jabatan").fill("Kepala Dinas Kesehatan")
    expect(sheet.locator(".choices button").first).to_be_visible()
    looks.both_widths(page, "route, choosing")
    sheet.get_by_role("button", name="Tutup").click()
    expect(sheet).to_be_hidden()
    operator.draw_route(("Kepala Dinas Kesehatan", "Tanda tangan"))
    expect(page.locator(".drag")).to_be_visible()
    looks.both_widths(page, "desk, placed")
    page.get_by_role("button", name="Ubah Tempat tanda tangan").click()
    looks.both_widths(page, "placement")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Tindakan lain").click()
    looks.both_widths(page, "desk, other actions")
    page.get_by_role("button", name="Batalkan naskah").click()
    looks.both_widths(page, "desk, a note")
    page.keyboard.press("Escape")


def _read_and_sign(looks: Looks, head: Phone) -> None:
    page = head.page
    page.get_by_role("link").filter(has_text=SUBJECT).first.click()
    head.await_reader()
    looks.at(page, "reader, reading")
    page.get_by_role("button", name="Pilihan lain").click()
    looks.at(page, "reader, menu")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Tampilkan sebagai teks besar").click()
    looks.at(page, "reader, large text")
    page.get_by_role("button", name="Tampilkan halaman").click()
    head.read_and_tick(2)
    looks.at(page, "reader, ticked")
    page.get_by_role("button", name="Kembalikan", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Kembalikan", exact=True).click()
    looks.at(page, "return, without a note")
    page.get_by_role("button", name="Tolak naskah ini").click()
    looks.at(page, "reject")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Tanda tangani", exact=True).click()
    sheet = page.get_by_role("dialog", name="Tanda tangani")
    sheet.get_by_role("button", name="Tanda tangani", exact=True).click()
    expect(page.get_by_text("Ketik frasa sandi Anda.")).to_be_visible()
    looks.at(page, "sign, incomplete", may_pan="lens__view")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    head.sign(PASSPHRASE)
    looks.at(page, "signed")


def _other_screens(looks: Looks, live: Live, head: Phone) -> None:
    page = head.page
    for path, word in {
        "meja": "Meja Anda bersih",
        "riwayat": SUBJECT,
        "pemberitahuan": SUBJECT,
        "pindai": "Periksa keaslian naskah",
        "profil": "Perangkat dan sesi",
        "profil/perangkat": "Perangkat ini",
        "profil/keamanan": "Ganti kata sandi",
        "profil/pemberitahuan": "Kabari saya tentang",
        "meja/bukan/alamat": "Meja Anda bersih",
    }.items():
        page.goto(f"{live.origin}/{path}")
        expect(page.get_by_text(word).first).to_be_visible()
        looks.at(page, path)
    _objecting(looks, live, page)
    page.goto(f"{live.origin}/riwayat")
    page.get_by_role("link").filter(has_text=SUBJECT).first.click()
    expect(page.get_by_role("heading", name="Versi 1, berlaku")).to_be_visible()
    looks.at(page, "trail")


def _objecting(looks: Looks, live: Live, page: Page) -> None:
    """A new officer, whose grant waits for objections; the demo has none, so the answer is ours."""
    waiting = {
        "id": NOBODY,
        "person": {"id": NOBODY, "name": "Tono Contoh, S.Kom."},
        "granted_by": {"id": NOBODY, "name": "Jaka Contoh, M.T."},
        "granted_at": "2026-03-02T02:00:00Z",
        "counts_from": "2099-03-03T02:00:00Z",
        "revoked_at": None,
        "waiting": True,
    }
    page.route("**/api/v1/roles/**", lambda route: route.fulfill(json=waiting))
    page.goto(f"{live.origin}/keberatan/{NOBODY}")
    page.get_by_role("button", name="Ajukan keberatan").click()
    page.get_by_role("button", name="Batalkan penunjukan ini").click()
    expect(page.get_by_text("Tulis alasannya")).to_be_visible()
    looks.at(page, "objection, sheet")
    page.get_by_role("button", name="Tutup").click()
    looks.at(page, "objection")
    page.unroute("**/api/v1/roles/**")


def _failing(looks: Looks, live: Live, page: Page) -> None:
    def unavailable(route: Route) -> None:
        route.fulfill(status=503, content_type="text/plain", body="down")

    for path in ("meja", "riwayat", "pemberitahuan", f"naskah/{NOBODY}", f"keberatan/{NOBODY}"):
        page.route("**/api/v1/**", unavailable)
        page.goto(f"{live.origin}/{path}")
        expect(page.get_by_role("button", name="Coba lagi").first).to_be_visible()
        looks.at(page, f"{path}, server away")
        page.unroute("**/api/v1/**")

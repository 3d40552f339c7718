"""An empty installation, from the terminal's link to its first signed paper."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.live import Live
from tests.e2e.looks import Looks
from tests.e2e.offices import Administrator, Officer, accept, enrol, newcomer
from tests.e2e.pages import Desk, Person, Phone
from tests.factories.pdfs import make_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

AGENCY = "Pemerintah Kabupaten Muara Contoh"
UNIT = "Dinas Perikanan"
HEAD = "Kepala Dinas Perikanan"
SUBJECT = "Jadwal lelang hasil tangkapan"
PATTERN = "{klasifikasi}/{urut:3}/{unit}/{tahun}"
PASSPHRASE = "jala tua dijemur di dermaga"
NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    live = Live(tmp_path_factory.mktemp("empty") / "home", DEMO="0")
    live.start()
    yield live
    live.stop()


@pytest.fixture
def arms(tmp_path: Path) -> Path:
    drawn = io.BytesIO()
    Image.new("RGBA", (96, 120), (20, 90, 160, 255)).save(drawn, "PNG")
    path = tmp_path / "lambang.png"
    path.write_bytes(drawn.getvalue())
    return path


def test_a_regency_from_nothing_reaches_its_first_signed_paper(
    empty: Live, new_page: NewPage, arms: Path, tmp_path: Path
) -> None:
    looks = Looks()
    link = empty.setup_link()
    page = new_page(empty.origin, "wulan", phone=False, reduced_motion="reduce")
    admin = newcomer(Administrator, page, empty.origin, "wulan")
    admin.found(link, AGENCY, "Kab. Muara Contoh", _in_both_languages(looks))
    enrol(admin)
    admin.prepare(arms, {"DISKAN": UNIT, "SETDA": "Sekretariat Daerah"}, PATTERN, looks.both_widths)
    page.goto(link)
    expect(page.get_by_role("heading", name="Centang sudah disiapkan")).to_be_visible()
    looks.both_widths(page, "first run, done already")

    admin.add_position(HEAD, UNIT, head=True)
    officers = [
        _invited(new_page, admin, Officer, name, role="Petugas registrasi")
        for name in ("Seno Contoh, S.T.", "Rara Contoh, S.Kom.")
    ]
    operator = _invited(new_page, admin, Desk, "Tari Contoh, A.Md.", role="Operator", unit=UNIT)
    admin.add_person("Ir. Bahari Contoh", "197001011995031001")
    admin.appoint(HEAD, "800/17/2026")
    invitation = admin.invite("bahari")
    page = new_page(empty.origin, "bahari", reduced_motion="reduce")
    head = newcomer(Phone, page, empty.origin, "bahari")
    accept(head, invitation, looks.both_widths)
    recovery = enrol(head, looks.both_widths)
    _shown_once(head, recovery, invitation)

    first, second = officers
    first.propose("Bahari", "Terbitkan sertifikat", "Kartu pegawai 17, bertemu di kantor.")
    sheet = second.open_waiting("Bahari", "Terbitkan sertifikat")
    expect(sheet.get_by_text("Kartu pegawai 17, bertemu di kantor.")).to_be_visible()
    sheet.get_by_role("button", name="Setujui").click()
    expect(second.page.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    head.choose_passphrase(PASSPHRASE)

    letter = tmp_path / "lelang.pdf"
    letter.write_bytes(make_pdf(pages=1))
    operator.new_paper(letter, SUBJECT, numbered=True)
    operator.draw_route((HEAD, "Tanda tangan"))
    operator.queue(1)
    head.open_paper(SUBJECT)
    head.read_and_tick(1)
    head.sign(PASSPHRASE)
    _ask_as_a_citizen(empty, operator, new_page)
    assert empty.command("audit", "verify").returncode == 0
    assert not looks.findings, "\n".join(looks.findings)


def _invited(
    new_page: NewPage,
    admin: Administrator,
    kind: type[Person],
    name: str,
    *,
    role: str,
    unit: str | None = None,
) -> Person:
    """Somebody registered, given a role and invited, who came in a browser of their own."""
    username = name.split(maxsplit=1)[0].lower()
    admin.add_person(name, f"19800101200501{sum(map(ord, username)) % 9000 + 1000}")
    admin.give_role(role, unit)
    link = admin.invite(username)
    person = newcomer(kind, new_page(admin.origin, username, phone=False), admin.origin, username)
    accept(person, link)
    assert len(enrol(person)) >= 8
    return person


def _in_both_languages(looks: Looks) -> Callable[[Page, str], None]:
    """For screens with a language switch of their own."""

    def look(page: Page, screen: str) -> None:
        looks.both_widths(page, screen)
        page.get_by_role("button", name="English").click()
        looks.both_widths(page, f"{screen}, English")
        page.get_by_role("button", name="Bahasa Indonesia").click()

    return look


def _shown_once(person: Person, recovery: list[str], invitation: str) -> None:
    """Neither the recovery codes nor the invitation are good for a second look."""
    page = person.page
    page.goto(f"{person.origin}/profil/keamanan")
    expect(page.get_by_text("Ganti kata sandi").first).to_be_visible()
    assert not any(code in page.content() for code in recovery)
    page.goto(invitation)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("Selamat datang")).to_have_count(0)


def _ask_as_a_citizen(empty: Live, operator: Person, new_page: NewPage) -> None:
    seen = operator.page.evaluate("fetch('/api/v1/documents').then((answer) => answer.json())")
    [paper] = seen["items"]
    page = new_page(empty.origin, "citizen")
    page.goto(f"{empty.origin}/v/{paper['public_code']}")
    verdict = page.get_by_role("heading", level=1)
    while "Sedang diperiksa" in verdict.inner_text():  # until the worker has validated it
        page.wait_for_timeout(500)
        page.reload()
    expect(verdict).to_contain_text("tidak tersertifikasi")
    expect(page.get_by_text(AGENCY).first).to_be_visible()
    expect(page.get_by_text(SUBJECT)).to_be_visible()
    expect(page.get_by_text(HEAD)).to_be_visible()
    expect(page.get_by_text(f"300.2/001/DISKAN/{datetime.now(UTC).year}")).to_be_visible()

"""A cable cut and a server killed in the middle of an upload and of a signature."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.live import Live
from tests.e2e.looks import Looks
from tests.e2e.pages import Desk, Phone
from tests.factories.pdfs import make_pdf
from tests.support.line import Line

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

UPLOAD, SIGNATURE = b"PATCH /api/v1/uploads/", b"POST /api/v1/signing/authorisations"
ARRIVES = 30
EXAMINED = 60_000
SCAN, PAPER = "Pindaian besar", "Penghapusan barang milik daerah"
PASSPHRASE = "kunci lemari di balik lukisan"
ASK = "(path) => fetch(`/api/v1${path}`).then((answer) => answer.json())"


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.close()


def test_an_upload_cut_off_or_killed_leaves_nothing_half_way_and_goes_on(
    live: Live, someone: Callable[..., Any], line: Line, tmp_path: Path
) -> None:
    operator: Desk = someone("operator2.disdik", Desk, phone=False, proxy={"server": line.proxy})
    operator.sign_in()
    page = operator.page
    scan = tmp_path / "pindaian.pdf"
    scan.write_bytes(make_pdf(pages=2, scan=True, dpi=200, seed=35))
    before = _blobs(live)

    line.cut_after(UPLOAD, scan.stat().st_size // 3)
    operator.send_new(scan, SCAN)
    sheet = page.get_by_role("dialog", name="Naskah baru")
    waits = sheet.get_by_text("Menunggu jaringan, lanjut dari")
    expect(waits).to_be_visible()
    assert line.reached.is_set()
    line.hold_after(UPLOAD, scan.stat().st_size // 3)
    line.mend()
    assert line.reached.wait(ARRIVES)
    live.kill_web_server()
    line.cut()
    expect(waits).to_be_visible()
    live.await_ready()
    assert _blobs(live) == before
    line.mend()

    expect(page.get_by_role("button", name="Susun rute")).to_be_visible(timeout=EXAMINED)
    operator.send_new(scan, "Pindaian yang sama")
    expect(sheet.get_by_text(f"Berkas yang sama sudah ada di naskah «{SCAN}»")).to_be_visible()


def test_a_signature_cut_off_or_killed_is_told_as_it_is_and_made_once(
    live: Live, someone: Callable[..., Any], line: Line, tmp_path: Path
) -> None:
    operator: Desk = someone("operator1.bkad", Desk, phone=False)
    operator.sign_in()
    letter = tmp_path / "penghapusan.pdf"
    letter.write_bytes(make_pdf(seed=71))
    operator.new_paper(letter, PAPER)
    operator.draw_route(("Kepala Badan Keuangan dan Aset Daerah", "Tanda tangan"))
    operator.queue(1)
    head: Phone = someone("kepala.bkad", Phone, proxy={"server": line.proxy})
    head.sign_in()
    head.choose_passphrase(PASSPHRASE)
    head.open_paper(PAPER)
    head.read_and_tick(1)
    page = head.page
    reader = page.url

    line.hold_after(SIGNATURE, 600)
    _tap(head)
    assert line.reached.wait(ARRIVES)
    live.kill_web_server()
    line.cut()
    _unsure(page)
    looks = Looks()
    looks.at(page, "not certain")
    assert not looks.findings, "\n".join(looks.findings)
    live.await_ready()
    line.mend()
    page.goto(reader)
    line.cut_before_answer(SIGNATURE)
    _tap(head)
    _unsure(page)
    assert line.reached.is_set()
    line.mend()
    signed = page.get_by_role("heading", name="Ditandatangani")
    expect(signed).to_be_visible(timeout=EXAMINED)

    paper = operator.page.url.rsplit("/", 1)[1]
    trail = operator.page.evaluate(ASK, f"/documents/{paper}/timeline")["items"]
    assert [item["kind"] for item in trail].count("signed") == 1
    assert live.command("audit", "verify").returncode == 0


def _tap(head: Phone) -> None:
    sheet = head.fill_sign_sheet(PASSPHRASE)
    sheet.get_by_role("button", name="Tanda tangani", exact=True).click()


def _unsure(page: Page) -> None:
    """Neither signed nor failed: what is known, and what not to do."""
    expect(page.get_by_role("heading", name="Belum pasti")).to_be_visible()
    expect(page.get_by_text("jangan tanda tangani lagi dulu")).to_be_visible()


def _blobs(live: Live) -> set[Path]:
    return {path for path in (live.home / "blobs").rglob("*") if path.is_file()}

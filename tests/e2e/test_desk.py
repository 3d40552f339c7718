"""The operator's desk when things do not go straight: sent back, refused, moved, cut off."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import Desk, Phone
from tests.factories import hostile
from tests.factories.pdfs import make_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

EXAMINED = 60_000
"""Milliseconds that an examination may take on a busy machine."""

ADDRESS = """async (id) => {
    const { csrf } = await (await fetch("/api/v1/session")).json();
    const paper = await fetch(`/api/v1/documents/${id}`);
    const headers = {
        "Content-Type": "application/json", "X-CSRF-Token": csrf, "If-Match": paper.headers.get("ETag"),
    };
    const body = JSON.stringify({ recipient: "Bupati Contoh" });
    return (await fetch(`/api/v1/documents/${id}`, { method: "PATCH", headers, body })).ok;
}"""


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_paper_sent_back_is_mended_read_again_and_may_be_rejected(
    someone: Callable[..., Any], tmp_path: Path
) -> None:
    subject = "Rekonsiliasi aset triwulan ketiga"
    operator: Desk = someone("operator1.bkad", Desk, phone=False)
    operator.sign_in()
    operator.new_paper(_file(tmp_path, "satu.pdf", make_pdf(seed=31)), subject)
    operator.draw_route(
        ("Kepala Bidang Perbendaharaan", "Paraf"),
        ("Kepala Badan Keuangan dan Aset Daerah", "Tanda tangan"),
    )
    operator.queue(2)

    reviewer: Phone = someone("kabid.bkad", Phone)
    reviewer.sign_in()
    reviewer.open_paper(subject)
    reviewer.read_and_tick(1)
    reviewer.send_back("Lampiran tabel belum ikut.")
    expect(reviewer.page.get_by_text("Dikembalikan ke konseptor").first).to_be_visible()

    page = operator.page
    page.reload()
    page.get_by_role("button", name="Kembali", exact=True).click()
    row = page.get_by_role("link").filter(has_text=subject)
    expect(row).to_contain_text("Dikembalikan, ada catatan")
    row.click()
    expect(page.get_by_text("Lampiran tabel belum ikut.")).to_be_visible()
    operator.new_version(_file(tmp_path, "dua.pdf", make_pdf(pages=2, seed=32)))
    expect(page.get_by_role("button", name="Antrekan ke 2 pejabat")).to_be_visible(timeout=EXAMINED)
    gone = page.locator(".happened .gone")
    expect(gone.filter(has_text="Dicentang")).to_be_visible()
    expect(page.locator(".happened")).to_contain_text("Centang dan paraf gugur")
    operator.queue(2)

    reviewer.page.goto(f"{reviewer.origin}/meja")
    again = reviewer.page.get_by_role("link").filter(has_text=subject)
    expect(again).to_contain_text("Centang versi 1 gugur, baca versi 2")
    again.click()
    reviewer.read_and_tick(2)
    reviewer.send_back("Anggarannya dialihkan, naskah ini tidak jadi.", reject=True)
    expect(reviewer.page.get_by_text("Naskah ditolak").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("Anggarannya dialihkan, naskah ini tidak jadi.")).to_be_visible()
    expect(page.locator(".happened")).to_contain_text("Ditolak")


def test_a_pdf_that_cannot_be_used_says_why_and_what_to_do(
    someone: Callable[..., Any], tmp_path: Path
) -> None:
    operator: Desk = someone("operator2.bkad", Desk, phone=False)
    operator.sign_in()
    page = operator.page
    operator.send_new(_file(tmp_path, "kunci.pdf", hostile.encrypted("rahasia")), "Berkas terkunci")
    locked = page.get_by_text("Buka kuncinya dan simpan tanpa kata sandi")
    expect(locked.first).to_be_visible(timeout=EXAMINED)
    expect(page.get_by_role("button", name="Antrekan")).to_have_count(0)

    program = hostile.letter(hostile.set_root("OpenAction", hostile.script()))
    operator.new_version(_file(tmp_path, "program.pdf", program))
    expect(page.get_by_text("PDF ini berisi program kecil").first).to_be_visible(timeout=EXAMINED)

    operator.new_version(_file(tmp_path, "bersih.pdf", make_pdf(seed=33)))
    expect(page.get_by_role("button", name="Susun rute")).to_be_visible(timeout=EXAMINED)


def test_details_typed_without_a_network_stay_on_the_sheet(
    someone: Callable[..., Any], tmp_path: Path
) -> None:
    operator: Desk = someone("operator1.dinkes", Desk, phone=False)
    operator.sign_in()
    page = operator.page
    operator.new_paper(_file(tmp_path, "surat.pdf", make_pdf(seed=35)), "Undangan rapat")
    page.get_by_role("button", name="Ubah Keterangan").click()
    sheet = page.get_by_role("dialog", name="Keterangan")
    sheet.get_by_label("Perihal").fill("Undangan rapat persiapan")

    page.context.set_offline(True)
    sheet.get_by_role("button", name="Simpan").click()
    expect(sheet.get_by_role("alert")).to_contain_text("Belum ada jaringan")
    expect(sheet.get_by_label("Perihal")).to_have_value("Undangan rapat persiapan")
    page.context.set_offline(False)

    # Meanwhile somebody else names the recipient: neither change is lost.
    assert page.evaluate(ADDRESS, page.url.rsplit("/", 1)[1])
    sheet.get_by_role("button", name="Simpan").click()
    expect(sheet.get_by_role("alert")).to_contain_text("baru saja diubah orang lain")
    expect(sheet.get_by_label("Penerima")).to_have_value("Bupati Contoh")
    sheet.get_by_role("button", name="Simpan").click()
    expect(sheet).to_be_hidden()
    facts = page.get_by_label("Undangan rapat persiapan")
    expect(facts).to_contain_text("Bupati Contoh")


def test_a_place_moved_by_keyboard_is_kept_with_its_checks(
    someone: Callable[..., Any], tmp_path: Path
) -> None:
    operator: Desk = someone("operator2.dinkes", Desk, phone=False)
    operator.sign_in()
    page = operator.page
    operator.new_paper(_file(tmp_path, "surat.pdf", make_pdf(seed=34)), "Tempat tanda tangan")
    sheet = operator.plan_route(("Sekretaris Dinas Kesehatan", "Paraf"))
    expect(sheet.get_by_role("alert")).to_contain_text("Jalur ini belum punya penanda tangan")
    sheet.get_by_role("button", name="Tutup").click()
    operator.draw_route(("Sekretaris Dinas Kesehatan", "Tanda tangan"))
    box = page.get_by_role("button", name="Tanda tangan Sekretaris Dinas Kesehatan")
    expect(box).to_be_visible()
    found = _corner(page)
    checks = page.locator(".checks li")
    expect(checks.filter(has_text="Tidak menutup tulisan")).to_be_visible()
    expect(checks.filter(has_text="QR terbaca kamera")).to_be_visible()

    with page.expect_response(lambda answer: answer.request.method == "PUT") as kept:
        box.focus()
        for key in ("Shift+ArrowUp", "ArrowUp", "ArrowLeft"):
            page.keyboard.press(key)
    assert kept.value.ok
    page.reload()
    expect(box).to_be_visible()
    assert _corner(page) == (found[0] - 1, found[1] + 6)

    with page.expect_response(lambda answer: answer.request.method == "PUT") as kept:
        box.focus()
        for _ in range(40):
            page.keyboard.press("Shift+ArrowUp")
    assert kept.value.ok
    expect(checks.filter(has_text="Menutup tulisan. Geser.")).to_be_visible()


def _corner(page: Page) -> tuple[int, int]:
    """The place of the block in millimetres, as its label tells it."""
    x, y = page.locator(".drag__tag").inner_text().replace(" mm", "").split(", ")
    return int(x), int(y)

"""Several papers with one passphrase and one code, on a phone, for two positions of one person."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looks import Looks
from tests.e2e.pages import Desk, Phone
from tests.factories.pdfs import make_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

SECRETARY = "Sekretaris Badan Keuangan dan Aset Daerah"
ASSISTANT = "Asisten Administrasi Umum"
SUBJECTS = [f"Surat tugas juru ukur kelompok {name}" for name in ("Melati", "Kenanga", "Cempaka")]
PASSPHRASE = "lentera kecil di tepi sawah"


def test_an_official_signs_everything_ticked_with_one_activation(
    someone: Callable[..., Any], tmp_path: Path
) -> None:
    looks = Looks()
    operator: Desk = someone("operator1.bkad", Desk, phone=False)
    operator.sign_in()
    for number, position in enumerate((SECRETARY, ASSISTANT, SECRETARY)):
        letter = tmp_path / f"tugas-{number}.pdf"
        letter.write_bytes(make_pdf(seed=91 + number))
        operator.new_paper(letter, SUBJECTS[number])
        operator.draw_route((position, "Tanda tangan"))
        operator.queue(1)

    signer: Phone = someone("sekretaris.bkad", Phone, reduced_motion="reduce")
    signer.sign_in()
    signer.choose_passphrase(PASSPHRASE)
    signer.open_paper(SUBJECTS[0])
    signer.read_and_tick(1)
    _choose_while_a_tick_is_on_its_way(signer)
    page = signer.page
    page.goto(f"{signer.origin}/meja")
    looks.at(page, "inbox, some ready")
    _choose(looks, page)
    _sign(looks, signer)

    page.goto(f"{signer.origin}/meja")
    expect(page.get_by_role("link").filter(has_text=SUBJECTS[2])).to_be_visible()
    for subject in SUBJECTS[:2]:
        expect(page.get_by_role("link").filter(has_text=subject)).to_have_count(0)
    assert not looks.findings, "\n".join(looks.findings)


def _choose_while_a_tick_is_on_its_way(signer: Phone) -> None:
    """Its paper joins the others once it arrived."""
    page = signer.page
    page.route("**/tick", lambda _held: None)
    signer.open_paper(SUBJECTS[1])
    signer.read_and_tick(1)
    page.goto(f"{signer.origin}/meja/pilih")
    expect(page.get_by_text(re.compile(r"\d centang masih dikirim"))).to_be_visible()
    page.unroute("**/tick")
    expect(page.get_by_role("checkbox")).to_have_count(2, timeout=60_000)


def _choose(looks: Looks, page: Page) -> None:
    page.get_by_role("link", name=re.compile("Tanda tangani sekaligus")).click()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    expect(page.get_by_role("checkbox", name=SUBJECTS[2])).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile(f"{SUBJECTS[2]}.*Baca dulu"))).to_be_visible()
    looks.both_widths(page, "choosing papers")
    page.get_by_role("button", name="Pilih semua (2)").click()
    expect(page.get_by_role("heading", name="2 dipilih")).to_be_visible()
    page.get_by_role("button", name="Tanda tangani 2 naskah").click()


def _sign(looks: Looks, signer: Phone) -> None:
    page = signer.page
    sheet = page.get_by_role("dialog", name="Tanda tangani sekaligus")
    expect(sheet.get_by_role("heading", name="2 naskah")).to_be_visible()
    for subject in SUBJECTS[:2]:
        expect(sheet.get_by_text(subject)).to_be_visible()
    expect(sheet.get_by_text(f"{SECRETARY} (1 naskah)")).to_be_visible()
    expect(sheet.get_by_text(f"Plt. {ASSISTANT} (1 naskah)")).to_be_visible()
    sheet.get_by_role("button", name="Tanda tangani 2 naskah").click()
    expect(sheet.get_by_text("Ketik frasa sandi Anda.")).to_be_visible()
    looks.at(page, "sign many, incomplete")
    code = signer.code(showing=True)
    sheet.get_by_label("Frasa sandi", exact=True).fill(PASSPHRASE)
    sheet.get_by_label("Kode 6 angka").fill(code)
    sheet.get_by_role("button", name="Tanda tangani 2 naskah").click()
    page.wait_for_url(re.compile("/meja/sekaligus/"))
    page.reload()
    all_signed = page.get_by_role("img", name=re.compile("^2 ditandatangani, 0 gagal"))
    expect(all_signed).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Semua ditandatangani.")).to_be_visible()
    looks.both_widths(page, "many signed")

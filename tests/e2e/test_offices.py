"""The offices at their screens: the administrator, the registration officers, the auditor."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.live import Account, Live
from tests.e2e.looks import DESKTOP, PHONE, Looks
from tests.e2e.offices import Administrator, Officer, accept, enrol, newcomer
from tests.e2e.pages import Person, Phone

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

UNIT = "Dinas Perpustakaan dan Kearsipan"
TITLE = "Kepala Bidang Kearsipan"
NAME = "Tono Contoh, S.Hum."
DECREE = "800/221/SETDA/2026"


def test_the_administrator_fills_an_office_and_someone_leaves_within_the_minute(
    live: Live, someone: Callable[..., Any], new_page: Callable[..., Page]
) -> None:
    looks = Looks()
    admin: Administrator = someone("pengelola", Administrator, phone=False, reduced_motion="reduce")
    admin.sign_in()
    page = admin.page
    looks.both_widths(page, "administrator")
    page.goto(f"{live.origin}/kelola/unit")
    admin.add_unit("DISPUSIP", UNIT)
    looks.both_widths(page, "units")
    admin.add_position(TITLE, UNIT)
    looks.both_widths(page, "positions")

    admin.add_person(NAME, "198502022010011002")
    looks.both_widths(page, "person, new")
    link = admin.invite("tono")
    until = f"{datetime.now(UTC) + timedelta(days=60):%Y-%m-%d}"
    admin.appoint(TITLE, DECREE, kind="plt", until=until)
    looks.both_widths(page, "person, appointed")
    tono = newcomer(Person, new_page(live.origin, "tono"), live.origin, "tono")
    accept(tono, link)
    enrol(tono)
    expect(tono.page.get_by_text("Meja Anda bersih")).to_be_visible()
    tono.page.goto(f"{live.origin}/profil")
    expect(tono.page.get_by_text(f"Plt. {TITLE}").first).to_be_visible()

    admin.open_person(NAME)
    page.get_by_role("button", name=TITLE).click()
    sheet = page.get_by_role("dialog", name="Akhiri penugasan")
    looks.both_widths(page, "end a mandate")
    sheet.get_by_role("button", name="Akhiri penugasan").click()
    expect(page.get_by_text("Belum memegang jabatan.")).to_be_visible()

    page.get_by_role("button", name="Catat berhenti").click()
    sheet = page.get_by_role("dialog", name=f"{NAME} berhenti?")
    looks.both_widths(page, "leaving")
    sheet.get_by_role("button", name="Catat berhenti sekarang").click()
    expect(page.get_by_text(re.compile(r"^Berhenti .* tetap sah"))).to_be_visible()
    tono.page.goto(f"{live.origin}/riwayat")
    expect(tono.page.get_by_label("NIP atau nama pengguna")).to_be_visible()
    tono.knock()
    expect(tono.page.get_by_role("alert")).to_be_visible()
    page.goto(f"{live.origin}/kelola/orang")
    page.get_by_role("searchbox", name="Cari nama atau NIP").fill("Tono")
    expect(page.get_by_text("Tidak ada yang cocok")).to_be_visible()
    looks.both_widths(page, "people, nobody found")
    page.get_by_text("Termasuk yang sudah berhenti").click()
    expect(page.get_by_role("link").filter(has_text=NAME)).to_contain_text("sudah berhenti")
    assert not looks.findings, "\n".join(looks.findings)


def test_the_administrator_sets_how_a_kind_of_paper_is_printed(
    live: Live, someone: Callable[..., Any]
) -> None:
    looks = Looks()
    admin: Administrator = someone("pengelola", Administrator, phone=False, reduced_motion="reduce")
    admin.sign_in()
    page = admin.page
    page.goto(f"{live.origin}/kelola/naskah")
    looks.both_widths(page, "kinds of paper")
    page.get_by_role("button", name="Tambah jenis naskah").click()
    page.get_by_label("Nama jenis").fill("Berita Acara")
    page.get_by_label("Kode", exact=True).fill("st")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Kode ini sudah dipakai Surat Tugas.")).to_be_visible()
    page.get_by_label("Kode", exact=True).fill("ba")
    drawn = page.get_by_role("img", name="Contoh tanda tangan dari atas ke bawah")
    expect(drawn).to_contain_text("Kepala Dinas Contoh,Ditandatangani")
    page.get_by_label("Susunan tanda tangan", exact=True).select_option(label="Susunan sendiri")
    for _ in range(2):
        page.get_by_role("button", name="Naikkan Nama").click()
    page.get_by_label("NIP", exact=True).select_option(label="Tidak dicetak")
    page.get_by_label("Kaki setiap halaman").select_option(label="Kosong")
    page.get_by_label("Pola nomor naskah").select_option(label="Pola sendiri")
    looks.both_widths(page, "kind of paper, its own style")
    expect(drawn).to_contain_text("M.Si.Kepala Dinas ContohDitandatangani")
    expect(drawn).not_to_contain_text("NIP")
    expect(drawn).not_to_contain_text("Dokumen ini telah")
    page.get_by_role("button", name="Simpan").click()
    kind = page.get_by_role("link").filter(has_text="Berita Acara")
    expect(kind).to_contain_text("BA · pola nomor sendiri · bentuk cetak sendiri")
    kind.click()
    expect(page.get_by_label("NIP", exact=True)).to_have_value("false")
    expect(page.get_by_label("Gelar", exact=True)).to_have_value("")
    assert not looks.findings, "\n".join(looks.findings)


def test_two_officers_reset_a_second_factor_and_the_person_starts_anew(
    live: Live, someone: Callable[..., Any]
) -> None:
    looks = Looks()
    what = "Setel ulang autentikator"
    first: Officer = someone("verifikator1", Officer, phone=False, reduced_motion="reduce")
    first.sign_in()
    page = first.page
    expect(page.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    looks.both_widths(page, "officer, nothing waits")
    first.propose("Nadia", what, "Ponsel hilang; hadir dengan kartu pegawai di kantor.")
    looks.both_widths(page, "officer, a case")
    own = first.open_waiting("Nadia", what)
    expect(own.get_by_text("Usulan Anda menunggu petugas lain.")).to_be_visible()
    expect(own.get_by_role("button", name="Setujui")).to_have_count(0)

    second: Officer = someone("verifikator2", Officer, phone=False, reduced_motion="reduce")
    second.sign_in()
    sheet = second.open_waiting("Nadia", what)
    expect(sheet.get_by_text("Ponsel hilang; hadir dengan kartu pegawai")).to_be_visible()
    sheet.get_by_role("button", name="Tolak").click()
    expect(sheet.get_by_text("Tulis alasannya dulu, lalu tolak.")).to_be_visible()
    looks.both_widths(second.page, "officer, second word")
    sheet.get_by_role("button", name="Setujui").click()
    handed = second.page.get_by_role("dialog", name="Tautan untuk")
    link = handed.locator(".once").inner_text()
    looks.both_widths(second.page, "officer, a link to hand over")
    handed.get_by_role("button", name="Sudah saya simpan").click()
    first.open_person("Nadia")
    expect(page.get_by_role("heading", name="Yang sudah diputuskan")).to_be_visible()

    nadia: Phone = someone("kabid.dinkes", Phone)
    nadia.page.goto(nadia.origin)
    nadia.knock()  # the old password
    expect(nadia.page.get_by_role("alert")).to_be_visible()
    anew = newcomer(Phone, nadia.page, live.origin, "kabid.dinkes")
    accept(anew, link)
    enrol(anew)
    expect(anew.page.get_by_text("Meja Anda bersih")).to_be_visible()
    assert not looks.findings, "\n".join(looks.findings)


def test_the_auditor_narrows_the_trail_down_and_proves_it_whole(
    live: Live, someone: Callable[..., Any]
) -> None:
    looks = Looks()
    auditor: Person = someone("auditor", phone=False, reduced_motion="reduce")
    auditor.sign_in()
    page = auditor.page
    rows = page.get_by_role("listitem").filter(has_text="Contoh")
    expect(rows.filter(has_text="Masuk").first).to_be_visible()
    looks.both_widths(page, "audit")
    page.get_by_label("Tentang").select_option(label="Jabatan")
    expect(page.get_by_role("listitem").filter(has_text="Jabatan dibuka").first).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Masuk")).to_have_count(0)
    page.get_by_label("Tentang").select_option(label="Semua")
    page.get_by_role("button", name="Menurut orang").click()
    page.get_by_label("Menurut orang").fill("Ratna")
    page.locator(".finds button").filter(has_text="Ratna Contoh").click()
    expect(rows.first).to_contain_text("Ratna Contoh")
    expect(rows.filter(has_not_text="Ratna Contoh")).to_have_count(0)
    page.get_by_label("Tentang").select_option(label="Unit")
    expect(page.get_by_text("Tidak ada catatan")).to_be_visible()
    looks.both_widths(page, "audit, nothing")
    page.get_by_label("Tentang").select_option(label="Semua")
    rows.first.get_by_role("button").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("Sidik catatan sebelumnya")).to_be_visible()
    looks.both_widths(page, "audit, an entry")
    sheet.get_by_role("button", name="Semua tentang hal ini").click()
    expect(page.get_by_text(re.compile(r"^Hanya "))).to_be_visible()
    looks.both_widths(page, "audit, one thing")

    before = _verified(live)
    page.get_by_role("button", name="Periksa keutuhan jejak").click()
    found = page.get_by_text(re.compile(r"^Jejak utuh, \d+ catatan$"))
    expect(found).to_be_visible()
    count = int(re.sub(r"\D", "", found.inner_text()))
    assert before["entries"] <= count <= _verified(live)["entries"]
    looks.both_widths(page, "audit, intact")
    assert not looks.findings, "\n".join(looks.findings)


def _verified(live: Live) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(live.command("audit", "verify", "--json").stdout)
    assert found["intact"]
    return found


def test_every_proposal_of_an_officer_is_accessible(
    live: Live, accounts: dict[str, Account], someone: Callable[..., Any]
) -> None:
    """For somebody with a device and a certificate, of whom everything may be proposed."""
    looks = Looks()
    regent: Phone = someone("bupati", Phone)
    regent.sign_in()
    regent.choose_passphrase("layang layang di atas ladang")
    officer: Officer = someone("verifikator1", Officer, phone=False, reduced_motion="reduce")
    officer.sign_in()
    page = officer.page
    officer.open_person(accounts["bupati"].name)
    page.get_by_role("button", name="Usulkan", exact=True).click()
    sheet = page.get_by_role("dialog", name="Usulkan")
    choice = sheet.get_by_label("Yang diusulkan")
    kinds = choice.locator("option").all_inner_texts()
    assert len(kinds) >= 5
    for number, kind in enumerate(kinds):
        choice.select_option(label=kind)
        sheet.get_by_role("button", name="Kirim ke petugas kedua").click()
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            sheet.get_by_role("button", name="Kirim ke petugas kedua").focus()
            sheet.evaluate("one => one.scrollTo(0, one.scrollHeight)")
            looks.at(page, f"proposal {number}, incomplete {size['width']}")
    assert not looks.findings, "\n".join(looks.findings)


def test_the_administrator_decides_what_is_signed_without_a_network(
    live: Live, someone: Callable[..., Any]
) -> None:
    looks = Looks()
    admin: Administrator = someone("pengelola", Administrator, phone=False, reduced_motion="reduce")
    admin.sign_in()
    page = admin.page
    page.goto(f"{live.origin}/kelola")
    page.get_by_role("link", name="Tanda tangan tanpa jaringan").click()
    allowed = page.get_by_label("Izinkan tanda tangan tanpa jaringan")
    allowed.set_checked(True, force=True)
    page.get_by_label("Batas waktu").select_option(label="48 jam")
    page.get_by_label("Naskah dalam satu persetujuan").select_option(label="10 naskah")
    looks.both_widths(page, "without a network")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Tersimpan. Berlaku mulai sekarang.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Batas waktu")).to_have_value("48")
    page.get_by_label("Batas waktu").select_option(label="24 jam")
    page.get_by_label("Naskah dalam satu persetujuan").select_option(label="20 naskah")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Tersimpan. Berlaku mulai sekarang.")).to_be_visible()
    assert not looks.findings, "\n".join(looks.findings)

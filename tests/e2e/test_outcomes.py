"""A signature of which only the national service knows: its signer, and the officers who settle it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Locator, Page, expect

from backend.core.postgres import ADMIN, EmbeddedPostgres
from tests.e2e.live import Account, Live
from tests.e2e.looks import Looks
from tests.e2e.offices import Administrator, Officer
from tests.e2e.pages import Phone
from tests.factories.national import plain
from tests.fakes.bsre import BsreServer, Fault
from tests.support.remote import Remote
from tests.support.remote_papers import authorise, ticked_paper

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

NIK = "3374015708690003"
PASSPHRASE = "jembatan bambu di kali kecil"
EVIDENCE = "Log layanan dibaca bersama pengelolanya: tidak ada permintaan pada jam itu."


@pytest.fixture
def database(live: Live) -> Iterator[psycopg.Connection]:
    url = EmbeddedPostgres(live.home).url(ADMIN)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def test_officers_settle_what_the_service_left_open(
    live: Live,
    accounts: dict[str, Account],
    service: BsreServer,
    database: psycopg.Connection,
    someone: Callable[..., Any],
    tmp_path: Path,
) -> None:
    looks = Looks()
    admin: Administrator = someone("pengelola", Administrator, phone=False, reduced_motion="reduce")
    _choose_the_service(admin, service, looks, live)
    try:
        _left_open_and_settled(live, accounts, service, database, someone, tmp_path, looks)
    finally:  # the installation is other tests' as well
        _choose(admin, "local")
    assert not looks.findings, "\n".join(looks.findings)


def _left_open_and_settled(
    live: Live,
    accounts: dict[str, Account],
    service: BsreServer,
    database: psycopg.Connection,
    someone: Callable[..., Any],
    tmp_path: Path,
    looks: Looks,
) -> None:
    officer: Officer = someone("verifikator1", Officer, phone=False, reduced_motion="reduce")
    officer.sign_in()
    _give_number(officer, "Wira")
    _leave_two_open(live, accounts, service, database)

    head: Phone = someone("sekretaris.dinkes", Phone, reduced_motion="reduce")
    head.sign_in()
    head.page.goto(f"{live.origin}/riwayat")
    expect(head.page.get_by_role("heading", name="Belum pasti")).to_be_visible()
    expect(head.page.get_by_text("Tanda tangan belum pasti")).to_have_count(2)
    looks.both_widths(head.page, "history, not certain")

    _bring_the_file(officer, service, looks, tmp_path / "hasil.pdf")
    database.execute("UPDATE signing_attempt SET dispatched_at = dispatched_at - interval '1 hour'")
    second: Officer = someone("verifikator2", Officer, phone=False, reduced_motion="reduce")
    _say_that_nothing_was_signed(officer, second, looks)

    head.page.reload()
    expect(head.page.get_by_text("Ditandatangani", exact=True)).to_have_count(1)
    expect(head.page.get_by_role("heading", name="Belum pasti")).to_have_count(0)
    head.page.goto(f"{live.origin}/meja")
    expect(head.page.get_by_text("Dicentang, perlu tanda tangan")).to_have_count(1)
    assert sum(call.endswith("/sign/pdf") for call in service.house.calls) == 2


def _choose_the_service(
    admin: Administrator, service: BsreServer, looks: Looks, live: Live
) -> None:
    root = live.home.parent / "psre.pem"
    root.write_bytes(service.house.pki.root.public_bytes(Encoding.PEM))
    live.command("trust", "add", "--psre", str(root))
    admin.sign_in()
    page = admin.page
    page.goto(f"{live.origin}/kelola")
    page.get_by_role("link", name="Layanan tanda tangan").click()
    page.get_by_label("Tanda tangan dibuat oleh").select_option("bsre")
    looks.both_widths(page, "signing service, version 2")
    page.get_by_label("Berkas dalam satu panggilan").select_option(label="5 berkas")
    page.get_by_label("Versi layanan").select_option("v1")
    expect(page.get_by_label("Berkas dalam satu panggilan")).to_have_count(0)
    expect(page.get_by_label("Yang diketik pejabat")).to_have_count(0)
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Tersimpan. Naskah yang menunggu")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Versi layanan")).to_have_value("v1")


def _choose(admin: Administrator, provider: str) -> None:
    page = admin.page
    page.goto(f"{admin.origin}/kelola/layanan")
    page.get_by_label("Tanda tangan dibuat oleh").select_option(provider)
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Tersimpan. Naskah yang menunggu")).to_be_visible()


def _give_number(officer: Officer, name: str) -> None:
    page = officer.page
    officer.open_person(name)
    page.get_by_role("button", name="Belum dicatat").click()
    sheet = page.get_by_role("dialog", name="NIK")
    sheet.get_by_label("NIK", exact=True).fill(NIK)
    sheet.get_by_role("button", name="Simpan NIK").click()
    expect(page.get_by_text("NIK tersimpan.")).to_be_visible()


def _leave_two_open(
    live: Live,
    accounts: dict[str, Account],
    service: BsreServer,
    database: psycopg.Connection,
) -> None:
    def person(username: str) -> Remote:
        forget = "DELETE FROM used_totp_step"
        return Remote(live, accounts[username], lambda: database.execute(forget) and None)

    operator, signer = person("operator1.dinkes"), person("sekretaris.dinkes")
    service.house.enrol(NIK, plain(signer.account.name), PASSPHRASE)
    operator.sign_in()
    signer.sign_in(device=True)
    for _ in range(2):
        step = ticked_paper(operator, signer)
        service.house.faults.append(Fault.CUT_AFTER_SIGNING)
        typed = {"passphrase": PASSPHRASE, "code": signer.code()}
        (attempt,) = authorise(signer, [step], typed, expect=200)["attempts"]
        assert attempt["state"] == "unknown", attempt
    signer.forget_used_codes()


def _open(page: Page, first: bool) -> Locator:
    entries = page.get_by_role("button").filter(has_text="Layanan tidak memberi jawaban")
    (entries.first if first else entries.last).click()
    return page.get_by_role("dialog", name="Tanda tangan belum pasti")


def _bring_the_file(officer: Officer, service: BsreServer, looks: Looks, path: Path) -> None:
    page = officer.page
    page.goto(f"{officer.origin}/petugas")
    sheet = _open(page, first=True)
    expect(sheet.get_by_text("Sambungannya putus")).to_be_visible()
    expect(sheet.get_by_text(re.compile("Baru dapat diusulkan mulai"))).to_be_visible()
    looks.both_widths(page, "officer, an outcome")
    sheet.get_by_role("button", name="Tanyakan ke layanan").click()
    expect(page.get_by_text("Layanan belum punya jawabannya.")).to_be_visible()
    ours, theirs = service.house.signed
    for data, said in ((theirs, "Yang kembali bukan berkas"), (ours, "Sudah ditandatangani dan")):
        path.write_bytes(data)
        sheet.locator("input[type=file]").set_input_files(path)
        expect(page.get_by_text(said)).to_be_visible()
    expect(sheet).to_be_hidden()


def _say_that_nothing_was_signed(first: Officer, second: Officer, looks: Looks) -> None:
    page = first.page
    page.reload()
    sheet = _open(page, first=True)
    sheet.get_by_role("button", name="Usulkan ke petugas kedua").click()
    expect(sheet.get_by_text("Tulis dulu bagaimana")).to_be_visible()
    sheet.get_by_label("Bagaimana Anda memastikan").fill(EVIDENCE)
    looks.both_widths(page, "officer, evidence")
    sheet.get_by_role("button", name="Usulkan ke petugas kedua").click()
    expect(page.get_by_text("Diusulkan. Menunggu petugas kedua.")).to_be_visible()

    second.sign_in()
    page = second.page
    sheet = _open(page, first=True)
    expect(sheet.get_by_text("menyatakan belum ditandatangani")).to_be_visible()
    sheet.get_by_role("button", name="Lihat usulannya").click()
    decision = page.get_by_role("dialog", name="Nyatakan belum ditandatangani")
    expect(decision.get_by_text(EVIDENCE)).to_be_visible()
    expect(decision.get_by_text("bertanda tangan dua kali")).to_be_visible()
    looks.both_widths(page, "officer, nothing was signed")
    decision.get_by_role("button", name="Setujui").click()
    expect(decision).to_be_hidden()
    expect(page.get_by_text("Layanan tidak memberi jawaban")).to_have_count(0)

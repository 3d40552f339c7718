"""A phone whose line goes away in the middle of the work, and comes back as another."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.installations import of_its_own
from tests.e2e.live import Live
from tests.e2e.looks import Looks
from tests.e2e.offline import ARRIVES, CLOCK, PIN, SERVED, choose_pin, move_clock
from tests.e2e.pages import Desk, Person, Phone
from tests.factories.pdfs import make_pdf
from tests.support.line import Line

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]

REPLAY = b"POST /api/v1/sync/authorisations"
ROAD, PORTAL, GONE, SALE, GIFT = (
    "Perbaikan jalan desa",
    "Undangan rapat irigasi",
    "Jadwal piket pasar",
    "Lelang kendaraan dinas",
    "Hibah kendaraan pemadam",
)
LOST = "Vaksinasi anak sekolah"
BKAD = ("operator1.bkad", "Kepala Badan Keuangan dan Aset Daerah")
DINKES = ("operator1.dinkes", "Kepala Dinas Kesehatan")
PASSPHRASE = "jendela timur menghadap sawah"
ALLOW = """(policy) => fetch("/api/v1/session").then((answer) => answer.json()).then(({ csrf }) =>
    fetch("/api/v1/agency/offline", {
        method: "PUT",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
        body: JSON.stringify(policy),
    })).then((answer) => answer.status)"""
ASK = "(path) => fetch(`/api/v1${path}`).then((answer) => answer.json())"
# How many records lie here, but for what everybody may know (the issuer's keys and status list).
HELD = """() => new Promise((done) => {
    const opening = indexedDB.open("centang");
    opening.onsuccess = () => {
        const names = [...opening.result.objectStoreNames].filter((name) => name !== "public");
        const all = names.map((name) => opening.result.transaction(name).objectStore(name).count());
        all.at(-1).onsuccess = () => {
            opening.result.close();
            done(all.reduce((sum, { result }) => sum + result, 0));
        };
    };
})"""

live, accounts, codes = of_its_own("luring")


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.close()


@pytest.fixture
def papers(someone: Callable[..., Any], tmp_path: Path) -> Callable[..., Desk]:
    """Queues one paper for each subject, to be initialled by `title` and signed by the head."""

    def queue(title: str | None, *subjects: str, of: tuple[str, str] = BKAD) -> Desk:
        username, head = of
        operator: Desk = someone(username, Desk, phone=False)
        operator.sign_in()
        for number, subject in enumerate(subjects):
            letter = tmp_path / f"{number}.pdf"
            letter.write_bytes(make_pdf(seed=sum(map(ord, subject))))
            operator.new_paper(letter, subject)
            first = [(title, "Paraf")] if title else []
            operator.draw_route(*first, (head, "Tanda tangan"))
            operator.queue(len(first) + 1)
        return operator

    return queue


def test_what_was_done_without_a_line_survives_the_kill_of_its_page_and_takes_effect_once(
    someone: Callable[..., Any], papers: Callable[..., Desk]
) -> None:
    operator = papers("Kepala Bidang Perbendaharaan", ROAD)
    phone: Phone = someone("kabid.bkad", Phone)
    phone.sign_in()
    choose_pin(phone)
    looks = Looks()
    looks.at(phone.page, "offline settings")
    line = phone.page.context

    line.set_offline(True)
    _reopen(phone)
    looks.at(phone.page, "offline PIN")
    _unlock(phone, "000000")
    expect(phone.page.get_by_text("PIN belum cocok")).to_be_visible()
    _unlock(phone, PIN)
    expect(phone.page.get_by_text("Dari ponsel ini, disinkronkan")).to_be_visible()
    phone.page.get_by_role("link").filter(has_text=ROAD).first.click()
    phone.read_and_tick(1)
    expect(phone.page.get_by_text("Menunggu jaringan, terkirim sendiri nanti")).to_be_visible()
    looks.at(phone.page, "ticked offline")
    phone.page.get_by_role("button", name="Paraf", exact=True).click()
    expect(phone.page.get_by_text("Paraf tersimpan").first).to_be_visible()

    _reopen(phone)
    _unlock(phone, PIN)
    row = phone.page.get_by_role("link").filter(has_text=ROAD)
    expect(row).to_contain_text("Diparaf, menunggu jaringan")
    phone.page.get_by_role("link").filter(has_text="2 menunggu jaringan").click()
    expect(phone.page.get_by_text(ROAD)).to_have_count(2)
    looks.at(phone.page, "unsent")

    line.set_offline(False)
    expect(phone.page.get_by_text("Semua sudah terkirim")).to_be_visible(timeout=ARRIVES)
    trail = _trail(operator.page)
    assert trail.count("ticked") == trail.count("initialled") == 1
    assert not looks.findings, "\n".join(looks.findings)


def test_a_portals_answer_is_no_delivery_and_a_conflict_is_shown_with_its_way_out(
    someone: Callable[..., Any], papers: Callable[..., Desk]
) -> None:
    operator = papers("Sekretaris Badan Keuangan dan Aset Daerah", PORTAL, GONE)
    phone: Phone = someone("sekretaris.bkad", Phone)
    phone.sign_in()
    page, line = phone.page, phone.page.context
    assert page.evaluate(SERVED)
    phone.open_paper(PORTAL)
    phone.await_reader()

    asked: list[str] = []

    def portal(route: Route) -> None:
        asked.append(route.request.headers["idempotency-key"])
        route.fulfill(status=200, content_type="text/html", body="<title>Masuk ke WiFi</title>")

    page.route("**/api/v1/steps/*/tick", portal)
    phone.read_and_tick(1)
    page.get_by_role("button", name="Kembali ke meja").click()
    page.get_by_role("link").filter(has_text="1 menunggu jaringan").click()
    expect(page.get_by_text("Jaringan ini meminta Anda masuk dulu")).to_be_visible()
    looks = Looks()
    looks.at(page, "portal")
    page.unroute("**/api/v1/steps/*/tick")
    page.get_by_role("button", name="Coba kirim sekarang").click()
    expect(page.get_by_text("Semua sudah terkirim")).to_be_visible(timeout=ARRIVES)
    assert asked
    assert len(set(asked)) == 1

    phone.open_paper(GONE)
    expect(page.locator(".page img")).to_be_visible()
    line.set_offline(True)
    phone.read_and_tick(1)
    page.get_by_role("button", name="Paraf", exact=True).click()
    expect(page.get_by_text("Paraf tersimpan").first).to_be_visible()
    _withdraw(operator.page)
    line.set_offline(False)
    page.goto(f"{phone.origin}/belum-terkirim")
    expect(page.get_by_role("heading", name="Perlu perhatian")).to_be_visible(timeout=ARRIVES)
    expect(page.get_by_text(re.compile("Centang tidak berlaku"))).to_be_visible()
    expect(page.get_by_text("Yang sesudahnya ikut tidak dikirim: Paraf")).to_be_visible()
    looks.at(page, "conflict")
    page.get_by_role("button", name="Singkirkan").click()
    expect(page.get_by_text("Semua sudah terkirim")).to_be_visible()
    assert "ticked" not in _trail(operator.page)
    assert not looks.findings, "\n".join(looks.findings)


def test_one_consent_to_several_papers_given_by_a_wrong_clock_is_carried_out_once_by_a_killed_server(
    live: Live, someone: Callable[..., Any], papers: Callable[..., Desk], line: Line
) -> None:
    looks = Looks()
    head: Phone = someone("kepala.bkad", Phone, proxy={"server": line.proxy})
    head.page.context.add_init_script(CLOCK)
    head.give_authenticator()
    head.sign_in()
    head.choose_passphrase(PASSPHRASE)
    head.set_up_passkey()
    looks.at(head.page, "passkey")
    keeper: Person = someone("pengelola", Person)
    keeper.sign_in()
    assert keeper.page.evaluate(ALLOW, {"signing": True}) == 200
    operator = papers(None, SALE, GIFT)
    move_clock(head, hours=5)
    choose_pin(head)
    page = head.page
    page.get_by_role("switch", name=re.compile("Buka juga dengan kunci sandi")).click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("PIN luring", exact=True).fill(PIN)
    sheet.get_by_role("button", name="Izinkan kunci sandi membuka").click()
    expect(page.get_by_text("Kunci sandi kini membuka simpanan luring")).to_be_visible()

    page.context.set_offline(True)
    page.goto(f"{head.origin}/meja")
    unlock = page.get_by_role("button", name="Buka dengan kunci sandi")
    expect(unlock).to_be_visible()
    looks.at(page, "unlock by passkey")
    unlock.click()
    _agree_to_all(head, looks, SALE, GIFT)
    _reopen(head)
    _unlock(head, PIN)
    for subject in (SALE, GIFT):
        row = head.page.get_by_role("link").filter(has_text=subject)
        expect(row).to_contain_text("Disetujui, menunggu jaringan")
    row.click()
    expect(head.page.get_by_text("Naskah ini belum ditandatangani")).to_be_visible()
    looks.at(head.page, "agreed offline")

    # Killed with half of the statement in its hands, and again with the answer.
    line.hold_after(REPLAY, 600)
    head.page.context.set_offline(False)
    head.page.goto(f"{head.origin}/belum-terkirim")
    _kill_when_reached(live, line)
    line.cut_before_answer(REPLAY)
    line.mend()
    head.page.get_by_role("button", name="Coba kirim sekarang").click()
    _kill_when_reached(live, line)
    line.mend()
    head.page.reload()
    expect(head.page.get_by_text("Semua sudah terkirim")).to_be_visible(timeout=ARRIVES)
    for subject in (SALE, GIFT):
        found = operator.page.evaluate(ASK, f"/documents?query={quote(subject)}")["items"]
        trail = operator.page.evaluate(ASK, f"/documents/{found[0]['id']}/timeline")["items"]
        kinds = [item["kind"] for item in trail]
        assert kinds.count("authorised") == kinds.count("signed") == 1
        said = trail[kinds.index("authorised")]
        ahead = datetime.fromisoformat(said["data"]["device_clock"]) - datetime.fromisoformat(
            said["at"]
        )
        assert timedelta(hours=4) < ahead < timedelta(hours=5, minutes=1)
    assert not looks.findings, "\n".join(looks.findings)


def _agree_to_all(head: Phone, looks: Looks, *subjects: str) -> None:
    """Reads and ticks each, then agrees to all of them with one activation."""
    page = head.page
    for subject in subjects:
        page.get_by_role("link").filter(has_text=subject).first.click()
        head.read_and_tick(1)
        page.get_by_role("button", name="Kembali ke meja").click()
    page.get_by_role("link", name=re.compile("Tanda tangani sekaligus")).click()
    page.get_by_role("button", name=f"Pilih semua ({len(subjects)})").click()
    looks.at(page, "choosing papers offline")
    page.get_by_role("button", name=f"Tanda tangani {len(subjects)} naskah").click()
    code = head.code(showing=True)
    sheet = page.get_by_role("dialog", name="Tanda tangani sekaligus")
    sheet.get_by_label("Frasa sandi", exact=True).fill(PASSPHRASE)
    sheet.get_by_label("Kode 6 angka").fill(code)
    expect(sheet.get_by_text("Setelah itu perangkat ini meminta sidik jari")).to_be_visible()
    looks.at(page, "agreeing offline")
    sheet.get_by_role("button", name=f"Setujui {len(subjects)} naskah").click()
    expect(page.get_by_text("Persetujuan tersimpan").first).to_be_visible()


def _kill_when_reached(live: Live, line: Line) -> None:
    assert line.reached.wait(ARRIVES / 1000)
    live.kill_web_server()
    line.cut()
    live.await_ready()


def test_a_lost_phone_empties_itself_and_its_owner_confirms_from_another_what_it_sent(
    someone: Callable[..., Any], papers: Callable[..., Desk]
) -> None:
    looks = Looks()
    lost: Phone = someone("kepala.dinkes", Phone)
    lost.sign_in()
    lost.choose_passphrase(PASSPHRASE)
    keeper: Person = someone("pengelola", Person)
    keeper.sign_in()
    assert keeper.page.evaluate(ALLOW, {"signing": True}) == 200
    operator = papers(None, LOST, of=DINKES)
    choose_pin(lost)
    healthy: Phone = someone("kepala.dinkes", Phone)
    healthy.sign_in()
    lost.page.goto(f"{lost.origin}/profil/perangkat")
    lost.page.get_by_text("Boleh menandatangani mulai").click()
    lost.page.get_by_role("button", name="Setujui untuk menandatangani").click()
    expect(lost.page.get_by_text("Perangkat disetujui")).to_be_visible()

    line = lost.page.context
    line.set_offline(True)
    lost.page.goto(f"{lost.origin}/meja")
    _unlock(lost, PIN)
    lost.page.get_by_role("link").filter(has_text=LOST).first.click()
    lost.read_and_tick(1)
    lost.page.get_by_role("button", name="Tanda tangani", exact=True).click()
    sheet = lost.page.get_by_role("dialog", name="Tanda tangani")
    sheet.get_by_label("Frasa sandi", exact=True).fill(PASSPHRASE)
    sheet.get_by_label("Kode 6 angka").fill("000000")  # is never judged
    sheet.get_by_role("button", name="Setujui untuk ditandatangani").click()
    expect(lost.page.get_by_text("Persetujuan tersimpan").first).to_be_visible()

    page = healthy.page
    page.goto(f"{healthy.origin}/profil/perangkat")
    page.get_by_role("button").filter(has_text="Linux, Chrome").nth(1).click()
    page.get_by_role("button", name="Laporkan hilang").click()
    expect(page.get_by_text("Dilaporkan hilang.", exact=False).first).to_be_visible()
    line.set_offline(False)
    expect(lost.page.get_by_text("isi Centang di dalamnya dihapus")).to_be_visible(timeout=ARRIVES)
    expect(lost.page.get_by_text("Persetujuan tersimpan")).to_have_count(0, timeout=2_000)
    looks.at(lost.page, "emptied")
    assert lost.page.evaluate(HELD) == 0

    page.reload()
    consent = page.get_by_role("button", name=re.compile(f"^Izin tanda tangan: {LOST}"))
    consent.click()
    looks.at(page, "quarantined consent")
    page.get_by_role("button", name="Kukuhkan, ini saya").click()
    expect(page.get_by_text("Naskahnya belum bisa ditandatangani dari sini")).to_be_visible()
    looks.at(page, "confirming too early")
    page.get_by_role("link", name="Buka naskah").click()
    healthy.read_and_tick(1)
    page.goto(f"{healthy.origin}/profil/perangkat")
    consent.click()
    page.get_by_role("button", name="Kukuhkan, ini saya").click()
    sheet = page.get_by_role("dialog", name="Kukuhkan, ini saya")
    sheet.get_by_label("Frasa sandi", exact=True).fill(PASSPHRASE)
    sheet.get_by_label("Kode 6 angka").fill(healthy.code(showing=True))
    looks.at(page, "confirming")
    sheet.get_by_role("button", name="Kukuhkan 1 naskah").click()
    expect(page.get_by_text("Dikukuhkan dan ditandatangani")).to_be_visible()
    expect(consent).to_have_count(0)
    assert _trail(operator.page).count("signed") == 1
    assert not looks.findings, "\n".join(looks.findings)


def _reopen(phone: Phone) -> None:
    """The page is killed, and another opened where the person begins."""
    old = phone.page
    phone.page = old.context.new_page()
    old.close()
    phone.page.goto(f"{phone.origin}/meja")


def _unlock(phone: Phone, pin: str) -> None:
    phone.page.get_by_label("PIN luring", exact=True).fill(pin)
    phone.page.get_by_role("button", name="Buka", exact=True).click()


def _trail(desk: Page) -> list[str]:
    paper = desk.url.rsplit("/", 1)[1]
    return [item["kind"] for item in desk.evaluate(ASK, f"/documents/{paper}/timeline")["items"]]


def _withdraw(desk: Page) -> None:
    desk.get_by_role("button", name="Tindakan lain").click()
    desk.get_by_role("dialog").get_by_role("button", name="Tarik kembali").click()
    sheet = desk.get_by_role("dialog", name="Tarik naskah dari rute?")
    sheet.get_by_label("Catatan").fill("Jadwalnya berubah.")
    sheet.get_by_role("button", name="Tarik kembali").click()
    expect(sheet).to_be_hidden()

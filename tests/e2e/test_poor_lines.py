"""Poor lines: a whole day on 2G, the line and the server gone in the middle of each act, two phones."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.e2e.filling import Filler
from tests.e2e.installations import of_its_own
from tests.e2e.live import Live
from tests.e2e.pages import Desk, Phone
from tests.factories.pdfs import make_pdf
from tests.support.poor_line import PoorLine

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(900)]

PAPERS = 20
HEAD = "Kepala Dinas Pendidikan"
PASSPHRASE = "pohon asam di simpang tiga"
CHIEF, SECRETARY = "Kepala Bidang Perbendaharaan", "Sekretaris Badan Keuangan dan Aset Daerah"
TREASURER = "Kepala Badan Keuangan dan Aset Daerah"
ARRIVES = 30
"""Seconds until a request is on its way."""
SENT = 60_000
"""Milliseconds until the outbox tried again, with a server that is being started."""
# What the icon counts, as the system is told.
BADGES = """window.badges = [];
    navigator.setAppBadge = async (count) => void window.badges.push(count);"""
PATIENCE = 300_000
"""Milliseconds a person on such a line waits before giving up."""

live, accounts, codes = of_its_own("tepi")


@pytest.fixture
def line() -> Iterator[PoorLine]:
    line = PoorLine(bits_per_second=50_000, latency=0.5, failing=0.05, seed=20)
    yield line
    line.close()


def test_the_line_and_the_server_go_in_the_middle_of_each_act_and_it_takes_effect_once(
    live: Live, someone: Callable[..., Any], line: PoorLine
) -> None:
    operator: Desk = someone("operator1.bkad", Desk, phone=False)
    operator.sign_in()
    filler = Filler(operator)
    subjects = ("Rekonsiliasi kas", "Daftar aset", "Sewa gedung")
    papers = {subject: make_pdf(seed=400 + n) for n, subject in enumerate(subjects)}
    ids = filler.queue(papers, (CHIEF, "initial"), (TREASURER, "sign"))
    chief: Phone = someone("kabid.bkad", Phone, proxy={"server": line.proxy})
    page = chief.page
    page.add_init_script(BADGES)
    chief.sign_in()
    _await_badge(page, 3)
    chief.open_paper("Rekonsiliasi kas")
    chief.await_reader()

    line.cut_before_answer(b"/tick HTTP")
    chief.read_and_tick(1)
    assert line.reached.wait(ARRIVES)
    live.kill_web_server()
    waits = page.get_by_text("Menunggu jaringan, terkirim sendiri nanti")
    expect(waits).to_be_visible()
    live.await_ready()
    line.mend()
    expect(waits).to_be_hidden(timeout=SENT)

    line.hold_after(b"/initial HTTP", 200)
    page.get_by_role("button", name="Paraf", exact=True).click()
    assert line.reached.wait(ARRIVES)
    live.kill_web_server()
    line.cut()
    expect(page.get_by_text("Paraf tersimpan").first).to_be_visible()
    live.await_ready()
    line.mend()
    _all_sent(chief)

    chief.open_paper("Daftar aset")
    chief.read_and_tick(1)
    line.cut_before_answer(b"/return HTTP")
    chief.send_back("Lampirannya belum ada.")
    assert line.reached.wait(ARRIVES)
    line.mend()
    _all_sent(chief)

    chief.open_paper("Sewa gedung")
    chief.await_reader()
    line.hold_after(b"/reject HTTP", 100)
    chief.send_back("Tidak ada anggarannya.", reject=True)
    assert line.reached.wait(ARRIVES)
    line.cut()
    line.mend()
    _all_sent(chief)

    lasts = (("ticked", "initialled"), ("ticked", "returned"), ("rejected",))
    for document, expected in zip(ids.values(), lasts, strict=True):
        marks = filler.marks(document)
        found = [mark for mark in marks if mark in {"ticked", "initialled", "returned", "rejected"}]
        assert sorted(found) == sorted(expected), marks
    page.goto(f"{chief.origin}/meja")
    expect(page.get_by_text("Meja Anda bersih")).to_be_visible()
    _await_badge(page, 0)


def test_of_two_phones_of_one_person_the_later_one_is_told(someone: Callable[..., Any]) -> None:
    operator: Desk = someone("operator2.bkad", Desk, phone=False)
    operator.sign_in()
    filler = Filler(operator)
    route = ((SECRETARY, "initial"), (TREASURER, "sign"))
    (document,) = filler.queue({"Pinjam ruang rapat": make_pdf(seed=403)}, *route).values()
    first: Phone = someone("sekretaris.bkad", Phone)
    second: Phone = someone("sekretaris.bkad", Phone)
    for phone in (first, second):
        phone.sign_in()
        phone.open_paper("Pinjam ruang rapat")
        phone.await_reader()

    first.page.context.set_offline(True)
    first.read_and_tick(1)
    first.page.get_by_role("button", name="Paraf", exact=True).click()
    expect(first.page.get_by_text("Paraf tersimpan").first).to_be_visible()
    second.read_and_tick(1)
    first.page.context.set_offline(False)
    page = first.page
    page.goto(f"{first.origin}/belum-terkirim")
    expect(page.get_by_role("heading", name="Perlu perhatian")).to_be_visible(timeout=SENT)
    expect(page.get_by_text("Yang sesudahnya ikut tidak dikirim: Paraf")).to_be_visible()
    marks = filler.marks(document)
    assert (marks.count("ticked"), marks.count("initialled")) == (1, 0), marks


def _await_badge(page: Page, count: int) -> None:
    while page.evaluate("window.badges.at(-1)") != count:
        page.wait_for_timeout(50)


def _all_sent(phone: Phone) -> None:
    phone.page.goto(f"{phone.origin}/belum-terkirim")
    expect(phone.page.get_by_text("Semua sudah terkirim")).to_be_visible(timeout=SENT)


def test_a_day_of_twenty_papers_on_2g_loses_nothing(
    someone: Callable[..., Any], line: PoorLine, record_property: Callable[[str, object], None]
) -> None:
    operator: Desk = someone("operator1.disdik", Desk, phone=False)
    operator.sign_in()
    filler = Filler(operator)
    subjects = [f"Surat tugas pengawas sekolah nomor {number:02}" for number in range(PAPERS)]
    papers = {subject: make_pdf(seed=300 + n) for n, subject in enumerate(subjects)}
    ids = filler.queue(papers, (HEAD, "sign"))

    head: Phone = someone("kepala.disdik", Phone, proxy={"server": line.proxy})
    head.sign_in()
    head.choose_passphrase(PASSPHRASE)
    page = head.page
    _sign_out(page, head.origin)
    _behave_as_on_2g(page)
    line.worsen()
    began = time.monotonic()

    head.knock()
    expect(page.get_by_text(subjects[-1])).to_be_visible(timeout=PATIENCE)
    signed_in = time.monotonic()
    for subject in subjects:
        _read_and_tick(head, subject)
    ticked = time.monotonic()
    _sign_all(head)

    signed, lost = time.monotonic(), line.lost
    record_property(
        "a head's day on 2G",
        f"{PAPERS} papers in {signed - began:.0f} s (sign in {signed_in - began:.0f}, read and tick"
        f" {ticked - signed_in:.0f}, sign {signed - ticked:.0f}), {line.carried / 1024:.0f} KB"
        f" ({line.down.carried / 1024:.0f} down, {line.up.carried / 1024:.0f} up),"
        f" {lost} of {line.requests} requests lost",
    )
    for subject, document in ids.items():
        marks = filler.marks(document)
        assert (marks.count("ticked"), marks.count("signed")) == (1, 1), (subject, marks)


def _sign_out(page: Page, origin: str) -> None:
    page.goto(f"{origin}/profil")
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_label("NIP atau nama pengguna")).to_be_visible()
    page.goto(origin)


def _behave_as_on_2g(page: Page) -> None:
    """The browser knows what line it has, and the app saves where it can; the proxy slows it."""
    developer = page.context.new_cdp_session(page)
    developer.send("Network.enable")
    developer.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
            "connectionType": "cellular2g",
        },
    )


def _patiently(page: Page, wanted: Locator, meanwhile: Callable[[], None] | None = None) -> None:
    """As a person waits: with a tap wherever the screen offers to try or to look again.

    After a lost authorisation the app looks for what became of it for 90 s before it says: nothing.
    """
    again = page.get_by_role("button", name=re.compile("^(Coba|Periksa) lagi$")).first
    deadline = time.monotonic() + PATIENCE / 1000
    while not wanted.first.is_visible():
        assert time.monotonic() < deadline, "it never came"
        with contextlib.suppress(Error):  # it came by itself meanwhile
            if again.is_visible():
                again.click(timeout=2_000)
            elif meanwhile:
                meanwhile()
        page.wait_for_timeout(200)


def _read_and_tick(head: Phone, subject: str) -> None:
    page = head.page
    page.get_by_role("link").filter(has_text=subject).first.click()
    tick = page.get_by_role("button", name="Centang", exact=True)
    _patiently(page, tick)
    tick.last.click()
    expect(page.get_by_text("Dicentang pukul").first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Kembali ke meja").click()


def _sign_all(head: Phone) -> None:
    page = head.page
    choose = page.get_by_role("link", name=re.compile("Tanda tangani sekaligus"))
    _patiently(page, choose)
    choose.click()
    everything = page.get_by_role("button", name=f"Pilih semua ({PAPERS})")
    _patiently(page, everything)
    everything.click()
    page.get_by_role("button", name=f"Tanda tangani {PAPERS} naskah").click()
    sheet = page.get_by_role("dialog", name="Tanda tangani sekaligus")
    passphrase = sheet.get_by_label("Frasa sandi", exact=True)

    def agree() -> None:
        """Again, where what was sent did not arrive and the sheet asks anew."""
        if passphrase.is_visible() and passphrase.input_value() == "":
            code = head.code(showing=True)
            passphrase.fill(PASSPHRASE)
            sheet.get_by_label("Kode 6 angka").fill(code)
            sheet.get_by_role("button", name=f"Tanda tangani {PAPERS} naskah").click()

    all_signed = page.get_by_role("img", name=re.compile(f"^{PAPERS} ditandatangani"))
    _patiently(page, all_signed, meanwhile=agree)

"""From a tap on a paper to its first readable page: slow 4G, a slow processor, nothing at hand but the list.

The line is Lighthouse's slow 4G (1.6 Mbit/s, 150 ms there and back), carried by a proxy that every
connection is opened through anew; the page's own thread is 4 times slower than the machine. Neither the
service worker's store nor the browser's has anything of the reader or the paper, as at the first paper
on a new phone.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.bench.people import someone
from tests.e2e.filling import Filler
from tests.e2e.live import Live
from tests.e2e.looks import PHONE
from tests.e2e.pages import Desk, Phone
from tests.e2e.test_first_page import HELD_BACK
from tests.factories.pdfs import make_pdf
from tests.support.poor_line import PoorLine

GOAL = 2_500
"""Milliseconds on free cores. Printed and not asserted: neighbours weigh more than the app."""
ROUNDS = 7
SLOWER = 4
PAPERS = {"letter": "Bobot surat", "scan": "Bobot pindaian"}
# Taps the row, and resolves to how many milliseconds later the first page was painted.
TAP = """(subject) => new Promise((resolve) => {
    const row = [...document.querySelectorAll("a")].find((one) => one.textContent.includes(subject));
    const began = performance.now();
    const painted = () => {
        const image = document.querySelector(".page img");
        if (!image?.complete || !image.naturalWidth) return requestAnimationFrame(painted);
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
    };
    row.click();
    painted();
})"""


@pytest.fixture
def line() -> Iterator[PoorLine]:
    line = PoorLine(bits_per_second=1_600_000, latency=0.15, failing=0, seed=4)
    yield line
    line.close()


def test_first_page_on_slow_4g(
    benchmark: Callable[..., None],
    live: Live,
    browser: Browser,
    line: PoorLine,
    record_property: Callable[[str, object], None],
) -> None:
    operator = someone(live, "operator1.bkad", Desk, browser.new_context(locale="id-ID").new_page())
    files = {
        PAPERS["letter"]: make_pdf(pages=3, seed=91),
        PAPERS["scan"]: make_pdf(pages=3, seed=92, scan=True, dpi=200),
    }
    Filler(operator).queue(
        files,
        ("Kepala Bidang Perbendaharaan", "initial"),
        ("Kepala Badan Keuangan dan Aset Daerah", "sign"),
    )
    context = browser.new_context(
        locale="id-ID",
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        service_workers="block",
        proxy={"server": line.proxy},
    )
    phone = someone(live, "kabid.bkad", Phone, context.new_page())
    context.add_init_script(HELD_BACK)
    took: dict[str, list[float]] = {kind: [] for kind in PAPERS}

    def once() -> None:
        for kind, subject in PAPERS.items():
            took[kind].append(_open(context.new_page(), f"{phone.origin}/meja", subject, line))

    benchmark.pedantic(once, rounds=ROUNDS, warmup_rounds=1)
    for kind, all_times in took.items():
        times = sorted(all_times[1:])
        middle = times[len(times) // 2]
        record_property(
            f"first readable page of a {kind} on slow 4G",
            f"{middle:.0f} ms of {GOAL}: {'reached' if middle <= GOAL else 'not reached'}"
            f" (fastest {times[0]:.0f}, slowest {times[-1]:.0f}), {SLOWER} times slower processor",
        )


def _open(page: Page, inbox: str, subject: str, line: PoorLine) -> float:
    browser_tools = page.context.new_cdp_session(page)
    browser_tools.send("Network.clearBrowserCache")
    line.poor = False
    page.goto(inbox)
    page.get_by_role("link").filter(has_text=subject).wait_for()
    page.wait_for_load_state("networkidle")
    browser_tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    line.worsen()
    took: float = page.evaluate(TAP, subject)
    page.close()
    return took

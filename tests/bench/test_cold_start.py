"""From a tap on the icon to a paper that can be read: a locked phone without a line, on a slow processor.

The browser's own clock is read, from the navigation to the painted page. The PIN is typed and the paper
tapped by the page itself, at once: what is measured is what the person waits for, not the person. The
service worker is stopped before each start. The browser slows a page's own thread alone: the key is made
of the PIN on another, so that part is measured apart and also said as a phone that slow would take it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.bench.people import someone
from tests.e2e.conftest import FLAGS
from tests.e2e.filling import Filler
from tests.e2e.live import Live
from tests.e2e.looks import PHONE
from tests.e2e.offline import PIN, choose_pin
from tests.e2e.pages import Desk, Phone
from tests.factories.pdfs import make_pdf

GOAL = 1_500
"""Milliseconds on free cores. It is printed and not asserted: neighbours weigh more than the app."""
ROUNDS = 7
SLOWER = 4
SUBJECT = "Tarif retribusi pasar"
# Unlocks and opens as soon as that is possible, and notes when (milliseconds since the navigation).
HURRY = f"""
(() => {{
    const at = (window.coldStart = {{}});
    const note = (name) => (at[name] ??= performance.now());
    const derive = crypto.subtle.deriveKey.bind(crypto.subtle);
    crypto.subtle.deriveKey = async (how, ...more) => {{
        const began = performance.now();
        const key = await derive(how, ...more);
        if (how.name === "PBKDF2") at.pin ??= performance.now() - began;
        return key;
    }};
    const look = () => {{
        const pin = document.querySelector("input[autocomplete='current-password'], input[type=password]");
        if (pin && !at.door) {{
            note("door");
            Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(pin, "{PIN}");
            pin.dispatchEvent(new Event("input", {{ bubbles: true }}));
            setTimeout(() => pin.closest("form").requestSubmit());
        }}
        const row = [...document.querySelectorAll("a")].find((one) => one.textContent.includes("{SUBJECT}"));
        if (row && !at.pile) {{
            note("pile");
            row.click();
        }}
        const image = document.querySelector(".page img");
        if (image && image.complete && image.naturalWidth && !at.asked) {{
            at.asked = true;
            requestAnimationFrame(() => setTimeout(() => note("readable")));
        }}
    }};
    new MutationObserver(look).observe(document, {{ childList: true, subtree: true, attributes: true }});
    document.addEventListener("load", look, true);
}})();
"""


@pytest.fixture
def installed(playwright: Playwright, chromium: str, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser that keeps its profile on the disk, as a phone does."""
    context = playwright.chromium.launch_persistent_context(
        str(tmp_path / "profile"),
        executable_path=chromium,
        args=FLAGS,
        locale="id-ID",
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
    )
    yield context
    context.close()


def test_cold_start_without_a_line(
    benchmark: Callable[..., None],
    live: Live,
    browser: Browser,
    installed: BrowserContext,
    record_property: Callable[[str, object], None],
) -> None:
    desk = browser.new_context(locale="id-ID")
    operator = someone(live, "operator1.bkad", Desk, desk.new_page())
    Filler(operator).queue(
        {SUBJECT: make_pdf(seed=501), "Naskah lain": make_pdf(seed=502, pages=3)},
        ("Kepala Bidang Perbendaharaan", "initial"),
        ("Kepala Badan Keuangan dan Aset Daerah", "sign"),
    )
    desk.close()
    phone = someone(live, "kabid.bkad", Phone, installed.new_page())
    choose_pin(phone)
    installed.set_offline(True)
    phone.page.close()
    installed.add_init_script(HURRY)
    found: list[dict[str, float]] = []

    def start() -> None:
        page = installed.new_page()
        browser_tools = installed.new_cdp_session(page)
        browser_tools.send("ServiceWorker.enable")
        browser_tools.send("ServiceWorker.stopAllWorkers")
        browser_tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(f"{phone.origin}/meja", wait_until="commit")
        found.append(_readable(page))
        page.close()

    benchmark.pedantic(start, rounds=ROUNDS, warmup_rounds=1)
    found = sorted(found[1:], key=lambda one: one["readable"])
    middle = found[len(found) // 2]
    record_property(
        "cold start offline to a readable paper",
        f"{middle['readable']:.0f} ms of {GOAL}: {'reached' if middle['readable'] <= GOAL else 'not reached'}"
        f" (fastest {found[0]['readable']:.0f}, slowest {found[-1]['readable']:.0f}), {SLOWER} times"
        f" slower processor; PIN asked after {middle['door']:.0f}, opened and listed after"
        f" {middle['pile']:.0f}. The key of the PIN took {middle['pin']:.0f} at full speed;"
        f" that slower too: {middle['readable'] + (SLOWER - 1) * middle['pin']:.0f}",
    )


def _readable(page: Page) -> dict[str, float]:
    while not (at := page.evaluate("window.coldStart")).get("readable"):
        page.wait_for_timeout(100)
    return at

"""From a tap on the icon to a paper that can be read: a locked phone without a line, on a slow processor.

The browser's own clock is read, from the navigation to the painted page. The PIN is typed and the paper
tapped by the page itself, at once: what is measured is what the person waits for, not the person.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import browser, chromium, playwright
from tests.e2e.filling import Filler
from tests.e2e.live import Live
from tests.e2e.looks import PHONE
from tests.e2e.offline import PIN, choose_pin
from tests.e2e.pages import Codes, Desk, Phone
from tests.factories.pdfs import make_pdf

__all__ = ["browser", "chromium", "playwright"]

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
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    live = Live(tmp_path_factory.mktemp("dingin") / "home")
    live.start()
    yield live
    live.stop()


def test_cold_start_without_a_line(
    benchmark: Callable[..., None],
    live: Live,
    browser: Browser,
    record_property: Callable[[str, object], None],
) -> None:
    accounts = live.accounts()

    def someone(username: str, kind: type[Desk] | type[Phone], **how: object) -> Desk | Phone:
        page = browser.new_context(locale="id-ID", **how).new_page()
        account = accounts[username]
        return kind(page, account, Codes(account.totp_secret), live.origin)

    operator = someone("operator1.bkad", Desk)
    operator.sign_in()
    Filler(operator).queue(
        {SUBJECT: make_pdf(seed=501), "Naskah lain": make_pdf(seed=502, pages=3)},
        ("Kepala Bidang Perbendaharaan", "initial"),
        ("Kepala Badan Keuangan dan Aset Daerah", "sign"),
    )
    phone = someone("kabid.bkad", Phone, viewport=PHONE, is_mobile=True, has_touch=True)
    phone.sign_in()
    choose_pin(phone)
    context = phone.page.context
    context.set_offline(True)
    phone.page.close()
    context.add_init_script(HURRY)
    found: list[dict[str, float]] = []

    def start() -> None:
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(f"{phone.origin}/meja", wait_until="commit")
        found.append(_readable(page))
        page.close()

    benchmark.pedantic(start, rounds=ROUNDS, warmup_rounds=1)
    found = sorted(found[1:], key=lambda one: one["readable"])
    middle = found[len(found) // 2]
    record_property(
        "cold start offline to a readable paper",
        f"{middle['readable']:.0f} ms of {GOAL} (fastest {found[0]['readable']:.0f}, slowest"
        f" {found[-1]['readable']:.0f}), {SLOWER} times slower processor; PIN asked after"
        f" {middle['door']:.0f}, opened and listed after {middle['pile']:.0f}",
    )


def _readable(page: Page) -> dict[str, float]:
    while not (at := page.evaluate("window.coldStart")).get("readable"):
        page.wait_for_timeout(100)
    return at

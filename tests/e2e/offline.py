"""A phone made ready for work without a line."""

import re

from playwright.sync_api import expect

from tests.e2e.pages import Phone

PIN = "tikar481516"
# Waits within the page: what polls from outside is refused by the page's content security policy.
SERVED = """() => Promise.resolve(navigator.serviceWorker.controller ?? new Promise((done) =>
    navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }),
)).then(() => true)"""
ARRIVES = 30_000
"""Milliseconds."""
# The phone's clock runs ahead by what the page is told, in every page from its first line on.
CLOCK = """(() => {
    const Right = Date;
    const ahead = () => { try { return Number(localStorage.getItem("clock-ahead")); } catch { return 0; } };
    globalThis.Date = class extends Right {
        constructor(...given) { given.length ? super(...given) : super(Right.now() + ahead()); }
        static now() { return Right.now() + ahead(); }
    };
})()"""


def move_clock(phone: Phone, hours: float) -> None:
    """Of its pages, which have CLOCK, and of its worker."""
    ahead = hours * 3_600_000
    phone.page.evaluate("(ahead) => localStorage.setItem('clock-ahead', ahead)", ahead)
    assert phone.page.evaluate(SERVED)
    for worker in phone.page.context.service_workers:
        worker.evaluate(
            "(ahead) => { const now = Date.now; Date.now = () => now() + ahead; }", ahead
        )


def choose_pin(phone: Phone) -> None:
    """And everything that waits is on the phone."""
    page = phone.page
    assert page.evaluate(SERVED)
    page.goto(f"{phone.origin}/profil/luring")
    page.get_by_role("button", name="Pasang PIN luring").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("PIN baru", exact=True).fill(PIN)
    sheet.get_by_label("Ulangi PIN", exact=True).fill(PIN)
    sheet.get_by_role("button", name="Pasang PIN luring").click()
    page.get_by_role("button", name="Sinkronkan sekarang").click()
    expect(page.get_by_text("Sudah yang terbaru")).to_be_visible(timeout=ARRIVES)
    expect(page.get_by_text(re.compile(r"\d naskah, \d+ KB, disinkronkan"))).to_be_visible()

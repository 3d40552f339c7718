"""What a phone receives between the tap on a paper and its first readable page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import Desk, Phone
from tests.factories.pdfs import make_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

LIMIT = 120 * 1024
# The reader fetches ahead; what is not yet looked at does not delay the first page.
LATER = ("/pages/2/", "/pages/3/", "/text")
# What the app fetches ahead a moment after its start is left out, so that it is neither counted when it
# falls between the tap and the page, nor missing because the reader had come already.
HELD_BACK = """(() => {
    const later = window.setTimeout;
    window.setTimeout = (act, after, ...more) => (after === 1500 ? 0 : later(act, after, ...more));
})()"""
PAINTED = """() => {
    const [first] = document.querySelectorAll("main img");
    return Boolean(first?.complete && first.naturalWidth);
}"""


@dataclass
class Wire:
    """Every answer a page receives, by path, in bytes with its headers as they were sent."""

    received: dict[str, int] = field(default_factory=dict)
    _paths: dict[str, str] = field(default_factory=dict)

    def listen(self, page: Page) -> None:
        developer = page.context.new_cdp_session(page)
        developer.on("Network.requestWillBeSent", self._asked)
        developer.on("Network.loadingFinished", self._answered)
        developer.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        self._paths[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def _answered(self, event: dict[str, Any]) -> None:
        path = self._paths.get(event["requestId"], "")
        if path and event["encodedDataLength"]:
            size = round(event["encodedDataLength"])
            self.received[path] = self.received.get(path, 0) + size

    def of(self, *parts: str) -> int:
        return sum(size for path, size in self.received.items() if any(p in path for p in parts))


@pytest.mark.parametrize("scan", [False, True], ids=["letter", "scan"])
def test_the_first_readable_page_stays_within_its_bytes(
    someone: Callable[..., Any],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    *,
    scan: bool,
) -> None:
    kind = "scan" if scan else "letter"
    subject = f"Bobot halaman pertama, {kind}"
    operator: Desk = someone("operator1.disdik", Desk, phone=False)
    operator.sign_in()
    letter = tmp_path / "naskah.pdf"
    letter.write_bytes(make_pdf(pages=3, seed=91, scan=scan, dpi=200))
    operator.new_paper(letter, subject)
    operator.draw_route(
        ("Sekretaris Dinas Pendidikan", "Paraf"), ("Kepala Dinas Pendidikan", "Tanda tangan")
    )
    operator.queue(2)

    # Without the service worker's store, as at the first paper of a new phone.
    reader: Phone = someone("sekretaris.disdik", Phone, service_workers="block")
    reader.sign_in()
    page = reader.page
    page.add_init_script(HELD_BACK)
    page.goto(f"{reader.origin}/meja")
    row = page.get_by_role("link").filter(has_text=subject)
    expect(row).to_be_visible()
    page.wait_for_load_state("networkidle")
    wire = Wire()
    wire.listen(page)
    row.click()
    reader.await_reader()
    while not page.evaluate(PAINTED):
        page.wait_for_timeout(50)
    page.wait_for_load_state("networkidle")

    first = sum(wire.received.values()) - wire.of(*LATER)
    parts = {
        "scripts": wire.of(".js"),
        "styles": wire.of(".css"),
        "image": wire.of("/pages/1/image"),
    }
    said = ", ".join(f"{name} {size / 1024:.1f}" for name, size in parts.items())
    record_property(
        f"first readable page of a {kind}", f"{first / 1024:.1f} KB of {LIMIT // 1024} ({said})"
    )
    assert all(parts.values()), wire.received
    assert wire.of("/steps/")
    assert first <= LIMIT, wire.received

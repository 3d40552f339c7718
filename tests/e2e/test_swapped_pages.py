"""A server that shows other pages than those it keeps: what is ticked is what was on the screen."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from tests.e2e.filling import Filler
from tests.e2e.live import Live
from tests.e2e.looks import Looks
from tests.e2e.pages import Desk, Phone
from tests.factories.pdfs import make_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SUBJECT = "Pembagian guru kelas"
STEP, IMAGE = "**/api/v1/steps/*", "**/api/v1/versions/*/pages/1/image*"
REFUSED = "yang tampil tidak sama dengan yang tersimpan"
ARRIVES = 30_000


def _other_page() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 848), "white").save(out, "WEBP", lossless=True)
    return out.getvalue()


def test_what_was_swapped_is_not_shown_and_what_was_shown_cannot_be_denied(
    live: Live, someone: Callable[..., Any]
) -> None:
    operator: Desk = someone("operator1.disdik", Desk, phone=False)
    operator.sign_in()
    filler = Filler(operator)
    papers = {SUBJECT: make_pdf(seed=117)}
    route = ("Kepala Bidang Pembinaan Ketenagaan", "initial"), ("Kepala Dinas Pendidikan", "sign")
    document = filler.queue(papers, *route)[SUBJECT]
    reader: Phone = someone("kabid.disdik", Phone)
    reader.sign_in()
    page, other, looks = reader.page, _other_page(), Looks()

    # An image that is not what the paper's page is said to be is never shown.
    page.route(IMAGE, lambda at: at.fulfill(body=other, content_type="image/webp"))
    reader.open_paper(SUBJECT)
    expect(page.get_by_role("alert").get_by_text("Halaman 1")).to_be_visible()
    looks.at(page, "a page that was swapped")
    expect(page.get_by_role("button", name="Centang", exact=True)).to_have_count(0)

    # One that the whole server stands by is shown, and the tick is over exactly that.
    page.route(STEP, lambda at: _announcing(at, other))
    page.reload()
    reader.read_and_tick(1, taken=False)
    expect(page.get_by_text(REFUSED)).to_be_visible(timeout=ARRIVES)
    looks.at(page, "a tick over a swapped page")
    assert "ticked" not in filler.marks(document)

    page.unroute(STEP)
    page.unroute(IMAGE)
    page.reload()
    with page.expect_response(lambda answer: answer.url.endswith("/tick"), timeout=ARRIVES):
        reader.read_and_tick(1)
    assert filler.marks(document).count("ticked") == 1
    assert not looks.findings, "\n".join(looks.findings)


def _announcing(route: Route, image: bytes) -> None:
    """The step as the server tells it, but for its first page."""
    answer = route.fetch()
    told = answer.json()
    for rendition in ("image", "large"):
        told["version"]["pages"][0][rendition]["sha256"] = hashlib.sha256(image).hexdigest()
    route.fulfill(response=answer, json=told)

"""A citizen's file on the public form, dropped as from a folder and chosen by tapping."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.live import Live
from tests.factories.pdfs import make_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(180)]

COPY = 1
"""The drag operation of a file taken from a folder (DragOperationsMask)."""


@pytest.fixture
def form(live: Live, new_page: Callable[..., Page]) -> Page:
    page = new_page(live.origin, "citizen", java_script_enabled=False)
    page.goto(f"{live.origin}/v")
    return page


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "tanpa tanda tangan.pdf"
    path.write_bytes(make_pdf(seed=81))
    return path


def _drop(page: Page, file: Path, on: Locator) -> None:
    """What the browser gets when the system drops a file on it."""
    place = on.bounding_box()
    assert place
    at = {"x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2}
    data = {"items": [], "files": [str(file)], "dragOperationsMask": COPY}
    hand = page.context.new_cdp_session(page)
    for moment in ("dragEnter", "dragOver", "drop"):
        hand.send("Input.dispatchDragEvent", {"type": moment, **at, "data": data})


def _judged(page: Page, name: str) -> None:
    page.get_by_role("button", name="Periksa berkas").click()
    expect(page.get_by_text(name)).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Belum ditandatangani")


def test_a_dropped_file_is_judged(form: Page, letter: Path) -> None:
    _drop(form, letter, form.locator("input[type=file]"))
    _judged(form, letter.name)


def test_a_chosen_file_is_judged(form: Page, letter: Path) -> None:
    with form.expect_file_chooser() as chooser:
        form.locator("input[type=file]").tap()
    chooser.value.set_files(letter)
    _judged(form, letter.name)


def test_a_photograph_is_told_kindly_apart_from_a_document(form: Page, tmp_path: Path) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (300, 400), (240, 240, 236)).save(drawn, "JPEG")
    photograph = tmp_path / "IMG_0017.jpg"
    photograph.write_bytes(drawn.getvalue())
    with form.expect_file_chooser() as chooser:
        form.locator("input[type=file]").tap()
    chooser.value.set_files(photograph)
    form.get_by_role("button", name="Periksa berkas").click()
    expect(form.get_by_text("Ini foto.")).to_be_visible()

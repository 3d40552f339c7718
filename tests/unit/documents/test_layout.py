"""A signature's appearance is told whether it would cover something."""

import io

import pypdfium2
import pytest

from backend.documents.layout import covers_ink, covers_text
from backend.documents.models import Page
from backend.documents.pdf import words
from backend.documents.pdf.ink import ink_grid
from backend.documents.pdf.render import _draw
from tests.factories.pdfs import make_pdf


def page_of(**facts) -> Page:
    drawn = pypdfium2.PdfDocument(io.BytesIO(make_pdf(**facts)))[0]
    width, height = drawn.get_size()
    return Page(
        width=width,
        height=height,
        boxes=words.runs(drawn.get_textpage(), width, height),
        ink=ink_grid(_draw(drawn, 824, grey=True)),
    )


@pytest.fixture(scope="module")
def letter() -> Page:
    return page_of()


def test_the_empty_part_below_the_letter_is_free(letter):
    assert not covers_text(letter, (60, 100, 200, 90))
    assert not covers_ink(letter, (60, 100, 200, 90))


def test_a_line_of_text_is_seen(letter):
    # The first line stands at 841.89 − 110.
    assert covers_text(letter, (70, 725, 50, 10))
    assert covers_ink(letter, (70, 725, 50, 10))


def test_between_two_lines_is_free(letter):
    assert not covers_text(letter, (60, 745, 200, 12))


def test_a_ruled_line_is_ink_but_no_text(letter):
    assert covers_ink(letter, (100, 762, 50, 10))
    assert not covers_text(letter, (100, 763, 50, 8))


def test_a_scan_is_judged_by_its_ink():
    scan = page_of(scan=True, dpi=100)
    assert scan.boxes == []
    assert covers_text(scan, (100, 400, 200, 100))
    assert not covers_text(scan, (2, 2, 40, 30))


def test_a_place_beyond_the_page_covers_nothing(letter):
    assert not covers_ink(letter, (900, 900, 50, 50))

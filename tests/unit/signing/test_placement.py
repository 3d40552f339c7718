"""Where blocks stand when the operator placed nothing, and what is wrong with a place."""

import itertools
from uuid import uuid4

import pytest

from backend.documents.models import Page
from backend.signing.pdf.geometry import MM, PageBox, Rect
from backend.signing.placement import (
    HEIGHT,
    LOWEST,
    Spot,
    _free,
    at_anchor,
    covered,
    stamped_over,
)
from tests.factories.sheets import A4, F4

LANDSCAPE = (A4[1], A4[0])


def page(size: tuple[float, float] = A4, *lines: tuple[float, float, float, float]) -> Page:
    """A page with text at these places, in points from the bottom left."""
    width, height = size
    boxes = [
        [x / width, 1 - (y + h) / height, w / width, h / height, "kata"] for x, y, w, h in lines
    ]
    return Page(version_id=uuid4(), ordinal=1, width=width, height=height, boxes=boxes, ink=b"")


def spots(page_: Page, count: int) -> list[Spot]:
    taken: list[Spot] = []
    for _ in range(count):
        spot = _free([page_], taken)
        assert spot is not None
        taken.append(spot)
    return taken


@pytest.mark.parametrize("size", [A4, F4, LANDSCAPE], ids=["a4", "f4", "landscape"])
def test_blocks_stand_below_the_text_beside_one_another_and_above_the_foot(
    size: tuple[float, float],
) -> None:
    written = page(size, (60, size[1] / 2 + 60, 400, 12))
    found = spots(written, 3)
    for spot in found:
        assert spot.rect.within(*size)
        assert spot.rect.y >= LOWEST
        assert spot.rect.top < size[1] / 2 + 60
        assert not covered(written, spot)
    for one, other in itertools.combinations(found, 2):
        assert not one.rect.meets(other.rect)
    assert found[0].rect.x > found[1].rect.x  # the first signer stands on the right


def test_a_page_that_is_full_at_the_end_offers_its_gap() -> None:
    written = page(A4, (60, 80, 450, 100), (60, 500, 450, 250))
    (spot,) = spots(written, 1)
    assert 180 <= spot.rect.y <= 500 - HEIGHT


def test_no_room_is_said_not_forced() -> None:
    assert _free([page(A4, (30, 30, 540, 790))], []) is None


def test_an_anchor_at_the_edge_keeps_the_block_on_the_page() -> None:
    anchors = {"^": [{"page": 1, "x": 590.0, "y": 20.0}]}
    spot = at_anchor("^", anchors, {1: page()})
    assert spot is not None
    assert spot.rect.within(*A4)


def test_an_anchors_own_character_counts_as_no_text() -> None:
    anchors = {"#": [{"page": 1, "x": 340.0, "y": 250.0}]}
    written = page(A4, (336, 250, 8, 9))
    spot = at_anchor("#", anchors, {1: written})
    assert spot is not None
    assert not covered(written, spot)
    beside = page(A4, (336, 250, 8, 9), (400, 200, 50, 10))
    assert covered(beside, spot)


def test_a_wet_stamp_of_one_signer_spares_the_others_code() -> None:
    right = Spot(1, Rect(300, 200, 190, 124))
    assert stamped_over(Spot(1, Rect(200, 200, 95, 124)), [right])
    assert not stamped_over(Spot(1, Rect(40, 200, 140, 124)), [right])
    assert not stamped_over(Spot(2, Rect(200, 200, 95, 124)), [right])


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_displayed_places_lie_inside_the_visible_page(rotate: int) -> None:
    box = PageBox(20, -30, 20 + 215 * MM, -30 + 330 * MM, rotate)
    left, bottom, right, top = box.to_pdf(Rect(0, 0, box.width, box.height))
    assert (left, bottom) == pytest.approx((box.left, box.bottom))
    assert (right, top) == pytest.approx((box.right, box.top))

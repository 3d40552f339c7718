"""Where each signer's block stands on a version: as the operator placed it, or in free space."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.documents.layout import covers_text
from backend.documents.models import Document, Page, Version
from backend.signing.models import Placement
from backend.signing.pdf.appearance import LARGEST_CODE
from backend.signing.pdf.foot import CODE_SIDE, HEIGHTS
from backend.signing.pdf.geometry import Rect

WIDTH, HEIGHT = 190.0, 132.0
"""The usual block, in points: 67 × 47 mm, with room for a whole claim."""
LOWEST = HEIGHTS[0] + CODE_SIDE + 8
"""Points from the page's lower edge: above the foot."""
MARGIN = 40.0
STEP = 12.0
STAMP = 113.0
"""Points: a wet stamp of 40 mm, set to the left of the signature."""


@dataclass(frozen=True)
class Spot:
    """A place for one block."""

    page: int
    """From 1."""
    rect: Rect
    anchor: str | None = None
    """The character whose place it took."""


def spots(
    session: Session, document: Document, version: Version, ordinals: Sequence[int]
) -> dict[int, Spot | None]:
    """Step ordinal → where its block stands on this version; None where no room was found.

    A placement that this version cannot hold (its page or anchor is gone) counts as not placed.
    """
    rows = {
        row.ordinal: row
        for row in session.scalars(select(Placement).where(Placement.document_id == document.id))
    }
    pages = {page.ordinal: page for page in version.pages}
    found: dict[int, Spot | None] = {}
    for ordinal in ordinals:
        row = rows.get(ordinal)
        found[ordinal] = _placed(row, version.anchors, pages) if row else None
    for ordinal in ordinals:
        if found[ordinal] is None:
            found[ordinal] = _free(version.pages, [s for s in found.values() if s])
    return found


def at_anchor(anchor: str, anchors: Mapping[str, Any], pages: Mapping[int, Page]) -> Spot | None:
    """The usual block with its top left corner over the first such character, kept on the page."""
    places = anchors.get(anchor)
    if not places:
        return None
    place = places[0]
    page = pages[place["page"]]
    x = min(max(0.0, place["x"] - 8), page.width - WIDTH)
    y = min(max(0.0, place["y"] + 14 - HEIGHT), page.height - HEIGHT)
    return Spot(page.ordinal, Rect(x, y, WIDTH, HEIGHT), anchor)


def put(session: Session, document_id: UUID, placed: Mapping[int, Spot]) -> None:
    """Keeps the operator's placements, by step ordinal, instead of all earlier ones."""
    session.execute(delete(Placement).where(Placement.document_id == document_id))
    session.add_all(
        Placement(
            document_id=document_id,
            ordinal=ordinal,
            page=spot.page,
            x=spot.rect.x,
            y=spot.rect.y,
            width=spot.rect.width,
            height=spot.rect.height,
            anchor=spot.anchor,
        )
        for ordinal, spot in placed.items()
    )
    session.flush()


def covered(page: Page, spot: Spot) -> bool:
    """Whether the block would lie over text, its own anchor aside."""
    rect = spot.rect
    if spot.anchor is None:
        return covers_text(page, (rect.x, rect.y, rect.width, rect.height))
    return any(
        covers_text(page, part)
        for part in (
            (rect.x + 16, rect.y, rect.width - 16, rect.height),
            (rect.x, rect.y, 16, rect.height - 18),
        )
    )


def stamp_zone(rect: Rect) -> Rect:
    """Where an office sets its wet stamp: to the left of the signature, level with it."""
    return Rect(rect.x - STAMP, rect.y + rect.height / 2 - STAMP / 2, STAMP, STAMP)


def stamped_over(spot: Spot, others: Sequence[Spot]) -> bool:
    """Whether another signer's wet stamp would fall on this block's code."""
    code = Rect(spot.rect.x, spot.rect.y, LARGEST_CODE, spot.rect.height)
    return any(other.page == spot.page and stamp_zone(other.rect).meets(code) for other in others)


def _placed(row: Placement, anchors: Mapping[str, Any], pages: Mapping[int, Page]) -> Spot | None:
    if row.anchor:
        return at_anchor(row.anchor, anchors, pages)
    page = pages.get(row.page)
    rect = Rect(row.x, row.y, row.width, row.height)
    if page is None or not rect.within(page.width, page.height):
        return None
    return Spot(row.page, rect)


def _free(pages: Sequence[Page], taken: Sequence[Spot]) -> Spot | None:
    """Room on the last page: below the text if there is any, anywhere else otherwise."""
    if not pages:
        return None
    page = pages[-1]
    blocks = [spot.rect for spot in taken if spot.page == page.ordinal]
    for rect in _candidates(page):
        clear = not covers_text(page, (rect.x, rect.y, rect.width, rect.height))
        if clear and not any(rect.meets(block) for block in blocks):
            return Spot(page.ordinal, rect)
    return None


def _candidates(page: Page) -> Iterator[Rect]:
    """Right column before left; from just below the text downwards, then upwards over the page."""
    columns = [x for x in (page.width - MARGIN - WIDTH, MARGIN) if x >= 0]
    top = _content_bottom(page) - STEP
    y = top - HEIGHT
    while y >= LOWEST:
        yield from (Rect(x, y, WIDTH, HEIGHT) for x in columns)
        y -= STEP
    y = LOWEST
    while y + HEIGHT <= page.height - MARGIN:
        yield from (Rect(x, y, WIDTH, HEIGHT) for x in columns)
        y += STEP


def _content_bottom(page: Page) -> float:
    """How far down the text reaches, seen from the foot."""
    y = LOWEST
    while y + STEP < page.height and not covers_text(page, (0, y, page.width, STEP)):
        y += STEP
    return y

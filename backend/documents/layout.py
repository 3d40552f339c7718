"""What stands where on a page: so that a signature's appearance covers no text.

Rectangles are (x, y, width, height) in points from the bottom left of the page as displayed, as in
placements.
"""

from collections.abc import Iterator

from backend.documents.models import Page

Rect = tuple[float, float, float, float]
COLUMNS = 96
"""Of the ink grid; see pdf/ink.py, which draws it and imports a picture library to do so."""
_TOUCH = 1.0
"""Points: letters' boxes are a little larger than their ink."""


def covers_text(page: Page, rect: Rect) -> bool:
    """Whether the rectangle lies over words; over anything dark where the page is a picture."""
    if page.boxes:
        return any(_overlap(rect, box) for box in _words(page))
    return covers_ink(page, rect)


def covers_ink(page: Page, rect: Rect) -> bool:
    """Whether the rectangle lies over anything dark: words, lines, stamps, pictures."""
    x, y, width, height = rect
    cell = page.width / COLUMNS
    left, right = max(0, int((x + _TOUCH) / cell)), int((x + width - _TOUCH) / cell)
    top = max(0, int((page.height - y - height + _TOUCH) / cell))
    bottom = int((page.height - y - _TOUCH) / cell)
    stride = (COLUMNS + 7) // 8
    rows = len(page.ink) // stride
    return any(
        page.ink[row * stride + column // 8] & 0x80 >> column % 8
        for row in range(top, min(bottom + 1, rows))
        for column in range(left, min(right + 1, COLUMNS))
    )


def _words(page: Page) -> Iterator[Rect]:
    for x, y, width, height, *_ in page.boxes:
        bottom = (1 - y - height) * page.height
        yield x * page.width, bottom, width * page.width, height * page.height


def _overlap(one: Rect, other: Rect) -> bool:
    return (
        one[0] + _TOUCH < other[0] + other[2]
        and other[0] + _TOUCH < one[0] + one[2]
        and one[1] + _TOUCH < other[1] + other[3]
        and other[1] + _TOUCH < one[1] + one[3]
    )

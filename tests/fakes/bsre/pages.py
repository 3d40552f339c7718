"""Where things stand on a page, asked of PDFium."""

from dataclasses import dataclass

import pypdfium2

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


@dataclass(frozen=True)
class Shown:
    """A page as people see it: turned, and cut to its crop box."""

    crop: Box
    rotate: int

    @property
    def height(self) -> float:
        left, bottom, right, top = self.crop
        return right - left if self.rotate in {90, 270} else top - bottom

    def to_pdf(self, x: float, y: float) -> tuple[float, float]:
        """A point seen so far from the left and the bottom, as PDF counts."""
        left, bottom, right, top = self.crop
        match self.rotate:
            case 90:
                return right - y, bottom + x
            case 180:
                return right - x, top - y
            case 270:
                return left + y, top - x
            case _:
                return left + x, bottom + y

    def from_pdf(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self.crop
        match self.rotate:
            case 90:
                return y - bottom, right - x
            case 180:
                return right - x, top - y
            case 270:
                return top - y, x - left
            case _:
                return x - left, y - bottom

    def box(self, x: float, top: float, width: float, height: float) -> Box:
        """As PDF counts, of what is seen so far from the left with its top edge there."""
        return _box(self.to_pdf(x, top - height), self.to_pdf(x + width, top))


def _box(one: tuple[float, float], other: tuple[float, float]) -> Box:
    (x1, y1), (x2, y2) = one, other
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def page_count(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    try:
        return len(document)
    finally:
        document.close()


def shown(data: bytes, number: int) -> Shown:
    """A page, from 1."""
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[number - 1]
        return Shown(page.get_cropbox(), page.get_rotation())
    finally:
        document.close()


def tag(data: bytes, character: str) -> tuple[int, Box]:
    """The page of the first such character, and its own box as PDF counts."""
    document = pypdfium2.PdfDocument(data)
    try:
        for index in range(len(document)):
            text = document[index].get_textpage()
            place = text.search(character).get_next()
            if place:
                return index + 1, text.get_charbox(place[0])
    finally:
        document.close()
    raise ValueError("no such character in the text")


def tag_box(
    data: bytes, character: str, width: float, height: float, *, unturned: bool = False
) -> tuple[int, Box]:
    """The page and the box at the first such character: its top left corner is the box's.

    `unturned`: before the page is turned, otherwise as people see it.
    """
    number, (left, bottom, right, top) = tag(data, character)
    if unturned:
        return number, (left, top - height, left + width, top)
    page = shown(data, number)
    x, _, _, upper = seen_box(page, (left, bottom, right, top))
    return number, page.box(x, upper, width, height)


def seen_box(page: Shown, box: Box) -> Box:
    """A box as PDF counts, as people see it."""
    left, bottom, right, top = box
    return _box(page.from_pdf(left, bottom), page.from_pdf(right, top))

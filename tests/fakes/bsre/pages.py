"""Where things stand on a page, asked of PDFium."""

import pypdfium2


def page_count(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    try:
        return len(document)
    finally:
        document.close()


def page_height(data: bytes, number: int) -> float:
    """Of a page (from 1) as displayed, in points."""
    document = pypdfium2.PdfDocument(data)
    try:
        return float(document[number - 1].get_height())
    finally:
        document.close()


def tag_box(
    data: bytes, tag: str, width: float, height: float
) -> tuple[int, tuple[float, float, float, float]]:
    """The page and the box at the first such character: its top left corner is the box's."""
    document = pypdfium2.PdfDocument(data)
    try:
        for index in range(len(document)):
            text = document[index].get_textpage()
            place = text.search(tag).get_next()
            if place:
                left, _, _, top = text.get_charbox(place[0])
                return index + 1, (left, top - height, left + width, top)
    finally:
        document.close()
    raise ValueError("no such character in the text")

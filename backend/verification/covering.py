"""Whether a signature's box, drawn after a signature, hides what stood there when it was made.

Words are found by their text, and everything else (scans, drawings, other people's signatures) by
comparing pictures of the page before and after («evil annotation», «sneaky signature»: Rohlmann et
al. 2021).
"""

import ctypes
from collections.abc import Sequence

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in the page's own points."""

_INSET = 3.0
"""Points at each edge of a box that may touch a letter."""
_SCALE = 1.5
_PIXELS = 4_000_000
"""Of one picture; a larger page is drawn smaller."""
_INK = 60
"""How much darker or lighter than the paper (of 255) ink is."""
_LETTER = 30
"""Pixels of ink in about half a letter of running text, at `_SCALE`."""
_RULE = 0.6
"""A row or column with more hidden ink than this is a ruled line of a form."""


def hides(signed: bytes, now: bytes, page: int, box: Box, instead_of: Box | None) -> str | None:
    """What a box on a page (from 0) hides: `words`, `drawing` or nothing.

    `instead_of` is where the same field stood, unsigned, with a placeholder of its own.
    """
    before, after = _opened(signed), _opened(now)
    try:
        if _words(before[page], box):
            return "words"
        if instead_of is not None:
            _without(before[page], instead_of)
        hidden = _hidden(_picture(before[page], box), _picture(after[page], box))
        return "drawing" if hidden > _LETTER else None
    finally:
        before.close()
        after.close()


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    return document


def _words(page: pypdfium2.PdfPage, box: Box) -> bool:
    left, bottom, right, top = box
    text = page.get_textpage().get_text_bounded(
        left + _INSET, bottom + _INSET, right - _INSET, top - _INSET
    )
    return any(c.isalnum() for c in text)


def _without(page: pypdfium2.PdfPage, box: Box) -> None:
    """Takes the annotation that fills this box off the page."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        rect = pdfium.FS_RECTF()
        pdfium.FPDFAnnot_GetRect(annotation, ctypes.byref(rect))
        pdfium.FPDFPage_CloseAnnot(annotation)
        corners = rect.left, rect.bottom, rect.right, rect.top
        if all(abs(a - b) < 1 for a, b in zip(corners, box, strict=True)):
            pdfium.FPDFPage_RemoveAnnot(page, index)
            return


def _picture(page: pypdfium2.PdfPage, box: Box) -> Image.Image:
    """The inside of the box in grey, as the page is displayed."""
    width, height = page.get_size()
    scale = min(_SCALE, (_PIXELS / max(width * height, 1)) ** 0.5)
    whole: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    left, bottom, right, top = box
    corners = [
        _displayed(page, whole.size, x, y)
        for x, y in ((left + _INSET, bottom + _INSET), (right - _INSET, top - _INSET))
    ]
    (x1, y1), (x2, y2) = corners
    return whole.crop((min(x1, x2), min(y1, y2), max(x1, x2, 1), max(y1, y2, 1)))


def _displayed(page: pypdfium2.PdfPage, size: Sequence[int], x: float, y: float) -> tuple[int, int]:
    """Where a point of the page's own space stands on its picture."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(
        page, 0, 0, size[0], size[1], 0, x, y, ctypes.byref(across), ctypes.byref(down)
    )
    return across.value, down.value


def _hidden(before: Image.Image, after: Image.Image) -> int:
    """Pixels that were ink and are no more, ruled lines left out."""
    if not all(before.size) or before.size != after.size:
        return 0
    counts = before.histogram()
    paper = counts.index(max(counts))
    ink = before.point([255 if abs(v - paper) > _INK else 0 for v in range(256)])
    lost = ImageChops.difference(before, after).point([255 if v > _INK else 0 for v in range(256)])
    hidden = ImageChops.darker(ink, lost)
    for size in ((1, hidden.height), (hidden.width, 1)):
        share = hidden.resize(size, Image.Resampling.BOX)
        rules = share.point([0 if v > 255 * _RULE else 255 for v in range(256)])
        hidden = ImageChops.darker(hidden, rules.resize(hidden.size))
    return hidden.histogram()[255]

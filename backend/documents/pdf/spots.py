"""Where placeholders stand on the pages, as a person sees them: by what is drawn."""

import ctypes
from dataclasses import dataclass
from pathlib import Path

import pypdfium2.raw as pdfium
from pypdfium2 import PdfDocument, PdfTextPage

from backend.documents.pdf.refusals import Refused
from backend.documents.pdf.words import Glyph, glyphs

MARGIN = 28.0
"""Points at each edge of the page that nothing is set into."""
_BOLD = 600
_CENTRED = 4.0
"""Points by which a centred line may miss its centre."""


@dataclass(frozen=True)
class Spot:
    """A placeholder: its baseline's start, how it looks, and the room around it, in points."""

    placeholder: str
    x: float
    y: float
    width: float
    size: float
    room: float
    """From `x` to what follows on the line, or to the margin."""
    colour: tuple[int, int, int]
    bold: bool
    centred: str | None
    """The line up to the placeholder's end, without spaces, when it is a centred line's end."""
    slack: float
    """How far such a line may move to the left."""


def find_spots(path: Path, placeholders: list[str]) -> dict[int, list[Spot]]:
    """Page index → placeholders on it."""
    found: dict[int, list[Spot]] = {}
    document = PdfDocument(path)
    for index in range(len(document)):
        page = document[index]
        text = page.get_textpage()
        plain = "".join(text.get_text_range(errors="ignore").split())
        if any(p in plain for p in placeholders):
            drawn = glyphs(text)
            solid = [i for i, glyph in enumerate(drawn) if glyph.char.strip()]
            joined = "".join(drawn[i].char for i in solid)
            for placeholder in placeholders:
                start = joined.find(placeholder)
                while start >= 0:
                    stop = start + len(placeholder)
                    place = _Place(text, drawn, solid[start:stop], placeholder, page.get_width())
                    found.setdefault(index, []).append(place.spot())
                    start = joined.find(placeholder, stop)
    return found


@dataclass
class _Place:
    text: PdfTextPage
    drawn: list[Glyph]
    indices: list[int]
    placeholder: str
    page_width: float

    def spot(self) -> Spot:
        """Raises Refused for a placeholder that is turned or broken over lines."""
        first, last = self.drawn[self.indices[0]], self.drawn[self.indices[-1]]
        raw, index = self.text.raw, self.indices[0]
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(raw, index, matrix)
        upright = abs(matrix.b) < 0.01 * abs(matrix.a) and abs(matrix.c) < 0.3 * abs(matrix.d)
        one_line = abs(first.bottom - last.bottom) < first.top - first.bottom
        if not (upright and matrix.a > 0 and matrix.d > 0 and one_line):
            raise Refused("documents/anchor-unreachable", anchor=self.placeholder)
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
        size = pdfium.FPDFText_GetFontSize(raw, index) * matrix.d
        line = [g for g in self.drawn if g.char.strip() and _beside(g, first)]
        after = [g.left for g in line if g.left >= last.right - 0.01]
        ends = min([self.page_width - MARGIN, *(left - size / 4 for left in after)])
        centred = not after and self._is_centred(min(g.left for g in line), last.right)
        return Spot(
            placeholder=self.placeholder,
            x=x.value,
            y=y.value,
            width=last.right - x.value,
            size=size,
            room=ends - x.value,
            colour=self._colour(),
            bold=self._is_bold(),
            centred="".join(g.char for g in line) if centred else None,
            slack=max(0.0, min(g.left for g in line) - MARGIN),
        )

    def _is_centred(self, left: float, right: float) -> bool:
        """Between the page's edges, or between those of the text, and not as wide as that."""
        solid = [g for g in self.drawn if g.char.strip()]
        text_left, text_right = min(g.left for g in solid), max(g.right for g in solid)
        middle = (left + right) / 2
        centres = (self.page_width / 2, (text_left + text_right) / 2)
        indented = left - text_left > 4 * _CENTRED
        return indented and any(abs(middle - centre) <= _CENTRED for centre in centres)

    def _colour(self) -> tuple[int, int, int]:
        parts = [ctypes.c_uint() for _ in range(4)]
        pdfium.FPDFText_GetFillColor(self.text.raw, self.indices[0], *parts)
        red, green, blue = (part.value for part in parts[:3])
        return red, green, blue

    def _is_bold(self) -> bool:
        name = ctypes.create_string_buffer(256)
        flags = ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(self.text.raw, self.indices[0], name, len(name), flags)
        weight = pdfium.FPDFText_GetFontWeight(self.text.raw, self.indices[0])
        return weight >= _BOLD or b"bold" in name.value.lower()


def _beside(glyph: Glyph, first: Glyph) -> bool:
    return glyph.bottom < first.top and glyph.top > first.bottom

"""Type for what Centang prints on papers: coverage, measuring, wrapping, embedding."""

import io
import unicodedata
from enum import StrEnum
from functools import cache
from typing import Any

import uharfbuzz as hb
from font_roboto import Roboto, RobotoMedium
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from backend.signing.problems import UNCOVERED_CHARACTER

SMALLEST = 7.0
"""Points: nothing is printed smaller."""

# Latin with its extensions (Indonesian, Arabic in transliteration), marks, punctuation, currency.
_ALPHABET = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),
    *range(0x2B0, 0x300),
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2028),
    *range(0x2030, 0x2060),
    0x20AC,
    0x2116,
    0x2122,
]


class Weight(StrEnum):
    REGULAR = "Regular"
    MEDIUM = "Medium"


@cache
def _alphabet(weight: Weight) -> tuple[bytes, Any, frozenset[int]]:
    """The font reduced once a process: reducing the whole font for each paper costs half a second."""
    options = subset.Options(hinting=False, glyph_names=False)
    options.drop_tables += ["GPOS", "GSUB", "GDEF"]
    font = TTFont(Roboto if weight is Weight.REGULAR else RobotoMedium)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_ALPHABET)
    subsetter.subset(font)
    # The embedder writes widths in font units, and PDF counts in thousandths of an em.
    scale_upem(font, 1000)
    out = io.BytesIO()
    font.save(out)
    covered = frozenset(font.getBestCmap())
    return out.getvalue(), hb.Font(hb.Face(out.getvalue())), covered


def printable(text: str) -> str:
    """The text as it will stand on paper: composed, single-spaced.

    Raises UNCOVERED_CHARACTER for a character the embedded font lacks: never a blank box.
    """
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    covered = _alphabet(Weight.REGULAR)[2]
    for character in composed:
        if ord(character) not in covered:
            raise UNCOVERED_CHARACTER(character=character, text=composed)
    return composed


def measure(text: str, size: float, weight: Weight = Weight.REGULAR) -> float:
    """The width of one line, in points."""
    _, font, _ = _alphabet(weight)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    return float(sum(p.x_advance for p in buffer.glyph_positions)) * size / 1000


def wrap(text: str, size: float, width: float, weight: Weight = Weight.REGULAR) -> list[str] | None:
    """Lines no wider than `width`, broken at spaces only; None when a single word is wider."""
    lines: list[str] = []
    for word in text.split():
        if lines and measure(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] += f" {word}"
        elif measure(word, size, weight) <= width:
            lines.append(word)
        else:
            return None
    return lines


class Lettering:
    """The fonts of one file being written; only the glyphs used are embedded, with ToUnicode."""

    def __init__(self, writer: BasePdfFileWriter) -> None:
        self._writer = writer
        self._fonts: dict[Weight, GlyphAccumulator] = {}

    def line(self, text: str, x: float, y: float, size: float, weight: Weight) -> bytes:
        """Operators that show one line with its left end of the baseline at (x, y)."""
        font = self._fonts.get(weight)
        if font is None:
            font = GlyphAccumulator(self._writer, io.BytesIO(_alphabet(weight)[0]), size)
            self._fonts[weight] = font
        shown = font.shape(text, with_actual_text=False).graphics_ops
        return b"BT /%s %g Tf %.2f %.2f Td %s ET\n" % (
            weight.value.encode(), size, x, y, shown,
        )  # fmt: skip

    @property
    def resources(self) -> generic.DictionaryObject:
        """The font dictionary for a form that used `line`."""
        return generic.DictionaryObject(
            {
                generic.pdf_name(f"/{weight.value}"): font.as_resource()
                for weight, font in self._fonts.items()
            }
        )

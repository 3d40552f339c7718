"""Type for what Centang prints on papers: coverage, measuring, wrapping, embedding."""

import unicodedata

from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from backend.signing.pdf import syntax
from backend.signing.pdf.typeface import Subset, Weight, cut, typeface
from backend.signing.problems import UNCOVERED_CHARACTER

SMALLEST = 7.0
"""Points: nothing is printed smaller."""


def printable(text: str) -> str:
    """The text as it will stand on paper: composed, single-spaced.

    Raises UNCOVERED_CHARACTER for a character the embedded font lacks: never a blank box.
    """
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    covered = typeface(Weight.REGULAR).glyphs
    for character in composed:
        if character not in covered:
            raise UNCOVERED_CHARACTER(character=character, text=composed)
    return composed


def measure(text: str, size: float, weight: Weight = Weight.REGULAR) -> float:
    """The width of one line, in points."""
    return typeface(weight).width(text) * size / 1000


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
    """The fonts of one file being written. `embed` them after the last line."""

    def __init__(self, writer: BasePdfFileWriter) -> None:
        self._writer = writer
        self._used: dict[Weight, set[str]] = {weight: set() for weight in Weight}
        self._fonts = {weight: writer.allocate_placeholder() for weight in Weight}

    def line(self, text: str, x: float, y: float, size: float, weight: Weight) -> bytes:
        """Operators that show one line with its left end of the baseline at (x, y)."""
        self._used[weight].update(text)
        glyphs = typeface(weight).glyphs
        shown = b"".join(b"%04X" % glyphs.get(character, 0) for character in text)
        return b"BT /%s %g Tf %.2f %.2f Td <%s> Tj ET\n" % (
            weight.value.encode(), size, x, y, shown,
        )  # fmt: skip

    @property
    def resources(self) -> str:
        """The font dictionary for a form that used `line`."""
        fonts = (f"/{weight.value} {syntax.text(font)}" for weight, font in self._fonts.items())
        return f"<<{' '.join(fonts)}>>"

    def embed(self) -> None:
        """Writes the fonts, each with little more than the glyphs that were used."""
        for weight, font in self._fonts.items():
            _embed(self._writer, font, typeface(weight).metrics, cut(weight, self._used[weight]))


def _embed(writer: BasePdfFileWriter, font: IndirectObject, metrics: str, subset: Subset) -> None:
    """ISO 32000-1 §9.7: glyphs are shown by their numbers, and mapped to Unicode for readers."""

    def add(made: syntax.Raw) -> str:
        return syntax.text(writer.add_object(made))

    program = add(syntax.stream(f"/Filter /FlateDecode /Length1 {subset.length}", subset.program))
    unicode = add(syntax.stream("/Filter /FlateDecode", subset.unicode))
    descriptor = add(
        syntax.Raw(
            f"<</Type /FontDescriptor /FontName /{subset.name} {metrics} "
            f"/FontFile2 {program}>>".encode()
        )
    )
    descendant = add(
        syntax.Raw(
            f"<</Type /Font /Subtype /CIDFontType2 /BaseFont /{subset.name} /CIDSystemInfo "
            "<</Registry (Adobe) /Ordering (Identity) /Supplement 0>> "
            f"/FontDescriptor {descriptor} /CIDToGIDMap /Identity /W [{subset.widths}]>>".encode()
        )
    )
    writer.add_object(
        syntax.Raw(
            f"<</Type /Font /Subtype /Type0 /BaseFont /{subset.name} /Encoding /Identity-H "
            f"/DescendantFonts [{descendant}] /ToUnicode {unicode}>>".encode()
        ),
        idnum=font.idnum,
    )

"""A4 sheets that fill from top to bottom, and the PDF file they make."""

import zlib
from collections.abc import Callable
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from backend.signing.pdf import syntax
from backend.signing.pdf.appearance import form
from backend.signing.pdf.lettering import Lettering, measure
from backend.signing.pdf.typeface import Weight

WIDTH, HEIGHT = 595.28, 841.89
LEFT, RIGHT = 56.0, WIDTH - 56.0
_TOP, BOTTOM = HEIGHT - 62.0, 76.0

INK, INK_2, INK_3 = "0.078 0.114 0.149", "0.247 0.294 0.341", "0.322 0.369 0.416"
LINE, LINE_STRONG = "0.863 0.847 0.816", "0.482 0.506 0.522"
STOP, VOID, WHITE = "0.678 0.137 0.094", "0.200 0.239 0.278", "1 1 1"
SEAL_FILL, SEAL_FIELD, ON_SEAL_FIELD = "0.663 0.404 0", "0.969 0.894 0.729", "0.180 0.110 0"
"""The design's colours by day, as «r g b»."""


class Sheets:
    """What is drawn goes to the newest sheet, at `y`."""

    def __init__(self, title: str, language: str) -> None:
        info = generic.DictionaryObject({pdf_name("/Title"): generic.TextStringObject(title)})
        self._writer = PdfFileWriter(stream_xrefs=True, info=info)
        root = self._writer.root
        root[pdf_name("/Lang")] = generic.TextStringObject(language)
        root[pdf_name("/ViewerPreferences")] = generic.DictionaryObject(
            {pdf_name("/DisplayDocTitle"): generic.BooleanObject(True)}
        )
        self._letters = Lettering(self._writer)
        self._sheets: list[bytearray] = [bytearray()]
        self.y = HEIGHT

    @property
    def count(self) -> int:
        return len(self._sheets)

    def need(self, height: float) -> None:
        """Goes on to a new sheet where less than this is left."""
        if self.y - height < BOTTOM:
            self._sheets.append(bytearray())
            self.y = _TOP

    def draw(self, operators: str) -> None:
        self._sheets[-1] += operators.encode()

    def text(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        weight: Weight = Weight.REGULAR,
        colour: str = INK,
        right: bool = False,
        sheet: int = -1,
    ) -> None:
        """One line; with `right`, it ends at x."""
        if right:
            x -= measure(text, size, weight)
        shown = self._letters.line(text, x, y, size, weight)
        self._sheets[sheet] += b"%s rg %s" % (colour.encode(), shown)

    def rule(self, y: float, colour: str = LINE, width: float = 0.6) -> None:
        self.draw(f"{colour} RG {width} w {LEFT} {y:.2f} m {RIGHT:.2f} {y:.2f} l S\n")

    def on_each(self, draw: Callable[[int], None]) -> None:
        """Draws what needs to know how many sheets there are; given the sheet's number from 0."""
        for number in range(self.count):
            draw(number)

    def file(self) -> bytes:
        """The finished PDF."""
        size = (WIDTH, HEIGHT)
        for operators in self._sheets:
            drawing = form(self._writer, self._letters, bytes(operators), size)
            shown = self._writer.add_object(
                syntax.stream("/Filter /FlateDecode", zlib.compress(b"/Sheet Do\n"))
            )
            resources = generic.DictionaryObject(
                {pdf_name("/XObject"): generic.DictionaryObject({pdf_name("/Sheet"): drawing})}
            )
            self._writer.insert_page(PageObject(shown, (0, 0, *size), resources))
        self._letters.embed()
        out = BytesIO()
        self._writer.write(out)
        return out.getvalue()

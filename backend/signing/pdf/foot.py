"""What stands at the foot of every page: the code, the issuer's sentence, the law's sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backend.organisation.style import FootKind
from backend.signing.pdf.appearance import draw_qr, smallest_code
from backend.signing.pdf.geometry import PageBox, Rect
from backend.signing.pdf.lettering import SMALLEST, Lettering, printable, wrap
from backend.signing.pdf.typeface import Weight

BSRE_SENTENCE = (
    "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang "
    "diterbitkan oleh Balai Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara."
)
ISSUER_SENTENCE = (
    "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang "
    "diterbitkan oleh {issuer}."
)
# UU ITE Article 5(1).
LAW_SENTENCE = (
    "Informasi Elektronik dan/atau Dokumen Elektronik dan/atau hasil cetaknya merupakan alat "
    "bukti hukum yang sah."
)
CODE_SIDE = 45.0
LEFT = 40.0
HEIGHTS = (20.0, 12.0)
"""Where the foot may start, in points from the page's lower edge: the usual place, then lower."""
_LEADING = 1.18
_GREY = b"0.33 0.36 0.40 rg\n"
_RULE = b"0.62 0.65 0.68 RG 0.5 w\n"


def issuer_sentence(issuers: Sequence[str], *, bsre: bool) -> str:
    """The sentence true to who issued the certificates; BSrE's only when BSrE really signs."""
    if bsre:
        return BSRE_SENTENCE
    return ISSUER_SENTENCE.format(issuer=" dan ".join(dict.fromkeys(issuers)))


@dataclass(frozen=True)
class Foot:
    """The sentences and the public address at the foot of the pages."""

    sentence: str
    url: str
    kind: FootKind = FootKind.SENTENCE

    @property
    def code_side(self) -> float:
        return max(CODE_SIDE, smallest_code(self.url))

    @lru_cache(maxsize=256)  # noqa: B019 (a value, not an object with a life; all its pages are alike)
    def _lines(self, width: float) -> tuple[float, list[str]] | None:
        for size in (8.0, 7.5, SMALLEST):
            room = width - 2 * LEFT - self.code_side - 4
            sentence = wrap(printable(self.sentence), size, room)
            law = wrap(LAW_SENTENCE, size, room)
            where = wrap(f"Periksa keasliannya di {self.url.partition('://')[2]}", size, room)
            if sentence is None or law is None or where is None:
                continue
            lines = [*sentence, *law, *where]
            if len(lines) * size * _LEADING <= self.code_side or size == SMALLEST:
                return size, lines
        return None

    def place(self, page: PageBox, free: Callable[[Rect], bool]) -> Rect | None:
        """Where the foot stands on a page; None when there is no room for it, or none is wanted."""
        size = self._size(page)
        if size is None:
            return None
        spots = [Rect(LEFT, y, *size) for y in HEIGHTS]
        return next((spot for spot in spots if free(spot)), None)

    def _size(self, page: PageBox) -> tuple[float, float] | None:
        match self.kind:
            case FootKind.NONE:
                return None
            case FootKind.CODE:
                return self.code_side, self.code_side
            case FootKind.SENTENCE:
                lines = self._lines(page.width)
                if lines is None:
                    return None
                tall = max(self.code_side, len(lines[1]) * lines[0] * _LEADING)
                return page.width - 2 * LEFT, tall

    def draw(self, letters: Lettering, spot: Rect, page_width: float) -> bytes:
        """The foot's operators with the spot's lower left corner at the origin."""
        if self.kind is FootKind.CODE:
            return draw_qr(self.url, 0, 0, self.code_side)
        lines = self._lines(page_width)
        if lines is None:
            return b""
        size, rows = lines
        out = bytearray(_RULE)
        left = self.code_side + 4
        out += b"%.2f %.2f m %.2f %.2f l S\n" % (left, spot.height, spot.width, spot.height)
        out += draw_qr(self.url, 0, 0, self.code_side)
        y = spot.height - size * 1.25
        for row in rows:
            out += _GREY + letters.line(row, left, y, size, Weight.REGULAR)
            y -= size * _LEADING
        return bytes(out)

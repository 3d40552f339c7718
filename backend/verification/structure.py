"""Byte-level checks of a signed PDF, independent of any parser's goodwill.

Most published forgeries live in the gap between what a signature covers and what a viewer reads
(incremental saving, wrapping, universal forgery: Mladenov et al. 2019; shadow attacks: Mainka et
al. 2021). Each check here closes one such gap; each returns findings and never raises.
"""

from dataclasses import dataclass

from asn1crypto import parser
from pyhanko.pdf_utils.generic import Reference
from pyhanko.pdf_utils.reader import PdfFileReader

from backend.verification.report import Reason

_SPACE = b"\0\t\n\f\r "


@dataclass(frozen=True)
class Span:
    """The signed bytes: [0, gap_start) and [gap_end, end), the gap being `<hex>`."""

    gap_start: int
    gap_end: int
    end: int


def whole_file(data: bytes) -> list[Reason]:
    """Findings that concern the file rather than one signature."""
    found = []
    if not data.removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE).startswith(b"%PDF-"):
        found.append(Reason(code="bytes-before-start"))
    if data[data.rfind(b"%%EOF") + 5 :].strip(_SPACE):
        found.append(Reason(code="bytes-after-end"))
    return found


def span(data: bytes, byte_range: object) -> Span | None:
    """The signed span, when /ByteRange has the one honest shape; None otherwise."""
    if not isinstance(byte_range, list) or len(byte_range) != 4:
        return None
    if not all(isinstance(n, int) and n >= 0 for n in byte_range):
        return None
    start, first, second, length = (int(n) for n in byte_range)
    end = second + length
    if start != 0 or not 0 < first < second <= end <= len(data) or length <= 0:
        return None
    if data[first : first + 1] != b"<" or data[second - 1 : second] != b">":
        return None
    return Span(first, second, end)


def contents(data: bytes, where: Span, parsed: bytes) -> list[Reason]:
    """Findings on the gap: exactly the parsed /Contents in hex, one DER value, then zeros."""
    try:
        raw = bytes.fromhex(data[where.gap_start + 1 : where.gap_end - 1].decode("ascii"))
    except ValueError:
        return [Reason(code="contents-not-hex")]
    if raw != parsed:
        return [Reason(code="contents-elsewhere")]
    if not _stands_before(data, where.gap_start, b"/Contents"):
        return [Reason(code="contents-elsewhere")]
    try:
        used = parser.peek(raw)
    except ValueError:
        return [Reason(code="cms-unreadable")]
    if raw[used:].strip(b"\0"):
        return [Reason(code="contents-padding")]
    return []


def signed_end(data: bytes, where: Span) -> list[Reason]:
    """The signed bytes must end where a complete file ends."""
    if _stands_before(data, where.end, b"%%EOF"):
        return []
    return [Reason(code="covers-part")]


def _stands_before(data: bytes, at: int, word: bytes) -> bool:
    """With nothing but spaces between. Copies no more of the file than it must."""
    reach = 64
    while True:
        part = data[max(at - reach, 0) : at].rstrip(_SPACE)
        if len(part) >= len(word) or reach >= at:
            return part.endswith(word)
        reach *= 4


def holder(reader: PdfFileReader, data: bytes, ref: Reference, where: Span) -> list[Reason]:
    """The gap must lie inside the very object that the form field names as its signature."""
    offset = reader.xrefs.get_historical_ref(ref, reader.xrefs.get_last_change(ref))
    if not isinstance(offset, int) or offset >= where.gap_start:
        return [Reason(code="contents-elsewhere")]
    header = b"%d %d obj" % (ref.idnum, ref.generation)
    if not data[offset : offset + 24].lstrip(_SPACE).startswith(header):
        return [Reason(code="contents-elsewhere")]
    if b"endobj" in data[offset : where.gap_start]:
        return [Reason(code="contents-elsewhere")]
    return []

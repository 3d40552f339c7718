"""Every byte after a signature must belong to a revision that says so.

What is appended consists of objects that the revision's own index names, that index, and the mark of
its end: nothing between them, nothing twice, nothing that reaches into something else. Forgeries
by incremental saving and shadow attacks live in what indexes leave out (Mladenov et al. 2019, Mainka
et al. 2021).
"""

import re
from collections.abc import Iterator

from pyhanko.pdf_utils.generic import Reference
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSectionType

from backend.verification.report import Reason
from backend.verification.tokens import Found, hybrid_at, object_at, table_at

_SPACE = b"\0\t\n\f\r "
_BETWEEN = re.compile(rb"[\0\t\n\f\r ]++|%(?!%EOF)[^\r\n]{0,200}+[\r\n]")
"""Spaces, and the remarks in which some programs leave their name."""
_END = re.compile(rb"startxref[\0\t\n\f\r ]++(\d{1,12})[\0\t\n\f\r ]++%%EOF")


def appended(reader: PdfFileReader, data: bytes, end: int, revision: int) -> list[Reason]:
    """Findings on what follows the signed bytes; `revision` is the signed one, `end` their end."""
    later = range(revision + 1, reader.xrefs.total_revisions)
    if not later:
        return [Reason(code="bytes-unaccounted")] if data[end:].strip(_SPACE) else []
    found = [*_promised(reader, end, revision)]
    parts: dict[int, Found] = {}
    for number in later:
        for part in _parts(reader, data, number):
            if isinstance(part, Reason):
                found.append(part)
            elif part.start >= end:
                parts[part.start] = part
            else:
                found.append(Reason(code="xref-reaches-back", params={"revision": number}))
    places = [reader.xrefs.get_xref_container_info(n).declared_startxref for n in later]
    return found or [*_walked(data, end, parts, places)]


def _promised(reader: PdfFileReader, end: int, revision: int) -> Iterator[Reason]:
    """An index that was signed may not name a place beyond what was signed."""
    for number in range(revision + 1):
        for ref in reader.xrefs.explicit_refs_in_revision(number):
            place = reader.xrefs.get_historical_ref(ref, number)
            if isinstance(place, int) and place >= end:
                yield Reason(code="xref-reaches-ahead")
                return


def _parts(reader: PdfFileReader, data: bytes, number: int) -> Iterator[Found | Reason]:
    """The objects of one revision and its index, or what is wrong with them."""

    def resolve(idnum: int, generation: int) -> int:
        said = reader.get_historical_resolver(number)(Reference(idnum, generation))
        return int(said)

    overlaps = Reason(code="xref-overlaps", params={"revision": number})
    info = reader.xrefs.get_xref_container_info(number)
    if info.xref_section_type is XRefSectionType.STREAM:
        index = object_at(data, info.declared_startxref, resolve)
    else:
        index = table_at(data, info.declared_startxref)
    if index is None or len(index.listed) != len(set(index.listed)):
        yield overlaps
        return
    yield index
    hybrid = None if index.number >= 0 else hybrid_at(data, index)
    if hybrid is not None:
        yield object_at(data, hybrid, resolve) or overlaps
    for ref in reader.xrefs.explicit_refs_in_revision(number):
        place = reader.xrefs.get_historical_ref(ref, number)
        if not isinstance(place, int) or place in {info.declared_startxref, hybrid}:
            continue
        if number and place == reader.xrefs.get_historical_ref(ref, number - 1):
            continue
        part = object_at(data, place, resolve)
        named = part is not None and (part.number, part.generation) == (ref.idnum, ref.generation)
        yield part if part is not None and named else overlaps


def _walked(data: bytes, end: int, parts: dict[int, Found], indexes: list[int]) -> Iterator[Reason]:
    """Goes from part to part to the end of the file; there may be nothing besides."""
    at, left = end, dict(parts)
    while at < len(data):
        if between := _BETWEEN.match(data, at):
            if b"obj" in between[0]:
                yield Reason(code="hidden-object")
                return
            at = between.end()
        elif part := left.pop(at, None):
            at = part.end
        elif (mark := _END.match(data, at)) and indexes[:1] == [int(mark[1])]:
            at = mark.end()
            indexes = indexes[1:]
        else:
            hidden = b"obj" in data[at : at + 4096]
            yield Reason(code="hidden-object" if hidden else "bytes-unaccounted")
            return
    if left or indexes:
        yield Reason(code="xref-overlaps", params={"revision": 0})

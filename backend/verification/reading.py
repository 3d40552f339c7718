"""Slow places of the libraries, which would be most of a small file's judgement.

pyHanko reads objects and cross-reference streams one byte at a time: here what is written plainly is
taken whole (objects), and whatever is not is left to pyHanko. asn1crypto prepares each part of a name
for comparison (RFC 4518) anew whenever it is asked: here once for each text.
"""

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils import generic, reader, xref
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.xref import ObjStreamRef, XRefEntry, XRefType

from backend.verification import objects

_HEADER = re.compile(rb"(\d{1,10}) (\d{1,5}) obj[\0\t\n\f\r ]*+(?=[^%])")
_WIDEST = 7

_slow_header = xref.read_object_header
_slow_entries = xref.parse_xref_stream
_prepare = x509.NameTypeAndValue._ldap_string_prep  # noqa: SLF001 (a pure function of its text)


def hasten() -> None:
    """For this process, once or often."""
    generic.read_object = objects.read_object
    generic.DictionaryObject.read_from_stream = staticmethod(objects.read_dictionary)  # type: ignore[method-assign]
    xref.read_object_header = reader.read_object_header = _header  # type: ignore[attr-defined]
    xref.parse_xref_stream = _entries
    x509.NameTypeAndValue._ldap_string_prep = lambda _, text: _prepared(text)  # noqa: SLF001


@lru_cache(maxsize=4096)
def _prepared(text: str) -> str:
    return str(_prepare(None, text))


def _header(stream: Any, strict: bool) -> tuple[int, int]:
    """«12 0 obj», and on to what follows it."""
    if type(stream) is io.BytesIO and (found := _HEADER.match(stream.getvalue(), stream.tell())):
        stream.seek(found.end())
        return int(found[1]), int(found[2])
    number, generation = _slow_header(stream, strict)  # type: ignore[no-untyped-call]
    return number, generation


def _entries(xref_stream: Any, strict: bool = True) -> Iterator[XRefEntry]:
    """The entries of a cross-reference stream whose data is exactly as long as it says."""
    plain = _plain_entries(xref_stream)
    return _slow_entries(xref_stream, strict) if plain is None else iter(plain)


def _plain_entries(stream: Any) -> list[XRefEntry] | None:
    index = stream.get("/Index", [0, stream.get("/Size")])
    widths = stream.get("/W")
    if not _numbers(index) or not _numbers(widths) or len(widths) != 3 or len(index) % 2:
        return None
    bounds = [*map(int, index)]
    pairs = list(zip(bounds[::2], bounds[1::2], strict=True))
    firsts = [0, *(first + count for first, count in pairs)]
    if max(widths) > _WIDEST or any(a < b for (a, _), b in zip(pairs, firsts, strict=False)):
        return None
    one, two, three = map(int, widths)
    count, size = sum(n for _, n in pairs), one + two + three
    data = stream.read_data(DecodePurpose.XREF_STREAM, expected_size=count * (size + 1))
    if not size or len(data) != count * size:
        return None
    found, at, number = [], 0, int.from_bytes
    for first, many in pairs:
        for idnum in range(first, first + many):
            kind = number(data[at : at + one], "big") if one else 1
            place = number(data[at + one : at + one + two], "big")
            extra = number(data[at + one + two : at + size], "big")
            at += size
            if kind == 1:
                found.append(XRefEntry(XRefType.STANDARD, place, idnum, extra))
            elif kind == 2:
                inside = ObjStreamRef(place, extra)
                found.append(XRefEntry(XRefType.IN_OBJ_STREAM, inside, idnum))
            elif kind == 0:
                found.append(XRefEntry(XRefType.FREE, None, idnum, extra))
    return found


def _numbers(said: Any) -> bool:
    """A list of whole numbers, none below zero."""
    return isinstance(said, list) and all(isinstance(n, int) and n >= 0 for n in said)

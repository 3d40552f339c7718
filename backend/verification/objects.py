"""PDF objects as pyHanko reads them, a token at a time instead of a byte at a time.

Only what is written plainly (ISO 32000-2 §7.2–7.3: no remarks, no odd names or numbers) is read
here, into pyHanko's own objects. At anything else the whole object is left to pyHanko, which then reads
it from its first byte, or refuses it.
"""

import binascii
import io
import re
from functools import lru_cache
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

_S = rb"[\0\t\n\f\r ]"
_AFTER = rb"(?=[\0\t\n\f\r ()<>\[\]{}/%])"
_TOKEN = re.compile(
    _S
    + rb"*+(?:/([!\"$&'*+,\-.0-9:;=?@A-Z\\^_`a-z|~]*+)"
    + _AFTER
    + rb"|(\d{1,8})[\t\n\f\r ](\d{1,5})[\t\n\f\r ]R"
    + _AFTER
    + rb"|([+-]?\d{1,15})"
    + _AFTER
    + rb"(?!\s+\d+\s+R)"
    + rb"|(<<)|(>>)|(\[)|(\])|<([0-9A-Fa-f\0\t\n\f\r ]*+)>|\("
    + rb"((?:[^()\\]++|\\(?:[0-3][0-7]{2}|[()\\nrtbf]))*+)\)|(true|false|null)"
    + _AFTER
    + rb"|([+-]?(?:\d{1,15}\.\d{0,15}|\.\d{1,15}))"
    + _AFTER
    + rb")"
)
_NAME, _REFERENCE, _INTEGER, _OPEN, _CLOSE, _LIST, _END, _HEX, _TEXT, _WORD, _REAL = (
    1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
)  # fmt: skip
_STREAM = re.compile(_S + rb"*+[s%]")
_ESCAPE = re.compile(rb"\\(?:([0-3][0-7]{2})|(.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_SPACES = b"\0\t\n\f\r "
_DEEPEST = 12
"""Levels after which pyHanko goes on, so that an oddity deep inside is not come upon again at each."""

_read_object = generic.read_object
_read_dictionary = DictionaryObject.read_from_stream
_payload = generic._maybe_read_stream_payload  # noqa: SLF001 (reads what follows a dictionary)


class _Unusual(Exception):  # noqa: N818 (not an error: pyHanko reads it)
    """Not written plainly."""


def read_object(stream: Any, container_ref: Any, *more: Any, **how: Any) -> Any:
    """In pyHanko's place; what is not simply asked for or not plainly written is left to it."""
    if more or how.get("in_content_stream") or how.get("as_metadata_stream"):
        return _read_object(stream, container_ref, *more, **how)
    if type(stream) is not io.BytesIO:
        return _read_object(stream, container_ref)
    start, data = stream.tell(), stream.getvalue()
    if data[start : start + 1] in _SPACES:
        return _read_object(stream, container_ref)
    try:
        found, at = _value(data, _TOKEN.match(data, start), container_ref, 0)
    except _Unusual:
        return _read_object(stream, container_ref)
    stream.seek(at)
    if type(found) is dict:
        found = _finished(stream, found, container_ref)
    found.container_ref = container_ref
    return found


def read_dictionary(stream: Any, container_ref: Any, *more: Any, **how: Any) -> Any:
    """The same for a dictionary or stream."""
    if more or how.get("in_content_stream") or how.get("as_metadata_stream"):
        return _read_dictionary(stream, container_ref, *more, **how)
    start = stream.tell()
    if type(stream) is not io.BytesIO or (data := stream.getvalue())[start : start + 2] != b"<<":
        return _read_dictionary(stream, container_ref)
    try:
        found, at = _value(data, _TOKEN.match(data, start), container_ref, 0)
    except _Unusual:
        return _read_dictionary(stream, container_ref)
    stream.seek(at)
    return _finished(stream, found, container_ref)


def _finished(stream: Any, entries: dict[NameObject, PdfObject], container_ref: Any) -> Any:
    """A dictionary, or a stream when its bytes follow."""
    if _STREAM.match(stream.getvalue(), stream.tell()):
        handler = container_ref.get_pdf_handler()
        encoded = _payload(stream, entries, handler)  # type: ignore[no-untyped-call]
        if encoded is not None:
            return StreamObject(entries, encoded_data=encoded)
    return DictionaryObject(entries)


def _value(
    data: bytes, token: re.Match[bytes] | None, container_ref: Any, depth: int
) -> tuple[Any, int]:
    """The value that begins with this token and where it ends; the outermost dictionary as a `dict`."""
    if token is None or depth > _DEEPEST:
        raise _Unusual
    kind, at = token.lastindex, token.end()
    made: Any
    if kind == _OPEN:
        entries, at = _entries(data, at, container_ref, depth)
        if depth == 0:
            return entries, at
        made = DictionaryObject(entries)
    elif kind == _LIST:
        made = ArrayObject()
        while (part := _TOKEN.match(data, at)) and part.lastindex != _END:
            one, at = _value(data, part, container_ref, depth + 1)
            made.append(one)
        if part is None:
            raise _Unusual
        at = part.end()
    else:
        made = _single(kind, token, container_ref)
    made.container_ref = container_ref
    return made, at


def _entries(
    data: bytes, at: int, container_ref: Any, depth: int
) -> tuple[dict[NameObject, PdfObject], int]:
    entries: dict[NameObject, PdfObject] = {}
    while (key := _TOKEN.match(data, at)) and key.lastindex == _NAME:
        name = NameObject(_named(key[_NAME]))
        if name in entries:
            raise _Unusual
        value = _TOKEN.match(data, key.end())
        entries[name], at = _value(data, value, container_ref, depth + 1)
    if key is None or key.lastindex != _CLOSE:
        raise _Unusual
    return entries, key.end()


@lru_cache(maxsize=2048)
def _named(raw: bytes) -> str:
    return "/" + raw.decode("ascii")


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8)]) if found[1] else _ESCAPED.get(found[2], found[2])


def _single(kind: int | None, token: re.Match[bytes], container_ref: Any) -> Any:
    """Everything that holds nothing else."""
    if kind == _NAME:
        return NameObject(_named(token[_NAME]))
    if kind == _REFERENCE:
        number = int(token[2])
        if not number:
            raise _Unusual
        return IndirectObject(number, int(token[3]), container_ref.get_pdf_handler())
    if kind == _INTEGER:
        return NumberObject(token[_INTEGER])
    if kind == _TEXT:
        text = token[_TEXT]
        return generic.pdf_string(_ESCAPE.sub(_unescaped, text) if b"\\" in text else text)
    if kind == _HEX:
        digits = token[_HEX].translate(None, _SPACES)
        return generic.pdf_string(binascii.unhexlify(digits + b"0" * (len(digits) % 2)))
    if kind == _WORD:
        word = token[_WORD]
        return NullObject() if word == b"null" else BooleanObject(word == b"true")
    if kind == _REAL:
        return FloatObject(token[_REAL].decode("ascii"))
    raise _Unusual

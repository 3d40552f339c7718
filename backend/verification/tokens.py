"""Where things end in a PDF's bytes: objects, indexes, trailers.

A scanner of its own, so that what another parser overlooks is seen. It follows ISO 32000-2 §7.2–7.5
to the letter and gives up (None) where a file does not.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

SPACES = b"\0\t\n\f\r "
_S = rb"[\0\t\n\f\r ]"
_SKIP = re.compile(_S + rb"++")
_TOKEN = re.compile(
    rb"(?P<space>" + _S + rb"++|%[^\r\n]*+)"
    rb"|(?P<open><<|\[)|(?P<close>>>|\])"
    rb"|(?P<hex><[0-9A-Fa-f\0\t\n\f\r ]*+>)"
    rb"|(?P<text>\()"
    rb"|(?P<name>/[^\0\t\n\f\r ()<>\[\]{}/%]*+)"
    rb"|(?P<word>[^\0\t\n\f\r ()<>\[\]{}/%]++)"
)
_TEXT = re.compile(rb"[^()\\]++|\\.|[()]", re.DOTALL)
_HEADER = re.compile(rb"(\d{1,10})" + _S + rb"++(\d{1,5})" + _S + rb"++obj\b")
_STREAM = re.compile(rb"\r?\n")
_STREAM_END = re.compile(_S + rb"*+endstream" + _S + rb"++endobj")
_SECTION = re.compile(rb"(\d{1,10}) (\d{1,10})" + _S + rb"++")
_ENTRY = 20

Resolve = Callable[[int, int], int]
"""The number that an indirect object holds."""


@dataclass(frozen=True)
class Found:
    """Something between two offsets."""

    start: int
    end: int
    number: int = -1
    generation: int = 0
    listed: list[int] = field(default_factory=list)
    """Object numbers that an index names, as often as it does."""


def object_at(data: bytes, start: int, resolve: Resolve) -> Found | None:
    """The indirect object that begins exactly here, to the end of its `endobj`."""
    header = _HEADER.match(data, start)
    if header is None:
        return None
    number, generation = int(header[1]), int(header[2])
    walked = _value(data, header.end())
    if walked is None:
        return None
    at, entries = walked
    word = _next(data, at)
    if word is None:
        return None
    end: int | None = word.end()
    if word[0] == b"stream":
        end = _stream_end(data, word.end(), entries.get(b"/Length", []), resolve)
    elif word[0] != b"endobj":
        return None
    if end is None:
        return None
    return Found(start, end, number, generation, _indexed(entries))


def table_at(data: bytes, start: int) -> Found | None:
    """The classic cross-reference table that begins here, to the end of its trailer."""
    if data[start : start + 4] != b"xref":
        return None
    at, listed = _spaces(data, start + 4), list[int]()
    while section := _SECTION.match(data, at):
        first, count = int(section[1]), int(section[2])
        at = section.end() + count * _ENTRY
        if at > len(data):
            return None
        listed += range(first, first + count)
        at = _spaces(data, at)
    if data[at : at + 7] != b"trailer":
        return None
    walked = _value(data, at + 7)
    return Found(start, walked[0], listed=listed) if walked else None


def hybrid_at(data: bytes, table: Found) -> int | None:
    """Where the stream lies that a table names beside itself (/XRefStm)."""
    walked = _value(data, data.index(b"trailer", table.start) + 7)
    said = walked[1].get(b"/XRefStm") if walked else None
    return int(said[0]) if said and said[0].isdigit() else None


def _spaces(data: bytes, at: int) -> int:
    found = _SKIP.match(data, at)
    return found.end() if found else at


def _next(data: bytes, at: int) -> re.Match[bytes] | None:
    """The next token that is neither space nor remark."""
    while (token := _TOKEN.match(data, at)) and token.lastgroup == "space":
        at = token.end()
    return token


def _value(data: bytes, at: int) -> tuple[int, dict[bytes, list[bytes]]] | None:
    """The end of the value that starts here, and the words under each key of its outer level.

    A value that is no dictionary or array ends before `endobj`.
    """
    depth, key, entries = 0, b"", dict[bytes, list[bytes]]()
    while token := _next(data, at):
        kind, here = token.lastgroup, token[0]
        if kind == "word" and depth == 0 and here in {b"endobj", b"stream"}:
            return at, entries
        at = token.end()
        if kind == "text":
            at = _text_end(data, at)
            if at < 0:
                return None
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth == 0:
                return at, entries
            if depth < 0:
                return None
        elif depth == 1 and kind == "name":
            key = here
        elif kind == "word" and key:
            entries.setdefault(key, []).append(here)
    return None


def _text_end(data: bytes, at: int) -> int:
    depth = 1
    while token := _TEXT.match(data, at):
        at = token.end()
        depth += {b"(": 1, b")": -1}.get(token[0], 0)
        if depth == 0:
            return at
    return -1


def _stream_end(data: bytes, at: int, length: list[bytes], resolve: Resolve) -> int | None:
    begins = _STREAM.match(data, at)
    if begins is None or not length or not length[0].isdigit():
        return None
    size = int(length[0])
    if length[2:] == [b"R"]:
        size = resolve(size, int(length[1]))
    ends = _STREAM_END.match(data, begins.end() + size)
    return ends.end() if ends else None


def _indexed(entries: dict[bytes, list[bytes]]) -> list[int]:
    """What a cross-reference stream names; without /Index, each number once."""
    numbers = [int(word) for word in entries.get(b"/Index", ()) if word.isdigit()]
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    return [n for first, count in pairs for n in range(first, first + min(count, 10**6))]

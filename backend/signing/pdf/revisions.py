"""A small strict reader of what incremental updates hold, for the check of finished files.

It shares nothing with what writes them. It knows what such updates are made of (ISO 32000-1 §7.2 to
§7.5): plain objects, cross-references as tables or as streams without a predictor. The rest of a
file it never looks at, so that a file of a thousand pages costs no more than one of three. What it
does not know it refuses with ValueError or LookupError.
"""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

_BLANK = rb"[\0\t\n\f\r ]"
_TEXT = rb"(?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*"
_TOKEN = re.compile(
    _BLANK + rb"*(?:(?P<name>/[^\0\t\n\f\r ()<>\[\]{}/%]*)|(?P<open><<|\[)|(?P<end>>>|\])"
    rb"|(?P<ref>\d+ \d+ R)|(?P<real>[+-]?\d*\.\d+|[+-]?\d+\.)|(?P<int>[+-]?\d+)"
    rb"|<(?P<hex>[0-9A-Fa-f]*)>|\((?P<text>" + _TEXT + rb")\)|(?P<word>true|false|null)"
    rb"|(?P<junk>.))",
    re.DOTALL,
)
_END = re.compile(rb"\nstartxref\n(\d+)\n%%EOF\n\Z")
_HEADER = re.compile(rb"(\d+) 0 obj" + _BLANK)
_STREAM = re.compile(_BLANK + rb"*stream\r?\n")
_ENDSTREAM = re.compile(rb"\r?\n?endstream" + _BLANK)
_SECTION = re.compile(rb"(\d+) (\d+) ?\r?\n")
_ROW = re.compile(rb"(\d{10}) (\d{5}) ([nf])[ \r][\r\n]")
_WORDS = {b"true": True, b"false": False, b"null": None}


class Ref(NamedTuple):
    """A reference to an object."""

    number: int
    generation: int


@dataclass(frozen=True)
class Stream:
    entries: dict[str, Any]
    data: bytes


@dataclass(frozen=True)
class Section:
    """One revision's cross-references: object → offset, None where it is free or packed away."""

    offsets: dict[int, int | None]
    trailer: dict[str, Any]


class Revisions:
    """A file as it was when it ended at `end`."""

    def __init__(self, data: bytes, end: int) -> None:
        self._data = data
        self._end = end
        found = _END.search(data[max(0, end - 40) : end])
        if found is None:
            raise ValueError("no end of a revision")
        self.start = int(found[1])
        """Where the newest cross-references stand."""
        self._sections = [self._section(self.start)]

    @property
    def newest(self) -> Section:
        return self._sections[0]

    @cached_property
    def root(self) -> dict[str, Any]:
        found: dict[str, Any] = self.resolve(self.newest.trailer["/Root"])
        return found

    def resolve(self, value: Any) -> Any:
        """The object that a reference means; any other value as it is."""
        return self._object(value) if isinstance(value, Ref) else value

    def _object(self, ref: Ref) -> Any:
        offset = self._offset(ref.number)
        found = _HEADER.match(self._data, offset)
        if found is None or int(found[1]) != ref.number or ref.generation:
            raise ValueError("another object stands there")
        value, position = self._value(found.end())
        opened = _STREAM.match(self._data, position) if isinstance(value, dict) else None
        return self._stream(value, opened.end()) if opened else value

    def _offset(self, number: int) -> int:
        index = 0
        while True:
            if index == len(self._sections):
                self._sections.append(self._section(self._sections[-1].trailer["/Prev"]))
            if number in self._sections[index].offsets:
                offset = self._sections[index].offsets[number]
                if offset is None:
                    raise LookupError("a free or packed object")
                return offset
            index += 1

    def _stream(self, entries: dict[str, Any], start: int) -> Stream:
        length = entries["/Length"]
        data = self._data[start : start + length]
        if not _ENDSTREAM.match(self._data, start + length):
            raise ValueError("a stream of another length")
        if "/Filter" in entries:
            if entries["/Filter"] not in ("/FlateDecode", ["/FlateDecode"]):
                raise ValueError("an unknown filter")
            data = zlib.decompress(data)
        return Stream(entries, data)

    def _section(self, start: int) -> Section:
        if start >= self._end:
            raise ValueError("cross-references beyond the end")
        if self._data.startswith(b"xref\n", start):
            return self._table(start + 5)
        found = _HEADER.match(self._data, start)
        if found is None:
            raise ValueError("no cross-references there")
        entries, position = self._value(found.end())
        opened = _STREAM.match(self._data, position)
        if entries["/Type"] != "/XRef" or "/DecodeParms" in entries or opened is None:
            raise ValueError("cross-references of an unknown kind")
        return Section(_rows(self._stream(entries, opened.end())), entries)

    def _table(self, position: int) -> Section:
        offsets: dict[int, int | None] = {}
        while found := _SECTION.match(self._data, position):
            first, count = int(found[1]), int(found[2])
            position = found.end()
            for number in range(first, first + count):
                row = _ROW.match(self._data, position)
                if row is None:
                    raise ValueError("a broken table")
                offsets[number] = int(row[1]) if row[3] == b"n" else None
                position = row.end()
        if not self._data.startswith(b"trailer", position):
            raise ValueError("no trailer")
        return Section(offsets, self._value(position + 7)[0])

    def _value(self, position: int) -> tuple[Any, int]:
        """The object that starts here, and where it ends."""
        open_: list[tuple[bytes, list[Any]]] = []
        for found in _TOKEN.finditer(self._data, position):
            kind = found.lastgroup
            if kind == "open":
                open_.append((found["open"], []))
                continue
            value = _closed(*open_.pop(), found["end"]) if kind == "end" else _PLAIN[kind](found)
            if not open_:
                return value, found.end()
            open_[-1][1].append(value)
        raise ValueError("no object there")


def _closed(opened: bytes, items: list[Any], end: bytes) -> Any:
    if opened == b"[" and end == b"]":
        return items
    if opened != b"<<" or end != b">>":
        raise ValueError("wrongly nested")
    entries = dict(zip(items[::2], items[1::2], strict=True))
    if 2 * len(entries) != len(items):
        raise ValueError("an entry stands twice")
    return entries


# Names and words as Python has them; strings as they are written.
_PLAIN: dict[str | None, Callable[[re.Match[bytes]], Any]] = {
    "name": lambda found: found["name"].decode("latin-1"),
    "int": lambda found: int(found["int"]),
    "ref": lambda found: Ref(*map(int, found["ref"].split()[:2])),
    "text": lambda found: found["text"],
    "hex": lambda found: bytes.fromhex(found["hex"].decode()),
    "real": lambda found: float(found["real"]),
    "word": lambda found: _WORDS[found["word"]],
}


def _rows(stream: Stream) -> dict[int, int | None]:
    """ISO 32000-1 §7.5.8.3."""
    widths = stream.entries["/W"]
    kind, second, _ = widths
    ranges = stream.entries.get("/Index", [0, stream.entries["/Size"]])
    numbers = [
        n for i in range(0, len(ranges), 2) for n in range(ranges[i], sum(ranges[i : i + 2]))
    ]
    row = sum(widths)
    if kind != 1 or len(stream.data) != row * len(numbers):
        raise ValueError("a broken cross-reference stream")
    offsets: dict[int, int | None] = {}
    for index, number in enumerate(numbers):
        piece = stream.data[index * row : (index + 1) * row]
        offset = int.from_bytes(piece[1 : 1 + second], "big")
        offsets[number] = offset if piece[0] == 1 else None
    return offsets

"""DER, as far as a signature's structure needs it: parts of a value, to the letter (X.690 §10, §11).

What is not DER (indefinite lengths, a length written longer than it need be) raises DerError.
"""

from collections.abc import Iterator
from typing import NamedTuple

SEQUENCE, SET, OID, OCTETS, INTEGER = 0x30, 0x31, 0x06, 0x04, 0x02


class DerError(ValueError):
    """Not what it should be; the caller asks a more patient reader."""


class Part(NamedTuple):
    tag: int
    raw: bytes
    """With its head."""
    inside: bytes


def parts(data: bytes) -> Iterator[Part]:
    """One after another, to the end."""
    at, size = 0, len(data)
    while at < size:
        begins, ends = _span(data, at)
        if ends > size:
            raise DerError
        yield Part(data[at], data[at:ends], data[begins:ends])
        at = ends


def first(data: bytes) -> Part:
    """The value at the start; what follows is not looked at."""
    begins, ends = _span(data, 0)
    if ends > len(data):
        raise DerError
    return Part(data[0], data[:ends], data[begins:ends])


def only(data: bytes, tag: int) -> Part:
    """The one value that all of it is."""
    found = first(data)
    if found.tag != tag or len(found.raw) != len(data):
        raise DerError
    return found


def _span(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the value begins and ends."""
    if at + 2 > len(data) or data[at] & 0x1F == 0x1F:
        raise DerError
    length, begins = data[at + 1], at + 2
    if length >= 0x80:
        count = length & 0x7F
        said = data[begins : begins + count]
        if not 0 < count < 5 or len(said) != count:
            raise DerError
        begins, length = begins + count, int.from_bytes(said, "big")
        if length < 0x80 or length >> 8 * (count - 1) == 0:
            raise DerError
    return begins, begins + length

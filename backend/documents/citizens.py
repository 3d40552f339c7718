"""Citizens' numbers (NIK, 16 digits): found however they are written, so that no public page shows one.

A NIK is area (6), day of birth with 40 added for women, month, year (2 each) and a sequence (4).
Sixteen digits in a row count whatever they say. Written with spaces, dots or dashes between them
they count when they could be a NIK, so that columns of figures do not. A civil servant's number
(NIP, 18 digits) stands on most papers and is none.
"""

import re
from collections.abc import Iterator

_GAP = r"[ \t\u00a0.,\-\u2010-\u2015/|]{0,3}"
"""What stands between digits of one number, on one line."""
_NIP = re.compile(
    rf"(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]){_GAP}"
    rf"(?:19|20)\d\d(?:0[1-9]|1[0-2]){_GAP}[12]{_GAP}\d{{3}}(?!\d)"
)
_DIGITS = re.compile(r"\d+")
_PLAUSIBLE = re.compile(r"[1-9]\d{5}(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}")
_LENGTH = 16
_SHOWN = 4


def names_citizen(text: str) -> bool:
    """Whether a citizen's number stands in the text."""
    return next(_places(text), None) is not None


def mask(text: str) -> str:
    """The text with each citizen's number reduced to its first four digits."""
    out, at = [], 0
    for start, end in _places(text):
        digits = "".join(c for c in text[start:end] if c.isdigit())
        out += [text[at:start], digits[:_SHOWN], "•" * (_LENGTH - _SHOWN)]
        at = end
    return "".join([*out, text[at:]])


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where they start and end: groups of digits that make up exactly sixteen."""
    groups = [m.span() for m in _DIGITS.finditer(_NIP.sub(lambda m: "x" * len(m[0]), text))]
    first = 0
    while first < len(groups):
        last = _last_of(text, groups, first)
        if last is not None:
            yield groups[first][0], groups[last][1]
            first = last
        first += 1


def _last_of(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    digits = ""
    for index in range(first, len(groups)):
        start, end = groups[index]
        if index > first and not re.fullmatch(_GAP, text[groups[index - 1][1] : start]):
            return None
        digits += text[start:end]
        if len(digits) >= _LENGTH:
            whole = len(digits) == _LENGTH
            return index if whole and (index == first or _PLAUSIBLE.fullmatch(digits)) else None
    return None

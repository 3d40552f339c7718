"""Strangers' words set in type: nothing in them can hide, turn around or leave its place.

Names stand in certificates and files that anybody can make. What the embedded font does not cover,
and what has no visible form, is spelt out, so that two different names never look the same.
"""

import unicodedata

from backend.signing.pdf.lettering import measure
from backend.signing.pdf.typeface import Weight, typeface

LONGEST = 240
"""Characters of one of a stranger's words, as they stand there."""
_UNSEEN = {"\N{SOFT HYPHEN}"}


def plain(text: str) -> str:
    """The text as it will stand there: composed, on one line, of characters that can be seen."""
    composed = " ".join(unicodedata.normalize("NFC", text[: 2 * LONGEST]).split())
    covered = typeface(Weight.REGULAR).glyphs
    shown = "".join(
        c if c in covered and c not in _UNSEEN else f"[U+{ord(c):04X}]" for c in composed
    )
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def lines(text: str, size: float, width: float, weight: Weight = Weight.REGULAR) -> list[str]:
    """Lines no wider than `width`: broken at spaces, and within a word that is wider by itself."""
    blank = measure(" ", size, weight)
    found, taken = [""], 0.0
    for word in text.split(" "):
        wide = measure(word, size, weight)
        if found[-1] and taken + blank + wide <= width:
            found[-1] += f" {word}"
            taken += blank + wide
            continue
        if found[-1]:
            found.append("")
        taken = 0.0
        for piece, piece_wide in [(word, wide)] if wide <= width else _letters(word, size, weight):
            if taken + piece_wide > width:
                found.append("")
                taken = 0.0
            found[-1] += piece
            taken += piece_wide
    return found


def _letters(word: str, size: float, weight: Weight) -> list[tuple[str, float]]:
    return [(letter, measure(letter, size, weight)) for letter in word]

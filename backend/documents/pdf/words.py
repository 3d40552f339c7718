"""The text of a page: in reading order, as runs with their boxes, and the anchors in it."""

import ctypes
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium
from pypdfium2 import PdfTextPage

ANCHORS = "#$^*~"
"""Characters that mark a signature's place when one stands alone between white space."""
_RUNS_CEILING = 4000
_TEXT_CEILING = 200_000
_WORD_GAP = 0.02
"""Of the page's width; a column's gutter is wider."""
_DROPPED = {c: None for c in range(32) if c not in {9, 10}} | {0xFFFE: "-", 0xFFFF: None}


@dataclass(frozen=True)
class Glyph:
    """One character as drawn: its box, the point it stands on, and its size, in points."""

    char: str
    left: float
    bottom: float
    right: float
    top: float


def runs(text: PdfTextPage, width: float, height: float) -> list[list[Any]]:
    """[[x, y, w, h, text]]: fractions of the page from the top left, in reading order."""
    found: list[list[Any]] = []
    for index in range(min(text.count_rects(), _RUNS_CEILING)):
        left, bottom, right, top = text.get_rect(index)
        words = text.get_text_bounded(left, bottom, right, top, errors="ignore")
        words = words.replace("\r\n", " ").translate(_DROPPED).strip()
        if words:
            box = (left / width, 1 - top / height, (right - left) / width, (top - bottom) / height)
            found.append([*(round(v, 4) for v in box), words])
    return found


def plain_text(runs: list[list[Any]]) -> str:
    """The runs as lines. One drawn late that continues an earlier line, such as a stamped number,
    stands where a reader finds it.
    """
    lines: list[list[list[Any]]] = []
    by_height: dict[int, list[int]] = {}
    for run in runs:
        line = _line_of(run, lines, by_height)
        if line is None:
            by_height.setdefault(round(_middle(run) * 100), []).append(len(lines))
            lines.append([run])
        else:
            line.append(run)
    return "\n".join(" ".join(run[4] for run in line) for line in lines)[:_TEXT_CEILING]


def _line_of(
    run: list[Any], lines: list[list[list[Any]]], by_height: dict[int, list[int]]
) -> list[list[Any]] | None:
    if lines and _same_line(lines[-1][-1], run):
        return lines[-1]
    level = round(_middle(run) * 100)
    for index in (i for near in (level - 1, level, level + 1) for i in by_height.get(near, ())):
        end = lines[index][-1]
        if _same_line(end, run) and 0 <= run[0] - (end[0] + end[2]) + 0.002 < _WORD_GAP:
            return lines[index]
    return None


def _middle(run: list[Any]) -> float:
    return float(run[1] + run[3] / 2)


def _same_line(one: list[Any], other: list[Any]) -> bool:
    return bool(abs(_middle(one) - _middle(other)) < 0.4 * max(one[3], other[3]))


def glyphs(text: PdfTextPage) -> list[Glyph]:
    """Every character with its box; those that pdfium only supposes (spaces, ends of line) too."""
    found = []
    box = [ctypes.c_double() for _ in range(4)]
    for index in range(min(text.count_chars(), _TEXT_CEILING)):
        code = pdfium.FPDFText_GetUnicode(text.raw, index)
        pdfium.FPDFText_GetCharBox(text.raw, index, *(ctypes.byref(v) for v in box))
        left, right, bottom, top = (v.value for v in box)
        found.append(Glyph(chr(code) if code else " ", left, bottom, right, top))
    return found


def anchors(text: PdfTextPage, plain: str) -> dict[str, list[dict[str, float]]]:
    """Anchor character → where it stands: centre and lower edge of its box, from the bottom left."""
    if not any(word in ANCHORS for word in plain.split()):
        return {}
    found: dict[str, list[dict[str, float]]] = {}
    characters = glyphs(text)
    for index, glyph in enumerate(characters):
        if glyph.char not in ANCHORS:
            continue
        around = characters[max(0, index - 1) : index] + characters[index + 1 : index + 2]
        if all(not g.char.strip() for g in around):
            place = {"x": (glyph.left + glyph.right) / 2, "y": glyph.bottom}
            found.setdefault(glyph.char, []).append({k: round(v, 2) for k, v in place.items()})
    return found

"""Finds words among the glyphs that a content stream draws, and takes them out.

What follows a removed word stays where it is: the word's advance remains as a displacement in the
`TJ` array (ISO 32000-1, 9.4.3).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pikepdf import (
    Array,
    ContentStreamInstruction,
    Dictionary,
    Name,
    Object,
    Operator,
    String,
    parse_content_stream,
)

_PLACES = {"Td", "TD", "Tm", "T*", "BT"}
_NAMED = {"dollar": "$", "braceleft": "{", "braceright": "}", "space": " "}
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")


@dataclass(frozen=True)
class Atom:
    """One glyph shown: the instruction and array element it stands in, and which code of it."""

    instruction: int
    element: int
    start: int
    stop: int
    text: str
    displacement: float
    """What a `TJ` number must be to advance as this glyph does, in thousandths."""
    size: float
    """The font's, in text space."""


@dataclass
class Coding:
    """How a font turns bytes into glyphs: bytes a code, text and width by code."""

    size: int
    texts: dict[int, str] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    default_width: float = 0.0

    @classmethod
    def of(cls, font: Any) -> "Coding":
        composite = font.get("/Subtype") == Name.Type0
        coding = cls(2 if composite else 1)
        if composite:
            descendant = font.DescendantFonts[0]
            coding.default_width = float(descendant.get("/DW", 1000))
            coding.widths = _composite_widths(descendant.get("/W", Array()))
        else:
            first = int(font.get("/FirstChar", 0))
            listed = enumerate(font.get("/Widths", Array()), first)
            coding.widths = {code: float(width) for code, width in listed}
            coding.texts = _simple_texts(font.get("/Encoding"))
        if "/ToUnicode" in font:
            coding.texts |= _to_unicode(font.ToUnicode.read_bytes())
        return coding


def _simple_texts(encoding: Object | None) -> dict[int, str]:
    texts = {code: chr(code) for code in range(32, 127)}
    if isinstance(encoding, Dictionary):
        code = 0
        for item in encoding.get("/Differences", Array()):
            if isinstance(item, Name):
                name = str(item)[1:]
                texts[code] = _NAMED.get(name, name if len(name) == 1 else "\ufffd")
                code += 1
            else:
                code = int(item)
    return texts


def _composite_widths(listed: Array) -> dict[int, float]:
    widths: dict[int, float] = {}
    items: list[Any] = list(listed)
    at = 0
    while at + 1 < len(items):
        first = int(items[at])
        if isinstance(items[at + 1], Array):
            widths |= {first + i: float(w) for i, w in enumerate(items[at + 1])}
            at += 2
        elif at + 2 < len(items):
            last = min(int(items[at + 1]), 0xFFFF)
            widths |= dict.fromkeys(range(first, last + 1), float(items[at + 2]))
            at += 3
        else:
            break
    return widths


def _to_unicode(cmap: bytes) -> dict[int, str]:
    texts: dict[int, str] = {}
    for kind, body in _BLOCK.findall(cmap):
        tokens = [
            "[" if opens else "]" if closes else bytes.fromhex(digits.decode())
            for digits, opens, closes in _TOKEN.findall(body)
        ]
        if kind == b"bfchar":
            for code, text in zip(tokens[::2], tokens[1::2], strict=False):
                texts[int.from_bytes(_bytes(code))] = _utf16(_bytes(text))
        else:
            _ranges(tokens, texts)
    return texts


def _ranges(tokens: list[bytes | str], texts: dict[int, str]) -> None:
    at = 0
    while at + 2 < len(tokens):
        first, last = (int.from_bytes(_bytes(t)) for t in tokens[at : at + 2])
        last = min(last, first + 0xFFFF)
        if tokens[at + 2] == "[":
            close = tokens.index("]", at)
            for offset, text in enumerate(tokens[at + 3 : close]):
                texts[first + offset] = _utf16(_bytes(text))
            at = close + 1
        else:
            base = _utf16(_bytes(tokens[at + 2]))
            if base:
                for code in range(first, last + 1):
                    texts[code] = base[:-1] + chr(min(ord(base[-1]) + code - first, 0x10FFFF))
            at += 3


def _bytes(token: bytes | str) -> bytes:
    return token if isinstance(token, bytes) else b""


def _utf16(data: bytes) -> str:
    return data.decode("utf-16-be", errors="replace")


@dataclass(frozen=True)
class Shift:
    """A line, without spaces, to move left by so many points; `size` is its last glyph's on paper."""

    line: str
    points: float
    size: float


@dataclass
class Edited:
    """A content stream's instructions after words were taken out."""

    instructions: list[Any]
    taken: int
    """How many words were found."""
    moved: set[str]
    """The lines that were shifted."""


@dataclass(frozen=True)
class _Edit:
    """In one string of a `TJ` array: what stands from `start` to `stop` becomes a displacement."""

    instruction: int
    element: int
    start: int
    stop: int
    displacement: float


def remove_words(
    source: Object, resources: Dictionary, words: list[str], shifts: Sequence[Shift] = ()
) -> Edited:
    """Takes words out of a content stream and moves the lines that are to stay centred."""
    flat = [i for group in map(_as_array, parse_content_stream(source)) for i in group]
    atoms = [a for a in _atoms(flat, resources) if a.text.strip()]
    starts: dict[int, int] = {}
    joined = ""
    for index, atom in enumerate(atoms):
        starts[len(joined)] = index
        joined += atom.text
    starts[len(joined)] = len(atoms)

    def found(word: str) -> list[list[Atom]]:
        matches = re.finditer(re.escape(word), joined)
        spans = [m.span() for m in matches if m.start() in starts and m.end() in starts]
        return [atoms[starts[first] : starts[last]] for first, last in spans]

    removed = [run for word in words for run in found(word)]
    edits = {
        _Edit(a.instruction, a.element, a.start, a.stop, a.displacement)
        for run in removed
        for a in run
    }
    moved: set[str] = set()
    for shift in shifts:
        runs = found(shift.line)
        if len(runs) == 1:  # two lines alike cannot be told apart here: both stay
            edits |= _moving(flat, runs[0], shift)
            moved.add(shift.line)
    for number in {edit.instruction for edit in edits}:
        flat[number] = _edited(flat[number], [e for e in edits if e.instruction == number])
    return Edited(flat, len(removed), moved)


def _moving(instructions: list[Any], line: list[Atom], shift: Shift) -> set[_Edit]:
    """A displacement before the line's first glyph, and after each operator that sets a new place:
    those are relative to the line's origin, which a displacement leaves alone.
    """
    to_paper = shift.size / line[-1].size
    edits = set()
    before = -1
    for atom in line:
        if atom.instruction != before:
            between = instructions[before + 1 : atom.instruction] if before >= 0 else []
            if before < 0 or any(str(i.operator) in _PLACES for i in between):
                amount = 1000 * shift.points / (atom.size * to_paper)
                at = (atom.instruction, atom.element, atom.start, atom.start)
                edits.add(_Edit(*at, displacement=amount))
            before = atom.instruction
    return edits


def _as_array(item: Any) -> list[Any]:
    """Every way of showing text as `TJ`, so that one kind has to be edited."""
    operands, operator = item.operands, str(item.operator)
    match operator:
        case "Tj":
            return [instruction([Array([operands[0]])], "TJ")]
        case "'":
            return [instruction([], "T*"), instruction([Array([operands[0]])], "TJ")]
        case '"':
            return [
                instruction([operands[0]], "Tw"),
                instruction([operands[1]], "Tc"),
                instruction([], "T*"),
                instruction([Array([operands[2]])], "TJ"),
            ]
    return [item]


def instruction(operands: list[Any], operator: str) -> ContentStreamInstruction:
    return ContentStreamInstruction(operands, Operator(operator))


def _atoms(instructions: list[Any], resources: Dictionary) -> list[Atom]:
    atoms: list[Atom] = []
    codings: dict[str, Coding | None] = {}
    state: tuple[Coding | None, float, float, float] = (None, 1.0, 0.0, 0.0)
    saved = []
    for number, item in enumerate(instructions):
        operands = item.operands
        coding, size, spacing, word_spacing = state
        match str(item.operator):
            case "q":
                saved.append(state)
            case "Q" if saved:
                state = saved.pop()
            case "Tf":
                name = str(operands[0])
                if name not in codings:
                    font: Any = resources.get("/Font", Dictionary()).get(name)
                    known = isinstance(font, Dictionary) and font.get("/Subtype") != Name.Type3
                    codings[name] = Coding.of(font) if known else None
                state = (codings[name], float(operands[1]), spacing, word_spacing)
            case "Tc":
                state = (coding, size, float(operands[0]), word_spacing)
            case "Tw":
                state = (coding, size, spacing, float(operands[0]))
            case "TJ" if coding is not None and size:
                for position, element in enumerate(operands[0]):
                    if isinstance(element, String):
                        atoms += _codes(element, coding, state, number, position)
            case _:
                pass
    return atoms


def _codes(
    element: String,
    coding: Coding,
    state: tuple[Coding | None, float, float, float],
    number: int,
    position: int,
) -> list[Atom]:
    _, size, spacing, word_spacing = state
    data, step = bytes(element), coding.size
    atoms = []
    for at in range(0, len(data), step):
        code = int.from_bytes(data[at : at + step])
        extra = spacing + (word_spacing if step == 1 and code == 32 else 0.0)
        advance = coding.widths.get(code, coding.default_width) + 1000 * extra / size
        text = coding.texts.get(code, "\ufffd")
        atoms.append(Atom(number, position, at, at + step, text, -advance, size))
    return atoms


def _edited(item: Any, edits: list[_Edit]) -> ContentStreamInstruction:
    kept: list[Any] = []
    for position, element in enumerate(item.operands[0]):
        here = sorted((e for e in edits if e.element == position), key=lambda e: (e.start, e.stop))
        if not here:
            kept.append(element)
            continue
        data, at = bytes(element), 0
        for edit in here:
            if data[at : edit.start]:
                kept.append(String(data[at : edit.start]))
            kept.append(round(edit.displacement, 3))
            at = edit.stop
        if data[at:]:
            kept.append(String(data[at:]))
    return instruction([Array(kept)], "TJ")

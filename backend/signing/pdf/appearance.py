"""The visible signature: what it says, how it is laid out, and its drawing as a PDF form."""

import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import segno
from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from segno import consts, encoder

from backend.organisation.style import USUAL_ORDER, Part
from backend.signing.pdf import syntax
from backend.signing.pdf.geometry import MM
from backend.signing.pdf.lettering import SMALLEST, Lettering, measure, printable, wrap
from backend.signing.pdf.typeface import Weight
from backend.signing.problems import APPEARANCE_TOO_SMALL

SIGNED_BY = ("Ditandatangani secara", "elektronik oleh:")
SMALLEST_MODULE = 0.34 * MM
"""Points: below this, cameras lose the code on an office print."""
QUIET = 4
"""Modules of white around the code (ISO/IEC 18004 §5.3.8)."""
LARGEST_CODE = 82.0
"""Points: 29 mm, a whole claim."""
USUAL_CODE = 62.0
"""Points: an address alone grows no larger."""
COMFORTABLE_CODE = 52.0
LEADING = 1.2
SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5, SMALLEST)

_INK = b"0.09 0.11 0.13 rg\n"
_QUIET_INK = b"0.33 0.36 0.40 rg\n"
_WHITE = b"1 g\n"
_BLACK = b"0 g\n"


@dataclass(frozen=True)
class Wording:
    """What one signer's block says."""

    capacity: str
    """Position with the kind of mandate, such as «Plt. Sekretaris Daerah»."""
    name: str
    nip: str | None
    """None when the agency does not print it, or the person has none."""
    url: str
    """What the code says: the public address, with the claim as its fragment in one block."""
    code: str
    covers_anchor: bool = False
    """A white patch hides the anchor character at the top left corner."""
    order: tuple[Part, ...] = USUAL_ORDER
    """From top to bottom."""

    @property
    def capacity_line(self) -> str:
        """With a comma where the name follows, as under a letter."""
        follows = self.order.index(Part.CAPACITY) < self.order.index(Part.NAME)
        return f"{self.capacity}," if follows else self.capacity


def grouped(code: str) -> str:
    """The public code as people read it aloud: five by five."""
    return "-".join(code[i : i + 5] for i in range(0, len(code), 5))


@lru_cache(maxsize=64)
def qr_modules(url: str) -> tuple[bytes, ...]:
    """The symbol without its quiet zone: error correction M, smallest version.

    The digits of a claim make a segment of their own, in which ten bits hold three of them.
    """
    symbol = segno.make_qr(_segments(url), error="m", boost_error=False)
    return tuple(bytes(row) for row in symbol.matrix)


def _segments(url: str) -> Any:
    place, mark, digits = url.partition("#")
    # segno takes several segments in place of one content; its annotations do not say so.
    return [place + mark, digits] if digits else url


@lru_cache(maxsize=256)
def symbol_version(url: str) -> int:
    """Which version `qr_modules` will have, forty times as fast as making it."""
    made: Any = encoder
    segments = made.prepare_data(_segments(url), None, None)
    return int(made.find_version(segments, consts.ERROR_LEVEL_M, eci=False, micro=False))


def symbol_side(url: str) -> int:
    """Modules on a side, quiet zone included (ISO/IEC 18004 §5.3.1)."""
    return 17 + 4 * symbol_version(url) + 2 * QUIET


def smallest_code(url: str) -> float:
    """The least side in points, quiet zone included, at which the code is readable in print."""
    return symbol_side(url) * SMALLEST_MODULE


def draw_qr(url: str, x: float, y: float, side: float) -> bytes:
    """The code with its quiet zone in a square of `side` points, its lower left corner at (x, y)."""
    rows = qr_modules(url)
    count = len(rows)
    unit = side / (count + 2 * QUIET)
    path = bytearray()
    for line, row in enumerate(rows):
        start = None
        for column in range(count + 1):
            dark = column < count and row[column]
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                path += b"%d %d %d 1 re\n" % (start, count - 1 - line, column - start)
                start = None
    return (
        _WHITE
        + b"%.3f %.3f %.3f %.3f re f\n" % (x, y, side, side)
        + b"q %.5f 0 0 %.5f %.3f %.3f cm\n" % (unit, unit, x + QUIET * unit, y + QUIET * unit)
        + _BLACK
        + bytes(path)
        + b"f Q\n"
    )


@dataclass(frozen=True)
class Layout:
    """One way the wording fits a rectangle; sizes and distances in points."""

    size: float
    margin: float
    code_side: float
    capacity: list[str]
    label: list[str]
    name: list[str]
    nip: list[str]

    @property
    def small(self) -> float:
        return max(SMALLEST, self.size - 1.5)

    @property
    def height(self) -> float:
        """From the top margin to the bottom margin."""
        large = (len(self.capacity) + len(self.name)) * self.size
        small = len(self.nip) * self.small + SMALLEST
        return (large + small) * LEADING + self.code_side + 8


def _layout(words: Wording, width: float, size: float, side: float, margin: float) -> Layout | None:
    inner = width - 2 * margin
    small = max(SMALLEST, size - 1.5)
    parts = (
        wrap(words.capacity_line, size, inner),
        _label(small, width - side - margin),
        wrap(words.name, size, inner, Weight.MEDIUM),
        wrap(f"NIP {words.nip}", small, inner) if words.nip else [],
    )
    capacity, label, name, nip = parts
    if capacity is None or label is None or name is None or nip is None:
        return None
    if measure(grouped(words.code), SMALLEST) > inner or len(label) * small * LEADING > side:
        return None
    return Layout(size, margin, side, capacity, label, name, nip)


def _label(size: float, width: float) -> list[str] | None:
    """In two even lines where they fit, in more where the block is narrow."""
    if all(measure(line, size) <= width for line in SIGNED_BY):
        return list(SIGNED_BY)
    return wrap(" ".join(SIGNED_BY), size, width)


def compose(words: Wording, width: float, height: float) -> Layout:
    """The largest readable layout of the wording in a rectangle.

    Raises UNCOVERED_CHARACTER, or APPEARANCE_TOO_SMALL with the size that would do.
    """
    words = replace(
        words,
        capacity=printable(words.capacity),
        name=printable(words.name),
        nip=words.nip and printable(words.nip),
    )
    smallest = smallest_code(words.url)
    quiet = QUIET / symbol_side(words.url)
    for floor in (max(COMFORTABLE_CODE, smallest), smallest):
        for size in SIZES:
            for side in _sides(floor):
                layout = _layout(words, width, size, side, side * quiet)
                if layout and layout.height <= height:
                    return layout
    needed_width = width
    while (tight := _layout(words, needed_width, SMALLEST, smallest, smallest * quiet)) is None:
        needed_width += 10
    raise APPEARANCE_TOO_SMALL(
        name=words.name, width=round(needed_width + 0.5), height=round(tight.height + 0.5)
    )


def _sides(floor: float) -> list[float]:
    """Code sizes to try, largest first, none below the floor."""
    steps = int((max(USUAL_CODE, floor) - floor) // 4)
    return [floor + 4 * i for i in range(steps, -1, -1)]


def draw(letters: Lettering, words: Wording, width: float, height: float) -> bytes:
    """The block's operators, its lower left corner at the origin, filled from the top."""
    layout = compose(words, width, height)
    out = bytearray()
    if words.covers_anchor:
        out += _WHITE + b"0 %.2f 16 16 re f\n" % (height - 16)
    y = height - 2

    def show(lines: list[str], size: float, weight: Weight, ink: bytes, x: float) -> None:
        nonlocal y
        for line in lines:
            out.extend(ink + letters.line(line, x, y - size * 0.95, size, weight))
            y -= size * LEADING

    def show_code() -> None:
        nonlocal y
        below = y - layout.code_side
        out.extend(draw_qr(words.url, 0, below, layout.code_side))
        y = below + (layout.code_side + len(layout.label) * layout.small * LEADING) / 2
        show(layout.label, layout.small, Weight.REGULAR, _INK, layout.code_side)
        y = below
        show([grouped(words.code)], SMALLEST, Weight.REGULAR, _QUIET_INK, layout.margin)
        y -= 3

    for part in words.order:
        match part:
            case Part.CAPACITY:
                show(layout.capacity, layout.size, Weight.REGULAR, _INK, layout.margin)
            case Part.CODE:
                show_code()
            case Part.NAME:
                show(layout.name, layout.size, Weight.MEDIUM, _INK, layout.margin)
            case Part.NIP:
                show(layout.nip, layout.small, Weight.REGULAR, _INK, layout.margin)
    return bytes(out)


def form(
    writer: BasePdfFileWriter,
    letters: Lettering,
    operators: bytes,
    size: tuple[float, float],
    matrix: tuple[float, float, float, float, float, float] = (1, 0, 0, 1, 0, 0),
) -> IndirectObject:
    """Operators as a form XObject of the given size (ISO 32000-1 §8.10)."""
    entries = (
        f"/Type /XObject /Subtype /Form /BBox {_numbers(0, 0, *size)} /Matrix {_numbers(*matrix)} "
        f"/Resources <</Font {letters.resources}>> /Filter /FlateDecode"
    )
    return writer.add_object(syntax.stream(entries, zlib.compress(operators)))


def _numbers(*values: float) -> str:
    return f"[{' '.join(f'{value:.3f}' for value in values)}]"

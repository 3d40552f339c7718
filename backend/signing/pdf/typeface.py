"""Roboto as far as papers need it, and the few glyphs of it that a paper carries.

The whole font is reduced once a process. A paper's own subset keeps the reduced font's numbers, so
that lines can be set before it is known which glyphs there will be.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

import uharfbuzz as hb

# Latin with its extensions (Indonesian, Arabic in transliteration), marks, punctuation, currency.
_ALPHABET = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),
    *range(0x2B0, 0x300),
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2028),
    *range(0x2030, 0x2060),
    0x20AC,
    0x2116,
    0x2122,
]
_USUAL = frozenset(map(chr, range(0x20, 0x7F)))
"""In every subset, so that most papers share one, which is then made once a process."""
_UNUSED_TABLES = (b"GDEF", b"GPOS", b"GSUB")


class Weight(StrEnum):
    REGULAR = "Regular"
    MEDIUM = "Medium"


@dataclass(frozen=True)
class Typeface:
    """One weight, reduced to the alphabet of this product."""

    program: bytes
    glyphs: dict[str, int]
    """The characters that are covered."""
    widths: dict[int, int]
    """Of each glyph, in thousandths of an em."""
    metrics: str
    """Of the font descriptor (ISO 32000-1 Table 122)."""

    def width(self, text: str) -> int:
        return sum(self.widths[self.glyphs.get(character, 0)] for character in text)


@cache
def typeface(weight: Weight) -> Typeface:
    source = (files("font_roboto") / "files" / f"Roboto-{weight.value}.ttf").read_bytes()
    face = _reduced(source, _ALPHABET, hb.SubsetFlags.NO_HINTING)
    font, scale = hb.Font(face), 1000 / face.upem
    glyphs = {chr(code): glyph for code in _ALPHABET if (glyph := font.get_nominal_glyph(code))}
    corners = struct.unpack_from(">4h", face.reference_table("head").data, 36)
    box = " ".join(str(round(corner * scale)) for corner in corners)
    line, stem = font.get_font_extents("ltr"), 80 if weight is Weight.REGULAR else 110
    return Typeface(
        program=bytes(face.blob.data),
        glyphs=glyphs,
        widths={
            glyph: round(font.get_glyph_h_advance(glyph) * scale) for glyph in {0, *glyphs.values()}
        },
        metrics=f"/FontBBox [{box}] /Ascent {round(line.ascender * scale)} /Descent "
        f"{round(line.descender * scale)} /CapHeight 711 /ItalicAngle 0 /StemV {stem} /Flags 4",
    )


def _reduced(source: bytes, codes: Iterable[int], flags: hb.SubsetFlags) -> hb.Face:
    wanted = hb.SubsetInput()
    wanted.flags = flags | hb.SubsetFlags.NOTDEF_OUTLINE
    wanted.unicode_set.update(codes)
    wanted.drop_table_tag_set.update(int.from_bytes(tag) for tag in _UNUSED_TABLES)
    return hb.subset(hb.Face(source), wanted)


@dataclass(frozen=True)
class Subset:
    """What a paper carries of a typeface, ready to be embedded."""

    name: str
    """With the tag of six letters that a subset has (ISO 32000-1 §9.6.4)."""
    program: bytes
    """The TrueType font, compressed."""
    length: int
    """Before compression."""
    widths: str
    unicode: bytes
    """The ToUnicode map, compressed (ISO 32000-1 §9.10.3)."""


def cut(weight: Weight, characters: Iterable[str]) -> Subset:
    """The subset with these characters and the usual ones."""
    return _cut(weight, frozenset(characters) | _USUAL)


@lru_cache(maxsize=64)
def _cut(weight: Weight, characters: frozenset[str]) -> Subset:
    face = typeface(weight)
    shown = {face.glyphs[c]: c for c in sorted(characters) if c in face.glyphs}
    retained = hb.SubsetFlags.RETAIN_GIDS
    program = bytes(_reduced(face.program, map(ord, shown.values()), retained).blob.data)
    tag = hashlib.sha256("".join(sorted(characters)).encode()).digest()[:6]
    letters = "".join(chr(ord("A") + byte % 26) for byte in tag)
    return Subset(
        name=f"{letters}+Roboto-{weight.value}",
        program=zlib.compress(program, 9),
        length=len(program),
        widths=" ".join(f"{glyph} [{face.widths[glyph]}]" for glyph in sorted(shown)),
        unicode=zlib.compress(_to_unicode(shown), 9),
    )


def _to_unicode(shown: dict[int, str]) -> bytes:
    lines = [f"<{glyph:04X}> <{ord(c):04X}>" for glyph, c in sorted(shown.items())]
    blocks = [lines[i : i + 100] for i in range(0, len(lines), 100)]
    mapped = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{mapped}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()

"""Roboto as far as papers need it, and the few glyphs of it that a paper carries.

The whole font is reduced once a process. A paper's own subset is then cut out of its tables: glyphs
keep their numbers, those left out become empty.
"""

import hashlib
import io
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise

from font_roboto import Roboto, RobotoMedium
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

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
_COPIED = ("hhea", "maxp")
_CHECKSUM = 0xB1B0AFBA


class Weight(StrEnum):
    REGULAR = "Regular"
    MEDIUM = "Medium"


@dataclass(frozen=True)
class Typeface:
    """One weight, reduced; in thousandths of an em, as PDF counts."""

    glyphs: dict[str, int]
    """The characters that are covered."""
    widths: list[int]
    outlines: list[bytes]
    """Of each glyph, as the table `glyf` has it."""
    parts: dict[int, frozenset[int]]
    """The glyphs that a composite one is made of."""
    bearings: list[int]
    tables: dict[str, bytes]
    metrics: dict[str, int]
    """Of the font descriptor (ISO 32000-1 Table 122)."""

    def width(self, text: str) -> int:
        return sum(self.widths[self.glyphs.get(character, 0)] for character in text)


@cache
def typeface(weight: Weight) -> Typeface:
    """Reduced to the alphabet of this product; the whole font takes half a second to read."""
    options = subset.Options(hinting=False, glyph_names=False)
    options.drop_tables += ["GPOS", "GSUB", "GDEF"]
    font = TTFont(Roboto if weight is Weight.REGULAR else RobotoMedium)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_ALPHABET)
    subsetter.subset(font)
    scale_upem(font, 1000)
    out = io.BytesIO()
    font.save(out)
    font = TTFont(out)
    names = font.getGlyphOrder()
    number = {name: index for index, name in enumerate(names)}
    glyf, raw = font["glyf"], font.reader["glyf"]
    offsets = list(font["loca"].locations)
    composite = {name: glyf[name] for name in names if glyf[name].isComposite()}
    return Typeface(
        glyphs={chr(code): number[name] for code, name in font.getBestCmap().items()},
        widths=[font["hmtx"][name][0] for name in names],
        bearings=[font["hmtx"][name][1] for name in names],
        outlines=[raw[start:end] for start, end in pairwise(offsets)],
        parts={
            number[name]: frozenset(number[part.glyphName] for part in glyph.components)
            for name, glyph in composite.items()
        },
        tables={tag: font.reader[tag] for tag in ("head", *_COPIED)},
        metrics={
            "Ascent": font["hhea"].ascent,
            "Descent": font["hhea"].descent,
            "CapHeight": font["OS/2"].sCapHeight,
            "ItalicAngle": 0,
            "StemV": 80 if weight is Weight.REGULAR else 110,
            "Flags": 4,
        },
    )


@dataclass(frozen=True)
class Subset:
    """What a paper carries of a typeface, ready to be embedded."""

    name: str
    """With the tag of six letters that a subset has (ISO 32000-1 §9.6.4)."""
    box: str
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
    wanted = {0, *shown}
    while missing := {p for g in wanted for p in face.parts.get(g, ())} - wanted:
        wanted |= missing
    program = _program(face, wanted)
    tag = hashlib.sha256("".join(sorted(characters)).encode()).digest()[:6]
    letters = "".join(chr(ord("A") + byte % 26) for byte in tag)
    box = struct.unpack_from(">4h", face.tables["head"], 36)
    return Subset(
        name=f"{letters}+Roboto-{weight.value}",
        box=" ".join(map(str, box)),
        program=zlib.compress(program, 9),
        length=len(program),
        widths=" ".join(f"{glyph} [{face.widths[glyph]}]" for glyph in sorted(shown)),
        unicode=zlib.compress(_to_unicode(shown), 9),
    )


def _program(face: Typeface, wanted: set[int]) -> bytes:
    """A TrueType font of the tables that ISO 32000-1 §9.9 asks for."""
    outlines, metrics, offsets, position = [], [], [], 0
    for glyph, outline in enumerate(face.outlines):
        offsets.append(position)
        kept = glyph in wanted
        metrics.append(
            struct.pack(">Hh", face.widths[glyph], face.bearings[glyph]) if kept else bytes(4)
        )
        if kept:
            padded = outline + bytes(-len(outline) % 4)
            outlines.append(padded)
            position += len(padded)
    offsets.append(position)
    # Long offsets (indexToLocFormat), and as many metrics as glyphs (numberOfHMetrics).
    head = face.tables["head"][:8] + bytes(4) + face.tables["head"][12:50] + b"\0\1\0\0"
    tables = {
        "glyf": b"".join(outlines),
        "head": head,
        "hhea": face.tables["hhea"][:34] + struct.pack(">H", len(face.outlines)),
        "hmtx": b"".join(metrics),
        "loca": struct.pack(f">{len(offsets)}I", *offsets),
        "maxp": face.tables["maxp"],
    }
    return _assembled(tables)


def _assembled(tables: dict[str, bytes]) -> bytes:
    """The tables behind their directory, with their checksums (OpenType, «font file»)."""
    power = len(tables).bit_length() - 1
    directory = struct.pack(
        ">IHHHH", 0x10000, len(tables), 16 << power, power, 16 * (len(tables) - (1 << power))
    )
    position = len(directory) + 16 * len(tables)
    body = b""
    for tag, data in tables.items():
        directory += tag.encode() + struct.pack(">III", _sum(data), position + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    whole = bytearray(directory + body)
    adjustment = position + body.index(tables["head"]) + 8
    struct.pack_into(">I", whole, adjustment, (_CHECKSUM - _sum(whole)) & 0xFFFFFFFF)
    return bytes(whole)


def _sum(data: bytes | bytearray) -> int:
    padded = bytes(data) + bytes(-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


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

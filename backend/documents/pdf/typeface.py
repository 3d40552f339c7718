"""Roboto, cut down to the characters in use and embedded so that it looks alike everywhere."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pikepdf import Array, Dictionary, Name, Object, Pdf

_UNUSED_TABLES = (b"GDEF", b"GPOS", b"GSUB")


@dataclass(frozen=True)
class Typeface:
    """A font program, its glyph numbers by character, and its widths in thousandths of an em."""

    name: str
    program: bytes
    glyphs: dict[str, int]
    widths: dict[int, int]

    def encode(self, text: str) -> str:
        """Glyph numbers, hexadecimal, as a content stream's string without its brackets.

        Raises KeyError for a character that the font lacks.
        """
        return "".join(f"{self.glyphs[c]:04X}" for c in text)

    def width(self, text: str, size: float) -> float:
        """Points that the text is wide at this size."""
        return sum(self.widths[self.glyphs[c]] for c in text) * size / 1000

    def embed(self, pdf: Pdf) -> Object:
        """The font as an indirect object: Type 0, identity encoding, with a ToUnicode map."""
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name(self.name),
            Flags=4,
            FontBBox=[-737, -271, 1148, 1056],
            ItalicAngle=0,
            Ascent=928,
            Descent=-244,
            CapHeight=711,
            StemV=80,
            FontFile2=pdf.make_stream(self.program, Length1=len(self.program)),
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name(self.name),
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            CIDToGIDMap=Name.Identity,
            DW=1000,
            W=Array([x for glyph, width in sorted(self.widths.items()) for x in (glyph, [width])]),
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name(self.name),
                Encoding=Name("/Identity-H"),
                DescendantFonts=[pdf.make_indirect(descendant)],
                ToUnicode=pdf.make_stream(self._to_unicode()),
            )
        )

    def _to_unicode(self) -> bytes:
        """ISO 32000-1, 9.10.3; a block holds at most 100 entries."""
        lines = [f"<{glyph:04X}> <{ord(c):04X}>" for c, glyph in sorted(self.glyphs.items())]
        blocks = [lines[i : i + 100] for i in range(0, len(lines), 100)]
        maps = "".join(
            f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks
        )
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{maps}"
            "endcmap end end"
        ).encode()


@lru_cache(maxsize=8)
def roboto(characters: str, weight: str = "Regular") -> Typeface:
    """Roboto with these characters only; those that it lacks are left out."""
    import uharfbuzz as hb

    source = (files("font_roboto") / "files" / f"Roboto-{weight}.ttf").read_bytes()
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    wanted.unicode_set.update(map(ord, characters))
    wanted.drop_table_tag_set.update(int.from_bytes(tag) for tag in _UNUSED_TABLES)
    face = hb.subset(hb.Face(source), wanted)
    font = hb.Font(face)
    glyphs = {c: glyph for c in characters if (glyph := font.get_nominal_glyph(ord(c)))}
    scale = 1000 / face.upem
    widths = {g: round(font.get_glyph_h_advance(g) * scale) for g in glyphs.values()}
    return Typeface(f"/CENTNG+Roboto-{weight}", bytes(face.blob.data), glyphs, widths)

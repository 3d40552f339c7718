"""What is embedded of the typeface: enough, little, and a proper font."""

import io
import zlib

import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from backend.signing.pdf.typeface import Weight, cut, typeface


def outline(font: TTFont, glyph: int) -> list[object]:
    """What is drawn for a glyph, its parts included."""
    pen = RecordingPen()
    font.getGlyphSet()[font.getGlyphName(glyph)].draw(pen)
    return pen.value


@pytest.mark.parametrize("weight", list(Weight))
def test_a_subset_is_a_font_with_the_glyphs_asked_for(weight: Weight) -> None:
    face = typeface(weight)
    made = cut(weight, "Ṣāliḥ")
    font = TTFont(io.BytesIO(zlib.decompress(made.program)), checkChecksums=2)
    for character in "Ratna Ṣāliḥ":
        glyph = face.glyphs[character]
        assert bool(outline(font, glyph)) is not character.isspace()
        advance = font["hmtx"][font.getGlyphName(glyph)][0]
        assert round(advance * 1000 / font["head"].unitsPerEm) == face.widths[glyph]
        assert f"{glyph} [{face.widths[glyph]}]" in made.widths
    assert not outline(font, face.glyphs["Ñ"])


def test_papers_share_a_subset_and_others_bear_another_name() -> None:
    assert cut(Weight.REGULAR, "Bupati") is cut(Weight.REGULAR, "Camat")
    assert cut(Weight.REGULAR, "ā").name != cut(Weight.REGULAR, "Bupati").name
    assert len(cut(Weight.REGULAR, "").program) < 12_000


def test_a_subset_reads_back_as_text() -> None:
    mapped = zlib.decompress(cut(Weight.MEDIUM, "ʻ").unicode).decode()
    glyph = typeface(Weight.MEDIUM).glyphs["ʻ"]
    assert f"<{glyph:04X}> <02BB>" in mapped

"""Puts number and date where the text says `${nomor}` and `${tanggal}`.

The placeholder's glyphs are taken out of the page, wherever runs split them, and the value is drawn
on the same baseline in an embedded font, as large and in the same colour. Request: {"values":
{placeholder: text}}. Input `in.pdf` (cleaned; `find` found every placeholder), output `stamped.pdf`. Answer: {"stamped": count}.
"""

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium
from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream, unparse_content_stream
from pypdfium2 import PdfDocument, PdfTextPage

from backend.documents.pdf import glyphs, words
from backend.documents.pdf.clean import save
from backend.documents.pdf.refusals import Refused
from backend.documents.pdf.typeface import roboto

MIN_SIZE = 7.0
"""Points; smaller is dust."""
SHRINK = 0.75
"""A value may be set this much smaller than its placeholder to fit before what follows."""
_MARGIN = 28.0
_BOLD = 600
_DEPTH = 4


@dataclass(frozen=True)
class Spot:
    """Where a placeholder stands: its baseline's start, the room to its right, how it looks."""

    placeholder: str
    x: float
    y: float
    size: float
    room: float
    colour: tuple[int, int, int]
    bold: bool


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    values: dict[str, str] = request["values"]
    try:
        spots = find_spots(folder / "in.pdf", list(values))
        with Pdf.open(folder / "in.pdf") as pdf:
            for index, here in spots.items():
                _stamp_page(pdf, pdf.pages[index], here, values)
            save(pdf, folder / "stamped.pdf")
        left = find_spots(folder / "stamped.pdf", list(values))
    except Refused as refused:
        return refused.as_answer()
    if left:
        anchor = next(iter(left.values()))[0].placeholder
        return Refused("documents/anchor-unreachable", anchor=anchor).as_answer()
    return {"stamped": sum(map(len, spots.values()))}


def find_spots(path: Path, placeholders: list[str]) -> dict[int, list[Spot]]:
    """Page index → placeholders on it, read as a person would: by what is drawn."""
    found: dict[int, list[Spot]] = {}
    document = PdfDocument(path)
    for index in range(len(document)):
        page = document[index]
        text = page.get_textpage()
        plain = "".join(text.get_text_range(errors="ignore").split())
        if not any(p in plain for p in placeholders):
            continue
        drawn = words.glyphs(text)
        solid = [i for i, g in enumerate(drawn) if g.char.strip()]
        joined = "".join(drawn[i].char for i in solid)
        for placeholder in placeholders:
            start = joined.find(placeholder)
            while start >= 0:
                stop = start + len(placeholder)
                spot = _spot(text, drawn, solid[start:stop], placeholder, page.get_width())
                found.setdefault(index, []).append(spot)
                start = joined.find(placeholder, stop)
    return found


def _spot(
    text: PdfTextPage,
    drawn: list[words.Glyph],
    indices: list[int],
    placeholder: str,
    page_width: float,
) -> Spot:
    first, last = drawn[indices[0]], drawn[indices[-1]]
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text.raw, indices[0], matrix)
    upright = abs(matrix.b) < 0.01 * abs(matrix.a) and abs(matrix.c) < 0.3 * abs(matrix.d)
    same_line = abs(first.bottom - last.bottom) < (first.top - first.bottom)
    if not (upright and matrix.a > 0 and matrix.d > 0 and same_line):
        raise Refused("documents/anchor-unreachable", anchor=placeholder)
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text.raw, indices[0], x, y)
    size = pdfium.FPDFText_GetFontSize(text.raw, indices[0]) * matrix.d
    colour = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFText_GetFillColor(text.raw, indices[0], *colour)
    red, green, blue = (c.value for c in colour[:3])
    ends = page_width - _MARGIN
    for glyph in drawn:
        beside = glyph.bottom < first.top and glyph.top > first.bottom
        if beside and glyph.char.strip() and glyph.left >= last.right - 0.01:
            ends = min(ends, glyph.left - size / 4)
    return Spot(
        placeholder=placeholder,
        x=x.value,
        y=y.value,
        size=size,
        room=ends - x.value,
        colour=(red, green, blue),
        bold=pdfium.FPDFText_GetFontWeight(text.raw, indices[0]) >= _BOLD,
    )


def _stamp_page(pdf: Pdf, page: Page, spots: list[Spot], values: dict[str, str]) -> None:
    placeholders = sorted({s.placeholder for s in spots})
    _remove(pdf, page.obj, page.resources, placeholders, _DEPTH)
    fonts = page.resources.get("/Font")
    if not isinstance(fonts, Dictionary):
        page.resources.Font = fonts = Dictionary()
    drawing = []
    for spot in spots:
        value = values[spot.placeholder]
        weight = "Bold" if spot.bold else "Regular"
        face = roboto("".join(sorted(set("".join(values.values())))), weight)
        width = face.width(value, spot.size)
        size = spot.size * min(1.0, spot.room / width)
        if size < spot.size * SHRINK or size < min(MIN_SIZE, spot.size):
            raise Refused("documents/anchor-no-room", anchor=spot.placeholder, value=value)
        name = f"/Centang{weight}"
        if name not in fonts:
            fonts[name] = face.embed(pdf)
        colour = " ".join(f"{c / 255:.4g}" for c in spot.colour)
        drawing.append(
            f"BT {name} {size:.3f} Tf 0 Tr {colour} rg 1 0 0 1 {spot.x:.3f} {spot.y:.3f} Tm "
            f"<{face.encode(value)}> Tj ET"
        )
    page.contents_add(("\n".join(drawing)).encode())


def _remove(
    pdf: Pdf, holder: Object, resources: Object, placeholders: list[str], depth: int
) -> None:
    """Takes the placeholders out of a page or form and the forms that it draws."""
    if not isinstance(resources, Dictionary):
        return
    instructions, taken = glyphs.remove_words(holder, resources, placeholders)
    if isinstance(holder, Stream):
        if taken:
            holder.write(unparse_content_stream(instructions))
    else:
        # The page's content ends with the state it began in, whatever it left open or closed.
        holder.Contents = pdf.make_stream(unparse_content_stream(_balanced(instructions)))
    forms = resources.get("/XObject")
    if not isinstance(forms, Dictionary) or not depth:
        return
    for form in forms.values():
        if isinstance(form, Stream) and form.stream_dict.get("/Subtype") == Name.Form:
            inner = form.stream_dict.get("/Resources", resources)
            _remove(pdf, form, inner, placeholders, depth - 1)


def _balanced(instructions: list[Any]) -> list[Any]:
    opens, closes = glyphs.instruction([], "q"), glyphs.instruction([], "Q")
    depth, kept = 0, [opens]
    for item in instructions:
        operator = str(item.operator)
        if operator == "q":
            depth += 1
        elif operator == "Q":
            if not depth:
                continue
            depth -= 1
        kept.append(item)
    return [*kept, *[closes] * (depth + 1)]

"""Puts number and date where the text says `${nomor}` and `${tanggal}`.

The placeholder's glyphs are taken out of the page, wherever runs split them, and the value is drawn
on the same baseline in an embedded font, as large and in the same colour. A centred line stays
centred. Request: {"values": {placeholder: text}}. Input `in.pdf` (cleaned; `find` found every
placeholder), output `stamped.pdf`. Answer: {"stamped": count}.
"""

from pathlib import Path
from typing import Any

from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream, unparse_content_stream

from backend.documents.pdf import glyphs
from backend.documents.pdf.clean import save
from backend.documents.pdf.glyphs import Shift
from backend.documents.pdf.refusals import Refused
from backend.documents.pdf.spots import Spot, find_spots
from backend.documents.pdf.typeface import Typeface, roboto

MIN_SIZE = 7.0
"""Points; smaller is dust."""
SHRINK = 0.75
"""A value may be set this much smaller than its placeholder to fit before what follows."""
_DEPTH = 4


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    values: dict[str, str] = request["values"]
    try:
        spots = find_spots(folder / "in.pdf", list(values))
        with Pdf.open(folder / "in.pdf") as pdf:
            for index, here in spots.items():
                _Stamping(pdf, pdf.pages[index], here, values).run()
            save(pdf, folder / "stamped.pdf")
        left = find_spots(folder / "stamped.pdf", list(values))
    except Refused as refused:
        return refused.as_answer()
    if left:
        anchor = next(iter(left.values()))[0].placeholder
        return Refused("documents/anchor-unreachable", anchor=anchor).as_answer()
    return {"stamped": sum(map(len, spots.values()))}


class _Stamping:
    """One page's placeholders."""

    def __init__(self, pdf: Pdf, page: Page, spots: list[Spot], values: dict[str, str]) -> None:
        self.pdf, self.page, self.spots, self.values = pdf, page, spots, values
        self.shifts: dict[str, Shift] = {}
        for spot in spots:
            if spot.centred:
                grown = self._face(spot).width(values[spot.placeholder], spot.size) - spot.width
                points = max(-spot.slack, min(grown / 2, spot.slack))
                self.shifts[spot.centred] = Shift(spot.centred, points, spot.size)

    def run(self) -> None:
        words = sorted({s.placeholder for s in self.spots})
        moved = self._remove(self.page.obj, self.page.resources, words, _DEPTH)
        fonts = self.page.resources.get("/Font")
        if not isinstance(fonts, Dictionary):
            self.page.resources.Font = fonts = Dictionary()
        drawing = []
        for spot in self.spots:
            face, name = self._face(spot), "/CentangBold" if spot.bold else "/CentangRegular"
            if name not in fonts:
                fonts[name] = face.embed(self.pdf)
            shift = self.shifts[spot.centred].points if spot.centred in moved else 0.0
            drawing.append(self._draw(spot, face, name, shift))
        self.page.contents_add("\n".join(drawing).encode())

    def _face(self, spot: Spot) -> Typeface:
        characters = "".join(sorted(set("".join(self.values.values()))))
        return roboto(characters, "Bold" if spot.bold else "Regular")

    def _draw(self, spot: Spot, face: Typeface, name: str, shift: float) -> str:
        value = self.values[spot.placeholder]
        size = spot.size * min(1.0, (spot.room + shift) / face.width(value, spot.size))
        if size < spot.size * SHRINK or size < min(MIN_SIZE, spot.size):
            raise Refused("documents/anchor-no-room", anchor=spot.placeholder, value=value)
        colour = " ".join(f"{c / 255:.4g}" for c in spot.colour)
        return (
            f"BT {name} {size:.3f} Tf 0 Tr {colour} rg 1 0 0 1 {spot.x - shift:.3f} {spot.y:.3f} Tm "
            f"<{face.encode(value)}> Tj ET"
        )

    def _remove(self, holder: Object, resources: Object, words: list[str], depth: int) -> set[str]:
        """Takes words out of a page or form and the forms that it draws; answers the lines moved."""
        if not isinstance(resources, Dictionary):
            return set()
        edited = glyphs.remove_words(holder, resources, words, list(self.shifts.values()))
        if not isinstance(holder, Stream):
            # The page's content ends with the state it began in, whatever it left open or closed.
            content = unparse_content_stream(_balanced(edited.instructions))
            holder.Contents = self.pdf.make_stream(content)
        elif edited.taken:
            holder.write(unparse_content_stream(edited.instructions))
        moved = edited.moved
        forms = resources.get("/XObject")
        if isinstance(forms, Dictionary) and depth:
            for form in forms.values():
                if isinstance(form, Stream) and form.stream_dict.get("/Subtype") == Name.Form:
                    inner = form.stream_dict.get("/Resources", resources)
                    moved |= self._remove(form, inner, words, depth - 1)
        return moved


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

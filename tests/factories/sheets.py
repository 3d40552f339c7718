"""PDFs as offices make them, small: text on A4 and F4, turned, shifted, mixed."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf

from backend.signing.pdf.geometry import MM

A4 = (210 * MM, 297 * MM)
F4 = (215 * MM, 330 * MM)


@dataclass(frozen=True)
class Sheet:
    """One page; size in the PDF's own coordinates, before its turn."""

    size: tuple[float, float] = A4
    rotate: int = 0
    origin: tuple[float, float] = (0, 0)
    lines: Sequence[str] = ("Surat tugas untuk menghadiri rapat.",)
    crop: float = 0
    """Points cut off on every side by a CropBox."""


LANDSCAPE = Sheet((A4[1], A4[0]))


def paper(*sheets: Sheet, padding: int = 0) -> bytes:
    """A PDF of these pages (one A4 page by default), with incompressible padding on request."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
    )
    for sheet in sheets or (Sheet(),):
        x, y = sheet.origin
        width, height = sheet.size
        text = "".join(
            f"BT /F1 11 Tf {x + 60} {y + height - 80 - 16 * i} Td ({line}) Tj ET\n"
            for i, line in enumerate(sheet.lines)
        )
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[x, y, x + width, y + height],
            Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
            Contents=pdf.make_stream(text.encode()),
            Rotate=sheet.rotate,
        )
        if sheet.crop:
            c = sheet.crop
            page.CropBox = [x + c, y + c, x + width - c, y + height - c]
        pdf.pages.append(pikepdf.Page(page))
    if padding:
        import os

        pdf.Root.Padding = pdf.make_stream(os.urandom(padding))
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()

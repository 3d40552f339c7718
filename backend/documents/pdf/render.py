"""Draws pages as images, once, within the phone's byte budgets, with text and ink beside them.

Request: {"first", "count"} (pages from 1). Input `in.pdf`. Answer: {"pages": [{ordinal, width,
height, image, image_type, large, large_type, text, boxes, anchors, ink}]}; `image` and `large`
name output files, `ink` is hexadecimal.
"""

import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from pypdfium2 import PdfDocument, PdfiumError, PdfPage

from backend.documents.pdf import words
from backend.documents.pdf.ink import ink_grid
from backend.documents.pdf.refusals import Refused

WIDTH, LARGE_WIDTH = 824, 1648
"""Pixels: a 412-pixel phone at two device pixels each, and twice that."""
BUDGET = 120_000
"""Bytes of the first readable page, and so of any."""
CALM = 60_000
"""A lossless page within this is drawn text; a larger one has a scanner's grain."""
_BAND = 64
_QUALITIES = (45, 35, 25, 15, 8)
_COLOURFUL = 40


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    try:
        document = PdfDocument(folder / "in.pdf")
        last = min(len(document), request["first"] + request["count"] - 1)
        numbers = range(request["first"], last + 1)
        return {"pages": [_page(document[n - 1], n, folder) for n in numbers]}
    except PdfiumError:
        return Refused("documents/malformed").as_answer()


def _page(page: PdfPage, ordinal: int, folder: Path) -> dict[str, Any]:
    width, height = page.get_size()
    picture = _draw(page, WIDTH)
    image, image_type = _encode(picture)
    calm = image_type == "image/webp"
    large, large_type = _encode_large(_draw(page, LARGE_WIDTH), calm=calm)
    (folder / f"{ordinal}").write_bytes(image)
    (folder / f"{ordinal}-large").write_bytes(large)
    text = page.get_textpage()
    boxes = words.runs(text, width, height)
    plain = words.plain_text(boxes)
    return {
        "ordinal": ordinal,
        "width": round(width, 3),
        "height": round(height, 3),
        "image": f"{ordinal}",
        "image_type": image_type,
        "large": f"{ordinal}-large",
        "large_type": large_type,
        "text": plain,
        "boxes": boxes,
        "anchors": words.anchors(text, plain),
        "ink": ink_grid(picture).hex(),
    }


def _draw(page: PdfPage, width: int) -> Image.Image:
    """RGB, or grey where the page has no colour."""
    bitmap = page.render(scale=width / page.get_width(), rev_byteorder=True, may_draw_forms=False)
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    red, green, blue = picture.resize((206, max(1, 206 * picture.height // picture.width))).split()
    differences = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    # The histogram of an eight-bit band has a count for each difference.
    if any(any(d.histogram()[_COLOURFUL:]) for d in differences):
        return picture
    return picture.convert("L")


def _encode(picture: Image.Image) -> tuple[bytes, str]:
    """Lossless WebP in sixteen shades when that is small; else AVIF, coarser until it fits."""
    band = picture.crop((0, picture.height // 2, WIDTH, picture.height // 2 + _BAND))
    if len(_webp(band, shades=16, quality=0)) * picture.height > 3 * CALM * _BAND:
        best, kind = b"", ""  # grain: not worth the time to try
    else:
        best, kind = _webp(picture, shades=16, quality=60), "image/webp"
        if len(best) <= CALM:
            return best, kind
    for quality in _QUALITIES:
        coded = _avif(picture, quality)
        if not best or len(coded) < len(best):
            best, kind = coded, "image/avif"
        if len(best) <= BUDGET:
            break
    return best, kind


def _encode_large(picture: Image.Image, *, calm: bool) -> tuple[bytes, str]:
    if calm:
        return _webp(picture, shades=8, quality=0), "image/webp"
    return _avif(picture, 40), "image/avif"


def _avif(picture: Image.Image, quality: int) -> bytes:
    """At speed 9: a quarter of the time of the default for a quarter more bytes."""
    return _saved(picture, format="AVIF", quality=quality, speed=9, max_threads=1)


def _webp(picture: Image.Image, *, shades: int, quality: int) -> bytes:
    step = 255 / (shades - 1)
    levels = [round(round(v / step) * step) for v in range(256)] * len(picture.getbands())
    return _saved(picture.point(levels), format="WEBP", lossless=True, method=1, quality=quality)


def _saved(picture: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, **options)
    return out.getvalue()

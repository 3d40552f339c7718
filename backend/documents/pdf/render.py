"""Draws pages as images, once, within the phone's byte budgets, with text and ink beside them.

Request: {"first", "last", "seconds", "long"}: draws pages from `first` (counted from 1) until `last`
is done or the seconds of processor time are over, one at least. Input `in.pdf`. Answer: {"pages":
[{ordinal, width, height, image, image_type, large, large_type, text, boxes, anchors, ink}]};
`image` and `large` name output files, `ink` is hexadecimal.
"""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from pypdfium2 import PdfDocument, PdfiumError, PdfPage

from backend.documents.pdf import words
from backend.documents.pdf.ink import ink_grid
from backend.documents.pdf.refusals import Refused

WIDTH, LARGE_WIDTH = 824, 1648
"""Pixels: a 412-pixel phone at two device pixels each, and twice that."""
SWATCH = 206
"""Pixels: wide enough to see whether a page has colour."""
BUDGET = 120_000
"""Bytes of the first readable page, and so of any."""
_BAND = 64
_SHADES = 16
_QUALITIES = (45, 35, 25, 15, 8)
_COLOURFUL = 40


@dataclass(frozen=True)
class Effort:
    """How much time a page is worth, and how many bytes that saves."""

    method: int
    """Of lossless WebP; the lowest takes a quarter of the time for some more bytes."""
    calm: int
    """Bytes: a lossless page within this is drawn text; a larger one has a scanner's grain."""
    sharper: bool
    """Whether drawn text gets a picture of its own to zoom into."""


CARE = Effort(method=1, calm=60_000, sharper=True)
HASTE = Effort(method=0, calm=BUDGET, sharper=False)
"""For a paper of a thousand pages, which nobody should wait minutes for."""


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    effort = HASTE if request["long"] else CARE
    try:
        document = PdfDocument(folder / "in.pdf")
        numbers = range(request["first"], min(len(document), request["last"]) + 1)
        until = time.process_time() + request["seconds"]
        return {"pages": list(_pages(document, numbers, folder, effort, until))}
    except PdfiumError:
        return Refused("documents/malformed").as_answer()


def _pages(
    document: PdfDocument, numbers: range, folder: Path, effort: Effort, until: float
) -> Iterator[dict[str, Any]]:
    for number in numbers:
        page = document[number - 1]
        yield _page(page, number, folder, effort)
        page.close()
        if time.process_time() > until:
            return


def _page(page: PdfPage, ordinal: int, folder: Path, effort: Effort) -> dict[str, Any]:
    width, height = page.get_size()
    grey = not _colourful(page)
    picture = _draw(page, WIDTH, grey=grey)
    image, image_type = _encode(picture, effort)
    large, large_type = image, image_type
    if effort.sharper or image_type != "image/webp":
        calm = image_type == "image/webp"
        large, large_type = _encode_large(_draw(page, LARGE_WIDTH, grey=grey), calm=calm)
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


def _draw(page: PdfPage, width: int, *, grey: bool) -> Image.Image:
    scale = width / page.get_width()
    bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False, grayscale=grey)
    picture: Image.Image = bitmap.to_pil()
    return picture if grey else picture.convert("RGB")


def _colourful(page: PdfPage) -> bool:
    red, green, blue = _draw(page, SWATCH, grey=False).split()
    differences = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    # The histogram of an eight-bit band has a count for each difference.
    return any(any(d.histogram()[_COLOURFUL:]) for d in differences)


def _encode(picture: Image.Image, effort: Effort) -> tuple[bytes, str]:
    """Lossless WebP in sixteen shades when that is small; else AVIF, coarser until it fits."""
    band = picture.crop((0, picture.height // 2, WIDTH, picture.height // 2 + _BAND))
    if len(_webp(band, method=0)) * picture.height > 3 * effort.calm * _BAND:
        best, kind = b"", ""  # grain: not worth the time to try
    else:
        best, kind = _webp(picture, method=effort.method), "image/webp"
        if len(best) <= effort.calm:
            return best, kind
    for quality in _QUALITIES:
        coded = _avif(picture, quality)
        if not best or len(coded) < len(best):
            best, kind = coded, "image/avif"
        if len(best) <= BUDGET:
            break
    return best, kind


def _encode_large(picture: Image.Image, *, calm: bool) -> tuple[bytes, str]:
    """Drawn text as PNG: a third more bytes than WebP for a fifth of its time."""
    if not calm:
        return _avif(picture, 40), "image/avif"
    if picture.mode != "L":
        return _saved(_in_shades(picture), format="PNG", compress_level=4), "image/png"
    index = picture.point([round(v / 255 * (_SHADES - 1)) for v in range(256)])
    index.putpalette([round(i * 255 / (_SHADES - 1)) for i in range(_SHADES) for _ in "rgb"])
    return _saved(index, format="PNG", bits=4, compress_level=4), "image/png"


def _avif(picture: Image.Image, quality: int) -> bytes:
    """At speed 9: a quarter of the time of the default for a quarter more bytes."""
    return _saved(picture, format="AVIF", quality=quality, speed=9, max_threads=1)


def _webp(picture: Image.Image, *, method: int) -> bytes:
    shades = _in_shades(picture)
    return _saved(shades, format="WEBP", lossless=True, method=method, quality=60)


def _in_shades(picture: Image.Image) -> Image.Image:
    step = 255 / (_SHADES - 1)
    return picture.point([round(round(v / step) * step) for v in range(256)] * len(picture.mode))


def _saved(picture: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, **options)
    return out.getvalue()

"""A small picture of one page with its signature blocks, drawn in the confined process.

Request: {"page"} (from 1), and {"large": true} for one to read. Input `file.pdf`. Where a service outside will add the block itself:
also {"place"} (x, y, width, height in points from the bottom left of the page as displayed) and
`block.png`, the very picture that it will be given.
"""

import io
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image

INPUT = "file.pdf"
BLOCK = "block.png"
OUTPUT = "preview.webp"
BUDGET, LARGE_BUDGET = 40 * 1024, 96 * 1024
_WIDTHS, _LARGE_WIDTHS = (720, 560, 420), (960, 824, 560)
_QUALITIES = (60, 40, 20)


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Leaves `preview.webp`, at most 40 KB (96 KB if large), beside the file."""
    large = request.get("large", False)
    widths, budget = (_LARGE_WIDTHS, LARGE_BUDGET) if large else (_WIDTHS, BUDGET)
    document = pypdfium2.PdfDocument(folder / INPUT)
    document.init_forms()
    page = document[request["page"] - 1]
    for width in widths:
        scale = width / page.get_width()
        image = page.render(scale=scale).to_pil()
        if request.get("place"):
            _add(image, folder / BLOCK, [scale * value for value in request["place"]])
        for quality in _QUALITIES:
            data = _webp(image, quality)
            if len(data) <= budget:
                (folder / OUTPUT).write_bytes(data)
                return {"bytes": len(data), "width": width}
    return {"bytes": 0}


def _add(image: Image.Image, block: Path, place: list[float]) -> None:
    x, y, width, height = place
    with Image.open(block) as drawn:
        scaled = drawn.convert("RGB").resize(
            (round(width), round(height)), Image.Resampling.LANCZOS
        )
    image.paste(scaled, (round(x), round(image.height - y - height)))


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()

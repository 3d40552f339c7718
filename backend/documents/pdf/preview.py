"""A small picture of one page with its signature blocks, drawn in the confined process.

Request: {"page"} (from 1). Input `file.pdf`.
"""

import io
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image

INPUT = "file.pdf"
OUTPUT = "preview.webp"
BUDGET = 40 * 1024
_WIDTHS = (720, 560, 420)
_QUALITIES = (60, 40, 20)


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Leaves `preview.webp`, at most 40 KB, beside the file."""
    document = pypdfium2.PdfDocument(folder / INPUT)
    document.init_forms()
    page = document[request["page"] - 1]
    for width in _WIDTHS:
        image = page.render(scale=width / page.get_width()).to_pil()
        for quality in _QUALITIES:
            data = _webp(image, quality)
            if len(data) <= BUDGET:
                (folder / OUTPUT).write_bytes(data)
                return {"bytes": len(data), "width": width}
    return {"bytes": 0}


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()

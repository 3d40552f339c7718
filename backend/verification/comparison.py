"""Pictures of the pages as they were signed and as they are now, with what differs framed.

Runs in the confined process. Request: {"end"}, where the signed bytes end. Input `file.pdf`. Leaves
`before-N.webp` and `after-N.webp` beside it, N being the page's number.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFilter

INPUT = "file.pdf"
_WIDTH = 560
_TALLEST = 1600
_LOOKED_AT = 40
"""Pages compared at most."""
_SHOWN = 3
"""Pages shown at most; citizens need one."""
_DIFFERENT = 48
"""Of 255; less is the drawing program's own doing."""
_CELL = 14
_FRAMES = 8
_RED = (173, 35, 24)

Frame = tuple[int, int, int, int]


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Answers {"pages": [{"page", "frames", "before", "after"}], "more"}; frames in fractions."""
    data = (folder / INPUT).read_bytes()
    before, after = _opened(data[: request["end"]]), _opened(data)
    pages: list[dict[str, Any]] = []
    for number in range(min(max(len(before), len(after)), _LOOKED_AT)):
        old, new = _picture(before, number), _picture(after, number)
        frames = _frames(old, new)
        if not frames:
            continue
        if len(pages) == _SHOWN:
            return {"pages": pages, "more": True}
        size = (new or old or Image.new("RGB", (1, 1))).size
        pages.append(
            {
                "page": number + 1,
                "frames": [[round(v / size[i % 2], 4) for i, v in enumerate(f)] for f in frames],
                "before": _kept(folder, f"before-{number + 1}.webp", old, frames),
                "after": _kept(folder, f"after-{number + 1}.webp", new, frames),
            }
        )
    return {"pages": pages, "more": False}


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    return document


def _picture(document: pypdfium2.PdfDocument, number: int) -> Image.Image | None:
    if number >= len(document):
        return None
    page = document[number]
    width, height = page.get_size()
    scale = min(_WIDTH / max(width, 1), _TALLEST / max(height, 1))
    drawn: Image.Image = page.render(scale=scale).to_pil()
    return drawn.convert("RGB")


def _frames(old: Image.Image | None, new: Image.Image | None) -> list[Frame]:
    """Rectangles around what differs; the whole page where there is no other to compare with."""
    if old is None or new is None or old.size != new.size:
        whole = new or old
        return [(0, 0, *whole.size)] if whole else []
    grey = ImageChops.difference(old, new).convert("L")
    marks = grey.point([255 if v > _DIFFERENT else 0 for v in range(256)])
    if not marks.getbbox():
        return []
    cells = marks.filter(ImageFilter.MaxFilter(3)).resize(
        (-(-marks.width // _CELL), -(-marks.height // _CELL)), Image.Resampling.BOX
    )
    found = sorted(_clusters(cells), key=lambda f: (f[2] - f[0]) * (f[3] - f[1]), reverse=True)
    frames = [
        (x1 * _CELL, y1 * _CELL, min(x2 * _CELL, new.width), min(y2 * _CELL, new.height))
        for x1, y1, x2, y2 in found[:_FRAMES]
    ]
    return sorted(frames, key=lambda f: (f[1], f[0]))


def _clusters(cells: Image.Image) -> Iterator[Frame]:
    """Groups of cells that touch, as (left, top, right, bottom) in cells."""
    width = cells.width
    left = {(n % width, n // width) for n, value in enumerate(cells.tobytes()) if value}
    while left:
        group, edge = set(), {left.pop()}
        while edge:
            x, y = edge.pop()
            group.add((x, y))
            near = {(x + dx, y + dy) for dx in (-2, -1, 0, 1, 2) for dy in (-1, 0, 1)} & left
            left -= near
            edge |= near
        across, down = [x for x, _ in group], [y for _, y in group]
        yield min(across), min(down), max(across) + 1, max(down) + 1


def _kept(folder: Path, name: str, picture: Image.Image | None, frames: list[Frame]) -> str | None:
    if picture is None:
        return None
    pen = ImageDraw.Draw(picture)
    for left, top, right, bottom in frames:
        pen.rectangle((left - 3, top - 3, right + 3, bottom + 3), outline=_RED, width=3)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=45, method=4)
    (folder / name).write_bytes(out.getvalue())
    return name

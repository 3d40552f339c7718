"""The ink grid: which parts of a page are dark, in about seven hundred bytes.

Square cells, COLUMNS across and as many down as the page needs; one bit each, row by row from the
top left, each row padded to whole bytes.
"""

from PIL import Image

COLUMNS = 96
_DARK = 150
"""Of 255; grain and uneven paper are lighter."""
_ENOUGH = 6
"""Of 255: a cell counts from about two dark pixels in its eighty."""


def ink_grid(picture: Image.Image) -> bytes:
    rows = max(1, round(COLUMNS * picture.height / picture.width))
    dark = picture.convert("L").point([255 if v < _DARK else 0 for v in range(256)])
    cells = dark.resize((COLUMNS, rows), Image.Resampling.BOX)
    return cells.point([255 if v >= _ENOUGH else 0 for v in range(256)]).convert("1").tobytes()

"""Which public codes stand on a file's pages, read in the confined process.

Request: {"host"}. Input `file.pdf`. Answer: {"codes": […]}, as they stand at our papers' feet and
under the code of a signature's block; a few, of the first and the last pages.
"""

import re
from pathlib import Path
from typing import Any

from pypdfium2 import PdfDocument, PdfiumError

INPUT = "file.pdf"
_ENDS = 2
"""Pages looked at from either end: where blocks stand; feet stand on every page."""
_LONGEST = 20_000
"""Characters of a page."""
_MOST = 3
_CODE = r"[0-9A-HJKMNP-TV-Z]"
_GROUPED = re.compile(rf"(?<![0-9A-Z-]){_CODE}{{5}}(?:-{_CODE}{{5}}){{3}}(?![0-9A-Z-])")


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    address = re.compile(rf"{re.escape(request['host'])}/v/({_CODE}{{20}})(?![0-9A-Z])")
    try:
        document = PdfDocument(folder / INPUT)
    except PdfiumError:
        return {"codes": []}
    count = len(document)
    found: dict[str, None] = {}
    for index in sorted({*range(min(_ENDS, count)), *range(max(0, count - _ENDS), count)}):
        try:
            page = document[index].get_textpage()
            text = page.get_text_range(0, min(_LONGEST, page.count_chars()))
        except PdfiumError:
            continue
        found |= dict.fromkeys(address.findall(text))
        found |= dict.fromkeys(each.replace("-", "") for each in _GROUPED.findall(text))
    return {"codes": list(found)[:_MOST]}

"""Says whether a file has the places that number and date are to be stamped on.

Request: {"anchors": [...]}. Input `in.pdf`. Answer: {} or {"refused": {"code", "params"}}.
"""

from pathlib import Path
from typing import Any

from backend.documents.pdf.refusals import Refused
from backend.documents.pdf.spots import find_spots


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    try:
        spots = find_spots(folder / "in.pdf", request["anchors"])
    except Refused as refused:
        return refused.as_answer()
    found = {spot.placeholder for page in spots.values() for spot in page}
    missing = [anchor for anchor in request["anchors"] if anchor not in found]
    return Refused("documents/anchor-missing", anchor=missing[0]).as_answer() if missing else {}

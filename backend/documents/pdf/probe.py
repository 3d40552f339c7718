"""Loads every library that the examination needs, so that a machine can be checked.

Request: {}. Answer: {"libraries": count}.
"""

import importlib
from pathlib import Path
from typing import Any

LIBRARIES = ("pikepdf", "pypdfium2", "PIL.Image", "uharfbuzz", "font_roboto")


def main(_request: dict[str, Any], _folder: Path) -> dict[str, Any]:
    for name in LIBRARIES:
        importlib.import_module(name)
    return {"libraries": len(LIBRARIES)}

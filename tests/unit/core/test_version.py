"""The version that reports name is the one that was released."""

import tomllib
from pathlib import Path

from backend.core.version import VERSION


def test_it_is_the_projects():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert project["project"]["version"] == VERSION

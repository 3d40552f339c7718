"""The auditor reads of every action and of everything it was done to in words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACTION = re.compile(r"[a-z-]+\.[a-z_-]+")
KIND = re.compile(r"[a-z_-]+")


def recorded() -> Iterator[tuple[str, str]]:
    """(action, kind of subject) of every call of the trail's `record` with words of its own."""
    for path in (ROOT / "backend").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or len(node.args) < 3:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            if "record" not in (called, getattr(called, "id", None)):
                continue
            for action in _texts(node.args[1], ACTION):
                for kind in _texts(node.args[2], KIND):
                    yield action, kind


def _texts(node: ast.expr, form: re.Pattern[str]) -> list[str]:
    found = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return [one for one in found if isinstance(one, str) and form.fullmatch(one)]


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_recorded_action_has_words(language: str) -> None:
    source = (ROOT / "pwa" / "src" / "locales" / f"offices-audit.{language}.ts").read_text()
    words = set(re.findall(r'^  "?([a-z._-]+)"?:', source, re.MULTILINE))
    found = set(recorded())
    assert len(found) > 60
    wanted = {action for action, _ in found} | {f"of-{kind}" for _, kind in found}
    assert not sorted(wanted - words)

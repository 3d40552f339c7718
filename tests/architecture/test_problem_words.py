"""Every refusal has words in both languages of the app, and no words are left over."""

import re
from pathlib import Path

import pytest

import backend.worker  # noqa: F401
import mobile_api.app  # noqa: F401  (declares every problem a view can answer)
from backend.core.errors import Problem

LOCALES = Path(__file__).parents[2] / "pwa" / "src" / "locales"
OWN = "client/"
"""What the app itself says when no answer came."""


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_problem_code_has_a_text_in_the_app(language: str) -> None:
    source = (LOCALES / f"problems.{language}.ts").read_text()
    codes = re.findall(r'^\s*"([a-z-]+/[a-z0-9-]+)":', source, re.MULTILINE)
    known = {code for code in codes if not code.startswith(OWN)}
    assert sorted(set(Problem.registry) - known) == [], "without words"
    assert sorted(known - set(Problem.registry)) == [], "no longer raised"


def test_every_detail_can_be_filled_from_its_parameters() -> None:
    for problem in Problem.registry.values():
        named = re.findall(r"(?<!{){(\w+)}", problem.detail)
        assert problem(**dict.fromkeys(named, "x")).detail

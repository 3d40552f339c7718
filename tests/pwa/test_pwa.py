"""The app's own checks: its unit tests, its bytes, and its words for every problem."""

import os
import re
import subprocess
from collections.abc import Callable

import pytest

from tests.support.node import PWA, node
from tests.support.problems import registered_problems

LOCALES = PWA / "src" / "locales"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [node(), *arguments],
        cwd=PWA,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "CI": "1", "NO_COLOR": "1"},
    )


def explained(language: str) -> dict[str, str]:
    text = (LOCALES / f"problems.{language}.ts").read_text()
    return dict(re.findall(r'^  "([\w/-]+)": "(.*)",$', text, re.MULTILINE))


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_app_explains_every_problem_and_no_other(language: str) -> None:
    codes = {code for code in explained(language) if not code.startswith("client/")}
    assert codes == {code for code in registered_problems() if not code.startswith("test/")}


@pytest.mark.parametrize("language", ["id", "en"])
def test_its_sentences_use_only_facts_that_the_server_sends(language: str) -> None:
    # Beside a fact said in Indonesian, some problems carry the bare one (`when` and `at`).
    bare = {"at", "ended_at", "may_sign_from", "until"}
    for code, detail in registered_problems().items():
        known = set(re.findall(r"\{(\w+)\}", detail)) | bare
        used = set(re.findall(r"\{(\w+)\}", explained(language).get(code, "")))
        assert used <= known, code


def test_unit_tests_of_the_app() -> None:
    result = run("node_modules/vitest/vitest.mjs", "run")
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]


def test_the_production_build_stays_within_its_bytes(
    record_property: Callable[[str, object], None],
) -> None:
    assert (PWA / "dist" / "index.html").is_file(), "no build: run `make test`, which makes it"
    result = run("scripts/budget.mjs")
    record_property("the app's bytes", f"\n{result.stdout}")
    assert result.returncode == 0, result.stdout


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (PWA / "package-lock.json").read_text()

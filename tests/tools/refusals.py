"""Writes docs/offline-refusals.md from the tests that show each refusal: `python -m tests.tools.refusals`.

A test says with `@pytest.mark.refusal(code, when, of=…)` what it shows; the rest of its line comes
from the problem itself. What no test shows does not stand in the table.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import backend.worker  # noqa: F401
import mobile_api.app  # noqa: F401  (declares every problem a view can answer)
from backend.core.errors import Problem

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "offline-refusals.md"
HEAD = """\
# What is refused of work done without a line

Written by `python -m tests.tools.refusals` from the tests that show each refusal; a test compares
the two. The server judges everything anew when it arrives: nothing is carried out because a phone
says so. A refusal of a whole authorisation is final: the same statement never takes effect later.
"""
PARTS = {
    "envelope": "A whole authorisation",
    "paper": "One paper of an authorisation; the others go on",
    "step": "A tick, initial, return or rejection",
    "device": "Whatever a lost or copied phone sends",
}


@dataclass(frozen=True)
class Refusal:
    code: str
    when: str
    of: str
    test: str


def shown() -> list[Refusal]:
    """Every refusal that a test is marked with."""
    folder = ROOT / "tests" / "integration"
    return [refusal for path in sorted(folder.rglob("test_*.py")) for refusal in _in(path)]


def page() -> str:
    """The whole page."""
    refusals = sorted(shown(), key=lambda refusal: (refusal.code, refusal.test))
    parts = [HEAD]
    for of, title in PARTS.items():
        lines = [_line(refusal) for refusal in refusals if refusal.of == of]
        head = [
            "| Code | Status | Refused when | The person reads | Shown by |",
            "|---|---|---|---|---|",
        ]
        parts.append("\n".join([f"## {title}", "", *head, *lines]) + "\n")
    return "\n".join(parts)


def _in(path: Path) -> Iterator[Refusal]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func).split(".")[-1] == "refusal":
                code, when = (ast.literal_eval(argument) for argument in mark.args)
                options = {k.arg: ast.literal_eval(k.value) for k in mark.keywords}
                test = f"{path.stem}::{node.name}"
                yield Refusal(code, when, options.get("of", "envelope"), test)


def _line(refusal: Refusal) -> str:
    problem = Problem.registry[refusal.code]
    cells = (
        f"`{refusal.code}`",
        str(problem.status),
        refusal.when,
        problem.title,
        f"`{refusal.test}`",
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

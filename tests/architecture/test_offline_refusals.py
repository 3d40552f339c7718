"""The table of offline refusals is what the tests show, and they show every one."""

from backend.core.errors import Problem
from tests.tools import refusals


def test_the_table_in_the_docs_is_what_the_tests_show() -> None:
    assert refusals.PAGE.read_text(encoding="utf-8") == refusals.page(), (
        "run: python -m tests.tools.refusals"
    )


def test_every_offline_refusal_is_shown_by_a_test() -> None:
    declared = {code for code in Problem.registry if code.startswith("offline/")}
    assert sorted(declared - {refusal.code for refusal in refusals.shown()}) == []

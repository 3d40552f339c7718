"""No refusal around signing leaves a person without knowing what to do next."""

import re
from pathlib import Path

import pytest

from backend.core.errors import Problem
from mobile_api.app import Application

PWA = Path(__file__).parents[3] / "pwa/src/locales/problems.id.ts"
AREAS = ("signing/", "certificates/")
REMEDY = re.compile(
    r"\b(coba|temui|beri tahu|muat ulang|tunggu|minta|ulangi|tanda tangani|hubungi|pilih|pakai|buat"
    r"|tanyakan|selesaikan|jangan|perbesar|perbaiki|letakkan|perlu|laporkan|pastikan|tarik|kali lagi"
    r"|mulai lagi|setelah)\b",
    re.IGNORECASE,
)
"""What an Indonesian sentence that helps has: something to do, or whom to turn to."""


def shown() -> dict[str, str]:
    """What the app says, by code."""
    return dict(re.findall(r'^  "([a-z-]+/[a-z-]+)": "(.*)",$', PWA.read_text(), re.MULTILINE))


def refusals() -> list[Problem]:
    return [p for code, p in sorted(Problem.registry.items()) if code.startswith(AREAS)]


def test_there_are_refusals_to_judge() -> None:
    assert Application
    assert len(refusals()) > 60


@pytest.mark.parametrize("problem", refusals(), ids=lambda problem: problem.code)
def test_it_says_what_to_do(problem: Problem) -> None:
    for sentence in (problem.detail, shown()[problem.code]):
        assert REMEDY.search(sentence), sentence

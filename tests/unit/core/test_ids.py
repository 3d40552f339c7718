"""Codes on paper: hard to guess, easy to type."""

import math

from backend.core.ids import normalise_code, public_code


def test_a_code_is_beyond_guessing() -> None:
    codes = [public_code() for _ in range(2000)]
    assert len(set(codes)) == len(codes)
    letters = {letter for code in codes for letter in code}
    assert len(codes[0]) * math.log2(len(letters)) >= 80


def test_what_is_easily_mistaken_on_paper_is_folded() -> None:
    assert not set("".join(public_code() for _ in range(200))) & set("OIL")
    assert normalise_code("o1il-abc 9") == "0111ABC9"

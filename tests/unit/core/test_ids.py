"""Identifiers that sort by their time; codes on paper: hard to guess, easy to type."""

import math

from backend.core.ids import new_id, normalise_code, public_code


def test_a_code_is_beyond_guessing() -> None:
    codes = [public_code() for _ in range(2000)]
    assert len(set(codes)) == len(codes)
    letters = {letter for code in codes for letter in code}
    assert len(codes[0]) * math.log2(len(letters)) >= 80


def test_what_is_easily_mistaken_on_paper_is_folded() -> None:
    assert not set("".join(public_code() for _ in range(200))) & set("OIL")
    assert normalise_code("o1il-abc 9") == "0111ABC9"


def test_what_is_made_later_sorts_later() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}

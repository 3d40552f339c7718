"""Whether a secret that a person chose is easy to guess. No rules of form: length and surprise."""

import re
from collections.abc import Iterable

LEAST = 10
DISTINCT = 5
SURPRISE = 6
"""Letters that must be left once everything easy is taken away."""

# What Indonesian and common password lists start with; compared after undoing usual swaps.
_COMMON = frozenset(
    """
    admin administrator akucinta alhamdulillah asdfgh assalamualaikum bandung bapenda bappeda
    bhayangkara bismillah bupati cintaku default diskominfo dragon football garuda hebat iloveyou
    indonesia jakarta jayaselalu kabupaten keluarga kepala komputer letmein login makassar master
    medan merdeka monkey operator pancasila passphrase password pegawai pemkab princess qazwsx qwerty
    rahasia rahasiaku sandi sayang sayangku secret sekda sekretaris selamat semangat sukses
    sunshine surabaya terimakasih user walikota welcome
    """.split()  # noqa: SIM905
)
_SWAPS = str.maketrans("013457@$!", "oieastasi")
_YEAR = re.compile(r"(19|20)\d\d")
_REPEATED = re.compile(r"(.{1,5})\1+.{0,4}")
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb",
)


def easy_to_guess(secret: str, *about: str | None) -> bool:
    """True for what is short, monotonous, well known, or made of what others know about a person.

    `about` is what others know: user name, name, numbers.
    """
    folded = secret.casefold()
    if len(secret) < LEAST or len(set(folded)) < DISTINCT or _REPEATED.fullmatch(folded):
        return True
    known = {word for text in about if text for word in re.findall(r"\w{4,}", text.casefold())}
    rest = _YEAR.sub("", _without(folded, known))
    return min(_surprise(rest), _surprise(rest.translate(_SWAPS))) < SURPRISE


def _surprise(text: str) -> int:
    """How many letters and digits are left without well-known words and runs."""
    left = _without_runs(_without(text, _COMMON))
    return sum(c.isalnum() or ord(c) > 126 for c in left)


def _without(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text


def _without_runs(text: str) -> str:
    """The text without stretches of four or more that follow the alphabet, digits or keyboard."""
    for run in _RUNS:
        for order in (run, run[::-1]):
            for size in range(min(len(order), 12), 3, -1):
                for start in range(len(order) - size + 1):
                    text = text.replace(order[start : start + size], "")
    return text

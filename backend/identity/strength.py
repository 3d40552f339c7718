"""Whether a secret that a person chose is easy to guess. No rules of form: length and surprise."""

import re

LEAST = 10
DISTINCT = 5

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
    known = {word for text in about if text for word in re.findall(r"\w{4,}", text.casefold())}
    rest = folded
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    plain = "".join(c for c in rest.translate(_SWAPS) if c.isalnum())
    for word in sorted(_COMMON, key=len, reverse=True):
        plain = plain.replace(word, "")
    shortest = min(
        len(_without_runs("".join(c for c in rest if c.isalnum() or ord(c) > 126))),
        len(_without_runs(plain)),
    )
    symbols = len({c for c in folded if not c.isalnum()})
    return (
        len(secret) < LEAST
        or len(set(folded)) < DISTINCT
        or shortest + min(symbols, 3) < LEAST - 4
        or re.fullmatch(r"(.{1,5})\1+.{0,4}", folded) is not None
    )


def _without_runs(text: str) -> str:
    """The text without stretches of four or more that follow the alphabet, digits or keyboard."""
    for run in _RUNS:
        for order in (run, run[::-1]):
            for size in range(min(len(order), 12), 3, -1):
                for start in range(len(order) - size + 1):
                    text = text.replace(order[start : start + size], "")
    return text

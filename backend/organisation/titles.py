"""Names with and without academic, professional and religious titles, as agencies print them."""

# What stands before a name. «M.», «Moh.» and «R.» belong to names, so they are not here.
_BEFORE = frozenset(
    {
        *("prof", "dr", "drs", "dra", "drg", "drh", "ir", "ns", "apt", "bdn", "ak"),
        *("h", "hj", "kh", "kyai", "ust", "tgk", "pdt"),
    }
)


def without_titles(name: str) -> str:
    """«Dra. Hj. Ratna Contoh, M.Si.» as «Ratna Contoh»; a name that is nothing else stays whole."""
    words = name.split(",", 1)[0].split()
    while len(words) > 1 and words[0].rstrip(".").lower() in _BEFORE:
        words = words[1:]
    return " ".join(words) or name

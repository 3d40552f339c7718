"""Identifiers: time-ordered UUIDs for rows, unguessable codes for the public."""

import secrets
import time
from uuid import UUID

# Crockford's base 32 without I, L, O, U: survives being read aloud and typed from paper.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562 §5.7): Unix milliseconds, their fraction, then randomness.

    What one process makes later sorts later: twelve bits tell the time to a quarter of a
    microsecond (§6.2, method 3), less than making one takes.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    noise = secrets.randbits(62)
    stamp = milliseconds & (1 << 48) - 1
    return UUID(int=stamp << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | noise)


def public_code(length: int = 20) -> str:
    """An unguessable code for a public page: five bits a character, 100 bits at 20 characters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def normalise_code(text: str) -> str:
    """What a person typed from paper, as the code was issued: O is 0, I and L are 1."""
    folded = "".join(c for c in text.upper() if c.isalnum())
    return folded.translate(str.maketrans("OIL", "011"))

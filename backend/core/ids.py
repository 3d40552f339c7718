"""Identifiers: time-ordered UUIDs for rows, unguessable codes for the public."""

import os
import secrets
import time
from uuid import UUID

# Crockford's base 32 without I, L, O, U: survives being read aloud and typed from paper.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then randomness."""
    stamp = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10), "big")
    value = (stamp & (1 << 48) - 1) << 80 | noise
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def public_code(length: int = 20) -> str:
    """An unguessable code for a public page: five bits a character, 100 bits at 20 characters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def normalise_code(text: str) -> str:
    """What a person typed from paper, as the code was issued: O is 0, I and L are 1."""
    folded = "".join(c for c in text.upper() if c.isalnum())
    return folded.translate(str.maketrans("OIL", "011"))

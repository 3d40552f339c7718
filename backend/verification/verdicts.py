"""The six words of a judgement. Apart from the tables: the confined process has no database."""

from enum import StrEnum


class Verdict(StrEnum):
    VALID = "valid"
    UNTRUSTED = "untrusted"
    """Intact, issuer not in the trust store."""
    TAMPERED = "tampered"
    INVALID = "invalid"
    NOT_SIGNED = "not-signed"
    UNREADABLE = "unreadable"
    """We cannot tell; never to be confused with tampered."""

"""Words the key holder needs without a database beside it."""

from enum import StrEnum


class AuthorityKind(StrEnum):
    ROOT = "root"
    ISSUING = "issuing"
    OCSP = "ocsp"
    TSA = "tsa"
    ACTIVATION = "activation"
    """Certifies the short-lived keys to which phones encrypt passphrase and code."""
    CLAIM = "claim"
    """Signs what QR codes on paper say, and the list of what became of those papers."""
    REPORT = "report"
    """Seals the reports about files that people had checked; never a paper of the agency's."""

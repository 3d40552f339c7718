"""The path that nearly every honest certificate has, walked without pyHanko's machinery.

One issuer fits at each step, nothing constrains names or policies, and what has to hold does (RFC
5280 §6.1). Whatever is not so plain answers None and is left to pyHanko, a refusal too: this only
ever says yes, and never where pyHanko says no (held by tests/security/test_same_judgement.py).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID

from backend.verification.certs import ERRORS, Cert

_LONGEST = 6
_MIN_RSA = 2048
_POLICIES = 8
_SIGNED_WITH = {
    "1.2.840.113549.1.1.11": rsa.RSAPublicKey,  # RSA with SHA-256, -384, -512
    "1.2.840.113549.1.1.12": rsa.RSAPublicKey,
    "1.2.840.113549.1.1.13": rsa.RSAPublicKey,
    "1.2.840.10045.4.3.2": ec.EllipticCurvePublicKey,  # ECDSA with the same
    "1.2.840.10045.4.3.3": ec.EllipticCurvePublicKey,
    "1.2.840.10045.4.3.4": ec.EllipticCurvePublicKey,
}
_CONSTRAINING = {
    ExtensionOID.NAME_CONSTRAINTS.dotted_string,
    ExtensionOID.POLICY_CONSTRAINTS.dotted_string,
    ExtensionOID.POLICY_MAPPINGS.dotted_string,
    ExtensionOID.INHIBIT_ANY_POLICY.dotted_string,
    "1.3.6.1.5.5.7.1.6",  # AA controls
}
_BASIC = ExtensionOID.BASIC_CONSTRAINTS.dotted_string
_USAGE = ExtensionOID.KEY_USAGE.dotted_string
_PURPOSES = ExtensionOID.EXTENDED_KEY_USAGE.dotted_string
_POLICY = ExtensionOID.CERTIFICATE_POLICIES.dotted_string
_OWN_KEY = ExtensionOID.SUBJECT_KEY_IDENTIFIER.dotted_string
_ISSUERS_KEY = ExtensionOID.AUTHORITY_KEY_IDENTIFIER.dotted_string


def plain_path(
    leaf: Cert, others: Sequence[Cert], anchors: Sequence[Cert], at: datetime
) -> list[Cert] | None:
    """From the anchor down to the leaf as of a moment; None when this is not for here."""
    path = [leaf]
    try:
        while len(path) <= _LONGEST:
            subject = path[-1]
            if not _in_order(subject, at, below=len(path) - 2):
                return None
            issuer = _only([c for c in anchors if c.subject == subject.issuer])
            if issuer is None:
                issuer = _only([c for c in others if c.subject == subject.issuer])
            if issuer is None or issuer in path or not _fits(subject, issuer):
                return None
            path.append(issuer)
            if issuer in anchors:
                return path[::-1]
    except ERRORS:
        return None
    return None


def _only(found: list[Cert]) -> Cert | None:
    return found[0] if len(found) == 1 else None


def _in_order(cert: Cert, at: datetime, *, below: int) -> bool:
    """`below`: authorities between it and the leaf; -1 is the leaf itself."""
    begins, ends = cert.lives
    extensions = cert.extensions
    if not begins <= at <= ends or not _CONSTRAINING.isdisjoint(extensions):
        return False
    policies = extensions.get(_POLICY)
    if policies is not None and len(_listed(policies.value)) > _POLICIES:
        return False
    critical = {kind for kind, extension in extensions.items() if extension.critical}
    if not critical <= {_BASIC, _USAGE, _PURPOSES, _POLICY}:
        return False
    return below < 0 or _may_issue(cert, below)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, Iterable) else []


def _may_issue(cert: Cert, below: int) -> bool:
    basic, usage = cert.extensions.get(_BASIC), cert.extensions.get(_USAGE)
    if not cert.is_authority or basic is None:
        return False
    longest = basic.value.path_length  # type: ignore[attr-defined]
    signs = usage is None or usage.value.key_cert_sign  # type: ignore[attr-defined]
    return bool(signs) and (longest is None or longest >= below)


def _fits(subject: Cert, issuer: Cert) -> bool:
    """The issuer is the one that is meant, its key and algorithm are strong, its signature holds."""
    kind = _SIGNED_WITH.get(subject.parsed.signature_algorithm_oid.dotted_string)
    key = issuer.key
    if kind is None or not isinstance(key, kind):
        return False
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _MIN_RSA:
        return False
    meant = subject.extensions.get(_ISSUERS_KEY)
    if meant is not None:
        own = issuer.extensions.get(_OWN_KEY)
        said = meant.value.key_identifier  # type: ignore[attr-defined]
        if meant.value.authority_cert_serial_number is not None:  # type: ignore[attr-defined]
            return False
        if own is not None and said is not None and said != own.value.digest:  # type: ignore[attr-defined]
            return False
    return subject.issued_by(issuer)

"""The signature structure that nearly every honest signer makes, checked without pyHanko's machinery.

DER, one signer named by issuer and number, each attribute once, today's algorithms (RFC 5652). What
is not so plain answers None and is left to pyHanko, a signature that does not hold too: this only
ever says yes, and never where pyHanko says no (held by tests/security/test_same_judgement.py).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from backend.verification.certs import ERRORS, Cert
from backend.verification.der import (
    INTEGER,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    DerError,
    Part,
    first,
    only,
    parts,
)


def _oid(dotted: str) -> bytes:
    """The content of an object identifier's DER."""
    one, two, *rest = map(int, dotted.split("."))
    said = bytearray([one * 40 + two])
    for number in rest:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(number & 0x7F | 0x80)
        said += bytes(reversed(digits))
    return bytes(said)


SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
DATA = _oid("1.2.840.113549.1.7.1")
TST_INFO = _oid("1.2.840.113549.1.9.16.1.4")
CONTENT_TYPE = _oid("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.4")
SIGNING_TIME = _oid("1.2.840.113549.1.9.5")
PROTECTION = _oid("1.2.840.113549.1.9.52")
CERTIFICATE_V1 = _oid("1.2.840.113549.1.9.16.2.12")
CERTIFICATE_V2 = _oid("1.2.840.113549.1.9.16.2.47")
TIME_STAMP = _oid("1.2.840.113549.1.9.16.2.14")
REVOCATION = _oid("1.2.840.113583.1.1.8")

_DIGESTS: dict[bytes, tuple[str, hashes.HashAlgorithm]] = {
    _oid("2.16.840.1.101.3.4.2.1"): ("sha256", hashes.SHA256()),
    _oid("2.16.840.1.101.3.4.2.2"): ("sha384", hashes.SHA384()),
    _oid("2.16.840.1.101.3.4.2.3"): ("sha512", hashes.SHA512()),
}
_ECDSA = {
    _oid("1.2.840.10045.4.3.2"): hashes.SHA256(),
    _oid("1.2.840.10045.4.3.3"): hashes.SHA384(),
    _oid("1.2.840.10045.4.3.4"): hashes.SHA512(),
}
_RSA = {
    _oid("1.2.840.113549.1.1.11"): hashes.SHA256(),
    _oid("1.2.840.113549.1.1.12"): hashes.SHA384(),
    _oid("1.2.840.113549.1.1.13"): hashes.SHA512(),
}
_RSA_OF_THE_DIGEST = _oid("1.2.840.113549.1.1.1")
_FIRST, _SECOND, _DIRECTORY_NAME = 0xA0, 0xA1, 0xA4
_SET = b"\x31"

Attributes = dict[bytes, tuple[bytes, ...]]
"""The values of each kind, raw."""


@dataclass(frozen=True)
class Plain:
    """A signed-data structure with one signer."""

    content_type: bytes
    content: bytes | None
    certificates: tuple[bytes, ...]
    issuer: bytes
    number: bytes
    digest_algorithm: bytes
    """Raw, as is `algorithm`."""
    signed: bytes
    attributes: Attributes
    algorithm: bytes
    signature: bytes
    unsigned: Attributes

    @property
    def digest(self) -> str | None:
        """What the signer hashed with, if it is one of today's."""
        found = _DIGESTS.get(first(only(self.digest_algorithm, SEQUENCE).inside).inside)
        return found[0] if found else None


def read(data: bytes) -> Plain | None:
    """A content info, perhaps with padding behind it; None when it is not so plain."""
    try:
        return _read(data)
    except ValueError:  # DerError, and too few or too many parts
        return None


def _read(data: bytes) -> Plain:
    kind, holder = parts(_of(first(data), SEQUENCE))
    if (kind.tag, kind.inside, holder.tag) != (OID, SIGNED_DATA, _FIRST):
        raise DerError
    _, _, encapsulated, *rest = parts(only(holder.inside, SEQUENCE).inside)
    content_type, *content = parts(_of(encapsulated, SEQUENCE))
    certificates: tuple[bytes, ...] = ()
    if rest[0].tag == _FIRST:
        found = list(parts(rest.pop(0).inside))
        if any(one.tag != SEQUENCE for one in found):
            raise DerError
        certificates = tuple(one.raw for one in found)
    if rest[0].tag == _SECOND:
        rest.pop(0)
    (infos,) = rest
    _, sid, digest, signed, algorithm, signature, *unsigned = parts(
        only(_of(infos, SET), SEQUENCE).inside
    )
    issuer, number = parts(_of(sid, SEQUENCE))
    if (number.tag, signed.tag, signature.tag) != (INTEGER, _FIRST, OCTETS):
        raise DerError
    if len(unsigned) > 1 or (unsigned and unsigned[0].tag != _SECOND):
        raise DerError
    return Plain(
        content_type=_of(content_type, OID),
        content=only(_of(content[0], _FIRST), OCTETS).inside if content else None,
        certificates=certificates,
        issuer=issuer.raw,
        number=number.inside,
        digest_algorithm=digest.raw,
        signed=signed.raw,
        attributes=_attributes(signed.inside),
        algorithm=algorithm.raw,
        signature=signature.inside,
        unsigned=_attributes(unsigned[0].inside) if unsigned else {},
    )


def _of(part: Part, tag: int) -> bytes:
    if part.tag != tag:
        raise DerError
    return part.inside


def _attributes(data: bytes) -> Attributes:
    found: Attributes = {}
    for attribute in parts(data):
        kind, values = parts(_of(attribute, SEQUENCE))
        if _of(kind, OID) in found:
            raise DerError
        found[kind.inside] = tuple(value.raw for value in parts(_of(values, SET)))
    return found


def signer_of(plain: Plain, certs: Sequence[Cert], digest: bytes) -> Cert | None:
    """Whose signature over this digest holds; None when this is not for here."""
    try:
        signer = _named(plain, certs)
        if signer is None or not _says(plain, signer, digest):
            return None
        return signer if _holds(plain, signer) else None
    except (InvalidSignature, *ERRORS):
        return None


def _named(plain: Plain, certs: Sequence[Cert]) -> Cert | None:
    number = int.from_bytes(plain.number, "big", signed=True)
    found = [c for c in certs if c.parsed.serial_number == number]
    if len(found) != 1 or found[0].issuer_der != plain.issuer:
        return None
    return found[0]


def _says(plain: Plain, signer: Cert, digest: bytes) -> bool:
    """The signed attributes name this content, this digest, this signer and these algorithms."""
    said = plain.attributes
    if any(len(values) != 1 for values in said.values()):
        return False
    if only(said[CONTENT_TYPE][0], OID).inside != plain.content_type:
        return False
    if only(said[MESSAGE_DIGEST][0], OCTETS).inside != digest:
        return False
    for kind, algorithm in ((CERTIFICATE_V1, "sha1"), (CERTIFICATE_V2, "sha256")):
        if kind in said and not _is_meant(said[kind][0], signer, algorithm):
            return False
    return PROTECTION not in said or _protected(said[PROTECTION][0], plain)


def _is_meant(value: bytes, signer: Cert, algorithm: str) -> bool:
    """The certificate that was signed along (RFC 5035) is the signer's.

    `algorithm` is what its digest is of when it does not say.
    """
    named = first(_of(first(only(value, SEQUENCE).inside), SEQUENCE))
    hashed, by = b"", b""
    for part in parts(_of(named, SEQUENCE)):
        if part.tag == OCTETS and not hashed:
            hashed = part.inside
        elif part.tag == SEQUENCE and not hashed and algorithm != "sha1":
            algorithm = _DIGESTS[first(part.inside).inside][0]
        elif part.tag == SEQUENCE and not by:
            by = part.inside
        else:
            return False
    if hashed != hashlib.new(algorithm, signer.der).digest():
        return False
    if not by:
        return True
    names, number = parts(by)
    name = only(_of(names, SEQUENCE), _DIRECTORY_NAME).inside
    own = signer.parsed.serial_number
    return name == signer.issuer_der and int.from_bytes(_of(number, INTEGER), signed=True) == own


def _protected(value: bytes, plain: Plain) -> bool:
    """RFC 6211, byte for byte."""
    digest, algorithm = parts(only(value, SEQUENCE).inside)
    same = digest.raw == plain.digest_algorithm
    return same and algorithm.tag == _SECOND and algorithm.inside == first(plain.algorithm).inside


def _holds(plain: Plain, signer: Cert) -> bool:
    """Raises InvalidSignature, or answers False where it is for pyHanko to say."""
    signed, key = _SET + plain.signed[1:], signer.key
    mechanism = first(only(plain.algorithm, SEQUENCE).inside)
    used = _DIGESTS[first(only(plain.digest_algorithm, SEQUENCE).inside).inside][1]
    kind = _of(mechanism, OID)
    if kind in _ECDSA and isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(plain.signature, signed, ec.ECDSA(_ECDSA[kind]))
        return True
    hashed = used if kind == _RSA_OF_THE_DIGEST else _RSA.get(kind)
    if hashed is not None and isinstance(key, rsa.RSAPublicKey):
        key.verify(plain.signature, signed, padding.PKCS1v15(), hashed)
        return True
    return False

"""A time-stamping unit (RFC 3161, with ESSCertIDv2 of RFC 5816): request bytes in, answer out.

Like a signature's container, a token is the same bytes each time but for a few values.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from backend.certificates import messages, profiles
from backend.certificates.attributes import attribute, names_certificate
from backend.certificates.messages import TimeStampRequest
from backend.certificates.profiles import Signing
from backend.core import der

POLICY = "2.25.9609671569492535268898422021153258742"
"""Our own policy (a UUID arc): a time from this server's clock, to the second, nothing more."""
ACCURACY_SECONDS = 1

_GRANTED = der.sequence(der.integer(0))
_REJECTION = der.integer(2)
_V1, _V3 = der.integer(1), der.integer(3)
_POLICY = der.oid(POLICY)
_ACCURACY = der.sequence(der.integer(ACCURACY_SECONDS))
_TST_INFO = der.oid(messages.TST_INFO.dotted_string)
_SIGNED_DATA = der.oid(messages.SIGNED_DATA.dotted_string)
_HASHES = {kind: der.oid(kind.dotted_string) for kind in messages.HASHES}
_CONTENT_TYPE = der.oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = der.oid("1.2.840.113549.1.9.4")


class _Failure(IntEnum):
    """Bits of PKIFailureInfo (RFC 3161 §2.4.2)."""

    BAD_ALGORITHM = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16


class _RefusedError(Exception):
    def __init__(self, failure: _Failure, text: str) -> None:
        super().__init__(text)
        self.failure, self.text = failure, text


@dataclass(frozen=True)
class _Unit:
    """What every token of one unit says of it."""

    name: bytes
    issuer_and_serial: bytes
    names_certificate: bytes
    certificates: bytes


def answer(
    request: bytes,
    unit: Signing,
    chain: Sequence[x509.Certificate],
    now: datetime,
) -> bytes:
    """A TimeStampResp, DER; a refusal is one too. `chain`: issuers to send along."""
    try:
        wanted = _understood(request)
    except _RefusedError as refused:
        return _refusal(refused)
    known = _unit(unit.certificate, tuple(chain))
    info = _token_info(wanted, known.name, now)
    token = _signed(info, unit.key, known, attach=wanted.certificates_wanted)
    return der.sequence(_GRANTED, token)


def _understood(request: bytes) -> TimeStampRequest:
    try:
        wanted = messages.read(TimeStampRequest, request)
    except ValueError as error:
        raise _RefusedError(_Failure.BAD_DATA_FORMAT, "not a time-stamp request") from error
    if wanted.version != 1:
        raise _RefusedError(_Failure.BAD_REQUEST, "version must be 1")
    algorithm = messages.HASHES.get(wanted.imprint.algorithm.algorithm)
    if algorithm is None:
        raise _RefusedError(_Failure.BAD_ALGORITHM, "use SHA-256, SHA-384 or SHA-512")
    if len(wanted.imprint.digest) != hashlib.new(algorithm).digest_size:
        raise _RefusedError(
            _Failure.BAD_DATA_FORMAT, "the digest's length does not fit its algorithm"
        )
    if wanted.policy is not None and wanted.policy.dotted_string != POLICY:
        raise _RefusedError(_Failure.UNACCEPTED_POLICY, "unknown policy")
    if wanted.extensions:
        raise _RefusedError(_Failure.UNACCEPTED_EXTENSION, "no extension is supported")
    return wanted


def _refusal(refused: _RefusedError) -> bytes:
    """A TimeStampResp without a token."""
    octet, bit = divmod(refused.failure, 8)
    flags = bytes(octet) + bytes([0x80 >> bit])  # X.690 §11.2.2: no trailing zero bits
    text = der.sequence(der.tlv(der.UTF8, refused.text.encode()))
    failure = der.tlv(der.BIT_STRING, bytes([7 - bit]), flags)
    return der.sequence(der.sequence(_REJECTION, text, failure))


def _token_info(wanted: TimeStampRequest, name: bytes, now: datetime) -> bytes:
    imprint = wanted.imprint
    parameters = der.tlv(der.NULL) if imprint.algorithm.parameters else b""
    algorithm = der.sequence(_HASHES[imprint.algorithm.algorithm], parameters)
    return der.sequence(
        _V1,
        _POLICY,
        der.sequence(algorithm, der.octets(imprint.digest)),
        der.integer(secrets.randbits(128)),
        der.tlv(der.TIME, f"{now:%Y%m%d%H%M%SZ}".encode()),
        _ACCURACY,
        b"" if wanted.nonce is None else der.integer(wanted.nonce),
        name,
    )


@lru_cache(maxsize=8)
def _unit(certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> _Unit:
    own, issuer = profiles.der(certificate), certificate.issuer.public_bytes()
    serial = der.integer(certificate.serial_number)
    return _Unit(
        name=der.tagged(0, der.tagged(4, certificate.subject.public_bytes())),
        issuer_and_serial=der.sequence(issuer, serial),
        names_certificate=names_certificate(own),
        certificates=der.tagged(0, *sorted({own, *map(profiles.der, chain)})),
    )


def _signed(info: bytes, key: ec.EllipticCurvePrivateKey, unit: _Unit, *, attach: bool) -> bytes:
    attributes = der.set_of(
        _CONTENT_IS_INFO,
        attribute(_MESSAGE_DIGEST, der.octets(hashlib.sha256(info).digest())),
        unit.names_certificate,
    )
    signer = der.sequence(
        _V1,
        unit.issuer_and_serial,
        der.SHA256,
        b"\xa0" + attributes[1:],  # [0] IMPLICIT in the message, a SET where it is signed
        der.ECDSA_SHA256,
        der.octets(key.sign(attributes, ec.ECDSA(SHA256()))),
    )
    content = der.sequence(
        _V3,
        der.set_of(der.SHA256),
        der.sequence(_TST_INFO, der.tagged(0, der.octets(info))),
        unit.certificates if attach else b"",
        der.set_of(signer),
    )
    return der.sequence(_SIGNED_DATA, der.tagged(0, content))


_CONTENT_IS_INFO = attribute(_CONTENT_TYPE, _TST_INFO)

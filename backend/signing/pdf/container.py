"""The CMS container of a PAdES signature (RFC 5652, RFC 5035, ETSI EN 319 122-1).

All that differs between two signatures under one certificate is a digest, a signature value and a
time stamp; the rest is made once and kept. Built as objects the same bytes take a hundred times as
long; a test holds that they are the same bytes.
"""

from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from backend.certificates.attributes import attribute
from backend.core import der

_DATA = der.oid("1.2.840.113549.1.7.1")
_SIGNED_DATA = der.oid("1.2.840.113549.1.7.2")
_TIME_STAMP = der.oid("1.2.840.113549.1.9.16.2.14")
_V1 = der.integer(1)


@dataclass(frozen=True)
class SignerIdentity:
    """The certificate a signature is made under, and its issuers without the root; DER."""

    certificate: bytes
    chain: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class _Signer:
    """What every container under one certificate says of it."""

    issuer_and_serial: bytes
    algorithm: bytes


@lru_cache(maxsize=256)
def _signer(certificate: bytes) -> _Signer:
    parsed = x509.load_der_x509_certificate(certificate)
    issuer, serial = parsed.issuer.public_bytes(), der.integer(parsed.serial_number)
    is_rsa = isinstance(parsed.public_key(), rsa.RSAPublicKey)
    return _Signer(
        der.sequence(issuer, serial),
        der.RSA_SHA256 if is_rsa else der.ECDSA_SHA256,
    )


@lru_cache(maxsize=256)
def _certificates(identity: SignerIdentity) -> bytes:
    return der.tagged(0, *sorted({identity.certificate, *identity.chain}))


def signature_container(
    identity: SignerIdentity, attributes: bytes, value: bytes, token: bytes | None
) -> bytes:
    """The detached SignedData with the signature value and its time stamp, if any; DER."""
    signer = _signer(identity.certificate)
    info = der.sequence(
        _V1,
        signer.issuer_and_serial,
        der.SHA256,
        b"\xa0" + attributes[1:],  # [0] IMPLICIT in the message, a SET where it is signed
        signer.algorithm,
        der.octets(value),
        der.tagged(1, attribute(_TIME_STAMP, token)) if token else b"",
    )
    signed = der.sequence(
        _V1,
        der.set_of(der.SHA256),
        der.sequence(_DATA),
        _certificates(identity),
        der.set_of(info),
    )
    return der.sequence(_SIGNED_DATA, der.tagged(0, signed))

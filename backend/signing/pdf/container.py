"""The CMS container of a PAdES signature (RFC 5652, RFC 5035, ETSI EN 319 122-1).

All that differs between two signatures under one certificate is a digest, a signature value and a
time stamp; the rest is made once and kept. Built as objects the same bytes take a hundred times as
long; a test holds that they are the same bytes.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from backend.core import der

_DATA = der.oid("1.2.840.113549.1.7.1")
_SIGNED_DATA = der.oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE = der.oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = der.oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = der.oid("1.2.840.113549.1.9.16.2.47")
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
    names_certificate: bytes
    """The signing-certificate-v2 attribute, by SHA-256 (ESSCertIDv2's default)."""
    algorithm: bytes


@lru_cache(maxsize=256)
def _signer(certificate: bytes) -> _Signer:
    parsed = x509.load_der_x509_certificate(certificate)
    issuer, serial = parsed.issuer.public_bytes(), der.integer(parsed.serial_number)
    # GeneralNames with one directoryName, as ESSCertIDv2's IssuerSerial wants it (RFC 5035 §5).
    issuer_serial = der.sequence(der.sequence(der.tagged(4, issuer)), serial)
    named = der.sequence(der.octets(hashlib.sha256(certificate).digest()), issuer_serial)
    is_rsa = isinstance(parsed.public_key(), rsa.RSAPublicKey)
    return _Signer(
        der.sequence(issuer, serial),
        _attribute(_SIGNING_CERTIFICATE_V2, der.sequence(der.sequence(named))),
        der.RSA_SHA256 if is_rsa else der.ECDSA_SHA256,
    )


@lru_cache(maxsize=256)
def _certificates(identity: SignerIdentity) -> bytes:
    return der.tagged(0, *sorted({identity.certificate, *identity.chain}))


def _attribute(kind: bytes, value: bytes) -> bytes:
    return der.sequence(kind, der.set_of(value))


_CONTENT_IS_DATA = _attribute(_CONTENT_TYPE, _DATA)


def signed_attributes(digest: bytes, certificate: bytes) -> bytes:
    """What the signer's key signs: the DER of the attributes, as a SET.

    There is no signing-time, as PAdES demands (EN 319 142-1 §6.3); /M has the time.
    """
    return der.set_of(
        _CONTENT_IS_DATA,
        _attribute(_MESSAGE_DIGEST, der.octets(digest)),
        _signer(certificate).names_certificate,
    )


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
        der.tagged(1, _attribute(_TIME_STAMP, token)) if token else b"",
    )
    signed = der.sequence(
        _V1,
        der.set_of(der.SHA256),
        der.sequence(_DATA),
        _certificates(identity),
        der.set_of(info),
    )
    return der.sequence(_SIGNED_DATA, der.tagged(0, signed))

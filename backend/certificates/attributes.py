"""The signed attributes of a PAdES signature (RFC 5652 §11, RFC 5035, EN 319 142-1 §6.3), as bytes."""

import hashlib
from functools import lru_cache

from cryptography import x509

from backend.core import der

_DATA = der.oid("1.2.840.113549.1.7.1")
_CONTENT_TYPE = der.oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = der.oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = der.oid("1.2.840.113549.1.9.16.2.47")


def attribute(kind: bytes, value: bytes) -> bytes:
    """One attribute with one value; both DER."""
    return der.sequence(kind, der.set_of(value))


_CONTENT_IS_DATA = attribute(_CONTENT_TYPE, _DATA)


@lru_cache(maxsize=256)
def names_certificate(certificate: bytes) -> bytes:
    """The signing-certificate-v2 attribute, by SHA-256 (ESSCertIDv2's default)."""
    parsed = x509.load_der_x509_certificate(certificate)
    serial = der.integer(parsed.serial_number)
    # GeneralNames with one directoryName, as ESSCertIDv2's IssuerSerial wants it (RFC 5035 §5).
    issuer = der.sequence(der.sequence(der.tagged(4, parsed.issuer.public_bytes())), serial)
    named = der.sequence(der.octets(hashlib.sha256(certificate).digest()), issuer)
    return attribute(_SIGNING_CERTIFICATE_V2, der.sequence(der.sequence(named)))


def signed_attributes(digest: bytes, certificate: bytes) -> bytes:
    """What a signer's key signs: the DER of the attributes, as a SET.

    There is no signing-time, as PAdES demands (EN 319 142-1 §6.3); /M has the time.
    """
    return der.set_of(
        _CONTENT_IS_DATA,
        attribute(_MESSAGE_DIGEST, der.octets(digest)),
        names_certificate(certificate),
    )


def digest_in(attributes: bytes, certificate: bytes) -> bytes:
    """The SHA-256 that such attributes hold. Raises ValueError where they hold anything else."""
    head = attribute(_MESSAGE_DIGEST, der.octets(bytes(32)))[:-32]
    start = attributes.find(head) + len(head)
    digest = attributes[start : start + 32]
    if signed_attributes(digest, certificate) != attributes:
        raise ValueError("other attributes than a signature's")
    return digest

"""Making a PAdES signature of level B-T or B-LT (ETSI EN 319 142-1) in a prepared file."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from backend.certificates import messages
from backend.certificates.revocation import Evidence, RevocationSource
from backend.certificates.timestamps import TimeStamper
from backend.signing import evidence
from backend.signing.container import SignerIdentity, signature_container, signed_attributes
from backend.signing.placeholder import Placeholder


class SigningKey(Protocol):
    """A signer's unlocked private key, which lives for one envelope and is then forgotten."""

    def sign(self, data: bytes) -> bytes:
        """Signs with SHA-256: ECDSA (DER) or RSASSA-PKCS1-v1_5, as the certificate's key is."""
        ...


@dataclass(frozen=True)
class SignedFile:
    data: bytes
    signed_at: datetime
    """The signature time stamp's genTime."""


# Signed attributes, SignerInfo and certificate framing around keys and certificates.
_FRAMING = 900


def reserve(identity: SignerIdentity, stamper: TimeStamper) -> int:
    """Bytes to reserve for /Contents: enough, and little more (readers scan every byte of it)."""
    certificates = len(identity.certificate) + sum(map(len, identity.chain))
    key = x509.load_der_x509_certificate(identity.certificate).public_key()
    signature = key.key_size // 8 + 12 if isinstance(key, rsa.RSAPublicKey) else 80
    needed = certificates + signature + stamper.token_size + _FRAMING
    return (needed + 255) // 256 * 256


def sign(
    prepared: Placeholder,
    at: datetime,
    *,
    key: SigningKey,
    identity: SignerIdentity,
    stamper: TimeStamper,
    revocation: RevocationSource | None,
) -> SignedFile:
    """The prepared file signed at `at`, time-stamped and with its long-term evidence.

    Without a `revocation` source it stays at B-T: no evidence is added.
    """
    slots, whole = prepared.slots, memoryview(prepared.data)
    time = at.astimezone(UTC).strftime("%Y%m%d%H%M%S").encode()
    # Large files are hashed and put together in place: each copy would cost their size.
    before = whole[: slots.contents_start]
    after = (whole[slots.contents_end : slots.m_start], time, whole[slots.m_end :])
    digest = hashlib.sha256(before)
    for piece in after:
        digest.update(piece)
    attributes = signed_attributes(digest.digest(), identity.certificate)
    value = key.sign(attributes)
    token = stamper.stamp(hashlib.sha256(value).digest())
    der = signature_container(identity, attributes, value, token)
    if len(der) > slots.room:
        raise ValueError(f"a signature of {len(der)} bytes does not fit into {slots.room}")
    contents = b"<%b>" % der.hex().encode().ljust(2 * slots.room, b"0")
    stamp = messages.token(token)
    store = b""
    if revocation is not None:
        stamp_certificates = map(messages.raw, stamp.signed.certificates or ())
        ours = (identity.certificate, *identity.chain, *stamp_certificates)
        proof = Evidence(ours, (), ()) + revocation.evidence(ours)
        store = evidence.revision(len(prepared.data), slots.tail, proof)
    return SignedFile(b"".join((before, contents, *after, store)), stamp.info.time.as_datetime())

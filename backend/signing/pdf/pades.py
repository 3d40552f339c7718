"""Making a PAdES signature of level B-T or B-LT (ETSI EN 319 142-1) in a prepared file."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from backend.certificates import messages
from backend.certificates.attributes import signed_attributes
from backend.certificates.revocation import Evidence, RevocationSource
from backend.certificates.timestamps import TimeStamper
from backend.signing.pdf import evidence
from backend.signing.pdf.container import SignerIdentity, signature_container
from backend.signing.pdf.placeholder import Placeholder


class SigningKey(Protocol):
    """A signer's unlocked private key, which lives for one envelope and is then forgotten."""

    def sign(self, data: bytes) -> bytes:
        """Signs with SHA-256: ECDSA (DER) or RSASSA-PKCS1-v1_5, as the certificate's key is."""
        ...


@dataclass(frozen=True)
class SignedFile:
    data: bytes
    signed_at: datetime
    """The signature time stamp's genTime, if there is one."""


# Signed attributes, SignerInfo and certificate framing around keys and certificates.
_FRAMING = 900


def reserve(identity: SignerIdentity, stamper: TimeStamper | None) -> int:
    """Bytes to reserve for /Contents: enough, and little more (readers scan every byte of it)."""
    certificates = len(identity.certificate) + sum(map(len, identity.chain))
    key = x509.load_der_x509_certificate(identity.certificate).public_key()
    signature = key.key_size // 8 + 12 if isinstance(key, rsa.RSAPublicKey) else 80
    token = stamper.token_size if stamper else 0
    needed = certificates + signature + token + _FRAMING
    return (needed + 255) // 256 * 256


def sign(
    prepared: Placeholder,
    at: datetime,
    *,
    key: SigningKey,
    identity: SignerIdentity,
    stamper: TimeStamper | None,
    revocation: RevocationSource | None,
) -> SignedFile:
    """The prepared file signed at `at`, time-stamped and with its long-term evidence.

    Without a `revocation` source it stays at B-T: no evidence is added. Without a `stamper` it is
    B-B, which no kind of paper asks for and comparisons do.
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
    token = stamper.stamp(hashlib.sha256(value).digest()) if stamper else None
    der = signature_container(identity, attributes, value, token)
    if len(der) > slots.room:
        raise ValueError(f"a signature of {len(der)} bytes does not fit into {slots.room}")
    contents = b"<%b>" % der.hex().encode().ljust(2 * slots.room, b"0")
    stamp = messages.token(token) if token else None
    store = b""
    if revocation is not None:
        stamp_certificates = map(messages.raw, stamp.signed.certificates or ()) if stamp else ()
        ours = (identity.certificate, *identity.chain, *stamp_certificates)
        proof = Evidence(ours, (), ()) + revocation.evidence(ours)
        store = evidence.revision(len(prepared.data), slots.tail, proof)
    signed_at = stamp.info.time.as_datetime() if stamp else at
    return SignedFile(b"".join((before, contents, *after, store)), signed_at)

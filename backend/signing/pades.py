"""Making a PAdES signature of level B-T or B-LT (ETSI EN 319 142-1) in a prepared file."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.sign.validation.dss import DocumentSecurityStore

from backend.certificates.revocation import Evidence, RevocationSource
from backend.certificates.timestamps import TimeStamper
from backend.signing.container import SignerIdentity, signature_container, signed_attributes
from backend.signing.placeholder import Placeholder, open_revision, write_time


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
    public_key = x509.Certificate.load(identity.certificate).public_key
    signature = public_key.byte_size + 12 if public_key.algorithm == "rsa" else 80
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
    data = write_time(prepared, at)
    slots = prepared.slots
    digest = hashlib.sha256(memoryview(data)[: slots.contents_start])
    digest.update(memoryview(data)[slots.contents_end :])
    attributes = signed_attributes(digest.digest(), identity.certificate)
    value = key.sign(attributes)
    token = stamper.stamp(hashlib.sha256(value).digest())
    der = signature_container(identity, attributes, value, token)
    if len(der) > slots.room:
        raise ValueError(f"a signature of {len(der)} bytes does not fit into {slots.room}")
    start = slots.contents_start + 1
    data[start : start + 2 * len(der)] = der.hex().encode()
    stamp = cms.ContentInfo.load(token)["content"]
    info: Any = stamp["encap_content_info"]["content"].parsed
    stamped_at = info["gen_time"].native
    if revocation is None:
        return SignedFile(bytes(data), stamped_at)
    stamp_certificates = [choice.chosen.dump() for choice in stamp["certificates"]]
    ours = [identity.certificate, *identity.chain, *stamp_certificates]
    proof = revocation.evidence(ours)
    return SignedFile(_with_evidence(bytes(data), ours, proof), stamped_at)


def _with_evidence(data: bytes, ours: Sequence[bytes], proof: Evidence) -> bytes:
    """The file with a document security store as a further revision (EN 319 142-1 §5.4.2)."""
    writer = open_revision(data)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(der) for der in (*ours, *proof.certificates)],
        ocsps=[ocsp.OCSPResponse.load(der) for der in proof.ocsps],
        crls=[crl.CertificateList.load(der) for der in proof.crls],
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()

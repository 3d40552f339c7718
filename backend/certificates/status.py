"""Revocation lists (RFC 5280 §5) and OCSP answers (RFC 6960), as bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from backend.certificates.profiles import Signing, digest_for

OCSP_LIFETIME = timedelta(days=1)
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 (RFC 5019 clients name certificates so; nothing is signed)
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True)
class Revoked:
    """One entry of a revocation list; `reason` is a CRLReason name such as keyCompromise."""

    serial: int
    at: datetime
    reason: str | None


@dataclass(frozen=True)
class Standing:
    """What is known of one certificate: issued here or not, and revoked since when."""

    issued: bool
    revoked: Revoked | None = None

    @property
    def ocsp(self) -> ocsp.OCSPCertStatus:
        if self.revoked:
            return ocsp.OCSPCertStatus.REVOKED
        return ocsp.OCSPCertStatus.GOOD if self.issued else ocsp.OCSPCertStatus.UNKNOWN


def revocation_list(
    issuer: Signing, number: int, entries: Iterable[Revoked], now: datetime, lifetime: timedelta
) -> bytes:
    """A complete CRL, DER. Expired certificates stay listed: old papers are checked for decades."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now)
        .next_update(now + lifetime)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                issuer.certificate.extensions.get_extension_for_class(
                    x509.SubjectKeyIdentifier
                ).value
            ),
            critical=False,
        )
    )
    for entry in entries:
        line = (
            x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.at)
        )
        if entry.reason:
            line = line.add_extension(x509.CRLReason(x509.ReasonFlags(entry.reason)), False)
        builder = builder.add_revoked_certificate(line.build())
    return builder.sign(issuer.key, digest_for(issuer.key)).public_bytes(Encoding.DER)


def issuer_hashes(certificate: x509.Certificate, algorithm: str) -> tuple[bytes, bytes]:
    """How an OCSP request names an issuer: digests of its name and of its key (RFC 6960 §4.1.1)."""
    key = certificate.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return (
        _digest(algorithm, certificate.subject.public_bytes()),
        _digest(algorithm, key),
    )


def ocsp_response(
    serial: int,
    standing: Standing,
    *,
    issuer: x509.Certificate,
    responder: Signing,
    algorithm: str,
    nonce: bytes | None,
    now: datetime,
) -> bytes:
    """A signed answer about one certificate, DER."""
    name_hash, key_hash = issuer_hashes(issuer, algorithm)
    revoked = standing.revoked
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            name_hash,
            key_hash,
            serial,
            HASHES[algorithm],
            standing.ocsp,
            now,
            now + OCSP_LIFETIME,
            revoked.at if revoked else None,
            x509.ReasonFlags(revoked.reason) if revoked and revoked.reason else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        .certificates([responder.certificate])
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _digest(algorithm: str, data: bytes) -> bytes:
    digest = hashes.Hash(HASHES[algorithm])
    digest.update(data)
    return digest.finalize()

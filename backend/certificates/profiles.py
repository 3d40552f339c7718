"""What each kind of certificate of the embedded authority says: the only place where one is shaped.

The root signs the issuing authority and the certifier of activation keys; the issuing authority
signs signers, the OCSP responder (RFC 6960 §4.2.2.2), the time-stamping unit (RFC 3161 §2.3), the
key of claims on paper and the seal of verification reports.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from backend.certificates.kinds import AuthorityKind

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""id-kp-documentSigning, RFC 9336."""
ACTIVATION_KEY = x509.ObjectIdentifier("2.25.173238340873918690840371431923628283532")
"""Our own purpose (a UUID arc, X.667): what vouches for activation keys vouches for nothing else."""

CLAIM_KEY = x509.ObjectIdentifier("2.25.91874130256387420571937265018234987102")
"""Our own purpose: what signs claims on paper signs no document."""

YEAR = timedelta(days=365)
LIFETIME = {
    AuthorityKind.ROOT: 20 * YEAR,
    AuthorityKind.ISSUING: 10 * YEAR,
    AuthorityKind.ACTIVATION: 10 * YEAR,
    AuthorityKind.TSA: 6 * YEAR,
    AuthorityKind.OCSP: 1 * YEAR,
    AuthorityKind.CLAIM: 3 * YEAR,
    AuthorityKind.REPORT: 2 * YEAR,
}
ISSUER_OF = {
    AuthorityKind.ROOT: AuthorityKind.ROOT,
    AuthorityKind.ISSUING: AuthorityKind.ROOT,
    AuthorityKind.ACTIVATION: AuthorityKind.ROOT,
    AuthorityKind.TSA: AuthorityKind.ISSUING,
    AuthorityKind.OCSP: AuthorityKind.ISSUING,
    AuthorityKind.CLAIM: AuthorityKind.ISSUING,
    AuthorityKind.REPORT: AuthorityKind.ISSUING,
}
COMMON_NAME = {
    AuthorityKind.ROOT: "Otoritas Akar",
    AuthorityKind.ISSUING: "Otoritas Penerbit",
    AuthorityKind.ACTIVATION: "Penjamin Kunci Aktivasi",
    AuthorityKind.TSA: "Penanda Waktu",
    AuthorityKind.OCSP: "Penjawab Status",
    AuthorityKind.CLAIM: "Penanda Kode Kertas",
    AuthorityKind.REPORT: "Laporan Verifikasi",
}
CURVE = {AuthorityKind.ROOT: ec.SECP384R1()}
"""The root lives longest; all others are P-256."""
MAX_NAME = 64
"""ub-common-name and ub-organization-name, RFC 5280 appendix A."""

PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class Profile(StrEnum):
    """What a caller of the issuing key may ask for. None of them can sign certificates."""

    SIGNER = "signer"
    SEAL = "seal"
    """The agency as a legal person (ETSI EN 319 412-3): it names no human being."""
    ACTIVATION = "activation"


PROFILE_LIFETIME = {
    Profile.SIGNER: 2 * YEAR,
    Profile.SEAL: 2 * YEAR,
    Profile.ACTIVATION: timedelta(days=7),
}


@dataclass(frozen=True)
class Subject:
    """Whom a certificate names."""

    common_name: str
    organisation: str
    identifier: str
    """Opaque, unique and alphanumeric, so that two people of one name differ; no NIP or NIK."""


@dataclass(frozen=True)
class Addresses:
    """Where relying parties ask. The words stand in certificates for ever."""

    origin: str

    def crl(self, authority_id: UUID) -> str:
        return f"{self.origin}/pki/{authority_id}.crl"

    def certificate(self, authority_id: UUID) -> str:
        return f"{self.origin}/pki/{authority_id}.cer"

    @property
    def ocsp(self) -> str:
        return f"{self.origin}/ocsp"

    def public(self, code: str) -> str:
        """The citizen's page of one document: version 1 of an address that is for ever."""
        return f"{self.origin}/v/{code}"

    @property
    def status_list(self) -> str:
        return f"{self.origin}/.well-known/status/1"


@dataclass(frozen=True)
class Signing:
    """An authority's key in use: what every certificate it makes needs to know of it."""

    id: UUID
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def fitted(name: str) -> str:
    """A name within the 64 characters X.520 allows, cut between words."""
    if len(name) <= MAX_NAME:
        return name
    return name[: MAX_NAME + 1].rsplit(" ", 1)[0][:MAX_NAME].rstrip(" ,")


def digest_for(key: ec.EllipticCurvePrivateKey) -> SHA256 | SHA384:
    return SHA384() if key.curve.key_size > 256 else SHA256()


def authority_name(kind: AuthorityKind, organisation: str) -> x509.Name:
    subject = Subject(
        f"{COMMON_NAME[kind]} {fitted(organisation)}", organisation, secrets.token_hex(4)
    )
    return _seal_name(subject) if kind is AuthorityKind.REPORT else _name(subject)


def authority_certificate(
    kind: AuthorityKind,
    name: x509.Name,
    *,
    key: ec.EllipticCurvePrivateKey,
    issuer: Signing | None,
    addresses: Addresses,
    now: datetime,
) -> x509.Certificate:
    """A certificate of the installation's own; `issuer` is None for the self-signed root."""
    builder = _base(name, key.public_key(), issuer, now, LIFETIME[kind])
    match kind:
        case AuthorityKind.ROOT:
            builder = _certifies(builder, path_length=None)
        case AuthorityKind.ISSUING:
            builder = _certifies(builder, path_length=0)
        case AuthorityKind.ACTIVATION:
            builder = _certifies(builder, path_length=0).add_extension(
                x509.ExtendedKeyUsage([ACTIVATION_KEY]), critical=True
            )
        case AuthorityKind.TSA:
            builder = _end_entity(builder, digital_signature=True).add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
            )
        case AuthorityKind.OCSP:
            builder = (
                _end_entity(builder, digital_signature=True)
                .add_extension(
                    x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False
                )
                .add_extension(x509.OCSPNoCheck(), critical=False)
            )
        case AuthorityKind.CLAIM:
            builder = _end_entity(builder, digital_signature=True).add_extension(
                x509.ExtendedKeyUsage([CLAIM_KEY]), critical=True
            )
        case AuthorityKind.REPORT:
            builder = _signs_documents(builder)
    if issuer is not None:
        # A responder that must not be asked about itself carries no OCSP address.
        ocsp = kind in {AuthorityKind.TSA, AuthorityKind.REPORT}
        builder = _asks(builder, issuer, addresses, ocsp=ocsp)
    signing_key = issuer.key if issuer else key
    return builder.sign(signing_key, digest_for(signing_key))


def leaf_certificate(
    profile: Profile,
    subject: Subject,
    public_key: PublicKey,
    *,
    issuer: Signing,
    addresses: Addresses,
    now: datetime,
) -> x509.Certificate:
    """The certificate of a signer, of the seal or of an activation key."""
    name = _seal_name(subject) if profile is Profile.SEAL else _name(subject)
    builder = _base(name, public_key, issuer, now, PROFILE_LIFETIME[profile])
    match profile:
        case Profile.SIGNER | Profile.SEAL:
            builder = _asks(_signs_documents(builder), issuer, addresses, ocsp=True)
        case Profile.ACTIVATION:
            builder = _end_entity(builder, key_agreement=True).add_extension(
                x509.ExtendedKeyUsage([ACTIVATION_KEY]), critical=True
            )
    return builder.sign(issuer.key, digest_for(issuer.key))


def load_public_key(der: bytes) -> PublicKey:
    """A P-256 or RSA (3072 bits and more) key from its SubjectPublicKeyInfo, or ValueError."""
    key = load_der_public_key(der)
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 3072:
        return key
    raise ValueError("neither P-256 nor RSA of 3072 bits")


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _name(subject: Subject) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, fitted(subject.organisation)),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, subject.identifier),
            x509.NameAttribute(NameOID.COMMON_NAME, fitted(subject.common_name)),
        ]
    )


def _seal_name(subject: Subject) -> x509.Name:
    """EN 319 412-3 §4.2.1: the organisation's identifier, in our own scheme (412-1 §5.1.4)."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, fitted(subject.organisation)),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"PD:ID-{subject.identifier}"),
            x509.NameAttribute(NameOID.COMMON_NAME, fitted(subject.common_name)),
        ]
    )


def names_a_seal(certificate: x509.Certificate) -> bool:
    """Whether this is a legal person's certificate, and so a seal instead of a signature."""
    named = {attribute.oid for attribute in certificate.subject}
    human = {NameOID.GIVEN_NAME, NameOID.SURNAME, NameOID.PSEUDONYM, NameOID.SERIAL_NUMBER}
    return NameOID.ORGANIZATION_IDENTIFIER in named and not named & human


def _base(
    name: x509.Name,
    public_key: PublicKey,
    issuer: Signing | None,
    now: datetime,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    start = now.replace(microsecond=0)
    end = start + lifetime
    builder = x509.CertificateBuilder().subject_name(name).public_key(public_key)
    own_id = x509.SubjectKeyIdentifier.from_public_key(public_key)
    issuer_id = own_id
    if issuer is not None:
        # No certificate outlives its issuer: RFC 5280 §6.1 would reject it when it mattered.
        end = min(end, issuer.certificate.not_valid_after_utc)
        issuer_id = issuer.certificate.extensions.get_extension_for_class(
            x509.SubjectKeyIdentifier
        ).value
    return (
        builder.issuer_name(issuer.certificate.subject if issuer else name)
        # 128 random bits: several validators match signers by serial number alone.
        .serial_number(secrets.randbits(128))
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(own_id, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id),
            critical=False,
        )
    )


def _certifies(
    builder: x509.CertificateBuilder, path_length: int | None
) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.BasicConstraints(ca=True, path_length=path_length), critical=True
    ).add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)


def _end_entity(builder: x509.CertificateBuilder, **usage: bool) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    ).add_extension(_usage(**usage), critical=True)


def _signs_documents(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    # emailProtection besides documentSigning: poppler trusts no leaf without it.
    return _end_entity(builder, digital_signature=True, content_commitment=True).add_extension(
        x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]),
        critical=False,
    )


def _usage(**on: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: on.get(name, False) for name in names})


def _asks(
    builder: x509.CertificateBuilder, issuer: Signing, addresses: Addresses, *, ocsp: bool
) -> x509.CertificateBuilder:
    """Says where the issuer's certificate, its CRL and, if any, its OCSP responder are."""
    uri = x509.UniformResourceIdentifier
    access = [
        x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, uri(addresses.certificate(issuer.id))
        )
    ]
    if ocsp:
        access.insert(
            0, x509.AccessDescription(AuthorityInformationAccessOID.OCSP, uri(addresses.ocsp))
        )
    point = x509.DistributionPoint(
        full_name=[uri(addresses.crl(issuer.id))],
        relative_name=None,
        reasons=None,
        crl_issuer=None,
    )
    return builder.add_extension(
        x509.AuthorityInformationAccess(access), critical=False
    ).add_extension(x509.CRLDistributionPoints([point]), critical=False)

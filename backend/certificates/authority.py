"""The embedded authority as the database knows it: its certificates, and those it issues."""

import hashlib
from uuid import UUID

from cryptography import x509
from cryptography.x509.oid import NameOID
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from backend.audit import trail
from backend.certificates.issuer import IssuingKey
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority, Certificate, CertificateStatus
from backend.certificates.problems import AUTHORITY_MISSING
from backend.certificates.profiles import ISSUER_OF, Profile, Subject
from backend.core.db import Work

_LOCK = 0x41555448  # «AUTH»


def thumbprint(der: bytes) -> str:
    """How certificates are named everywhere: SHA-256 of the DER, hex."""
    return hashlib.sha256(der).hexdigest()


def common_name(der: bytes) -> str:
    """Whom a certificate names."""
    return _common_name(x509.load_der_x509_certificate(der).subject)


def issuer_name(der: bytes) -> str:
    """Who issued a certificate, in the words that stand on papers and pages."""
    return _common_name(x509.load_der_x509_certificate(der).issuer)


def serial_text(serial: int) -> str:
    """A serial number as the tables keep it: 32 hex digits."""
    return f"{serial:032x}"


def establish(work: Work, *, issuer: IssuingKey, organisation: str) -> None:
    """Makes the authorities if there are none, renews the delegated ones, registers them all.

    Idempotent, one caller at a time. `organisation` names the authorities at their first making.
    """
    work.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    newest: dict[AuthorityKind, UUID] = {}
    for known in issuer.establish(organisation):
        certificate = x509.load_der_x509_certificate(known.certificate)
        row = work.session.get(Authority, known.id)
        if row is None:
            row = Authority(
                id=known.id,
                kind=known.kind,
                certificate=known.certificate,
                issuer_id=newest.get(ISSUER_OF[known.kind]),
                not_before=certificate.not_valid_before_utc,
                not_after=certificate.not_valid_after_utc,
            )
            work.session.add(row)
            trail.record(
                work,
                "authority.established",
                "authority",
                row.id,
                kind=str(known.kind),
                thumbprint=thumbprint(known.certificate),
            )
        row.key_name = known.key_name
        if (previous := newest.get(known.kind)) is not None:
            work.session.get_one(Authority, previous).retired_at = certificate.not_valid_before_utc
        newest[known.kind] = known.id
        work.session.flush()


def is_established(session: Session) -> bool:
    """Whether this installation's authorities were made."""
    return bool(session.scalar(select(exists().where(Authority.kind == AuthorityKind.ISSUING))))


def current(session: Session, kind: AuthorityKind) -> Authority:
    """The authority of a kind that is in use. Raises AUTHORITY_MISSING before the first run."""
    found = session.scalars(
        select(Authority)
        .where(Authority.kind == kind, Authority.retired_at.is_(None))
        .order_by(Authority.id.desc())
    ).first()
    if found is None:
        raise AUTHORITY_MISSING()
    return found


def issue(
    work: Work,
    *,
    issuer: IssuingKey,
    person_id: UUID | None,
    subject: Subject,
    public_key: bytes,
    decision_id: UUID | None,
) -> Certificate:
    """A certificate for a public key (SubjectPublicKeyInfo, DER): a signer's, or nobody's seal."""
    profile = Profile.SEAL if person_id is None else Profile.SIGNER
    der = issuer.issue(profile, subject, public_key)
    certificate = x509.load_der_x509_certificate(der)
    row = Certificate(
        person_id=person_id,
        issuer_id=current(work.session, AuthorityKind.ISSUING).id,
        serial=serial_text(certificate.serial_number),
        der=der,
        thumbprint=thumbprint(der),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        status=CertificateStatus.VALID,
        status_at=work.now,
        decision_id=decision_id,
    )
    work.session.add(row)
    work.session.flush()
    trail.record(
        work,
        "certificate.issued",
        "certificate",
        row.id,
        person_id=str(person_id) if person_id else None,
        serial=row.serial,
        thumbprint=row.thumbprint,
        decision_id=str(decision_id) if decision_id else None,
    )
    return row


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()

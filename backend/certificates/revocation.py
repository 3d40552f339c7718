"""What relying parties are told: revocation lists, OCSP answers, and both as evidence for files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from backend.certificates.authority import current, establish, serial_text
from backend.certificates.issuer import IssuingKey
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import (
    Authority,
    Certificate,
    CertificateStatus,
    RevocationList,
)
from backend.certificates.problems import FOREIGN_CERTIFICATE
from backend.certificates.status import HASHES, Revoked, Standing, issuer_hashes
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.organisation.models import Agency

RENEW_EVERY = timedelta(days=1)
"""The issuing authority's list lives a week: a server may be down over a long weekend."""
RENEW_ROOT_BEFORE = timedelta(days=60)
MAX_NONCE = 128
"""RFC 9654 §2.1."""


@dataclass(frozen=True)
class Evidence:
    """What proves, offline and later, that a certificate was good: DER of each."""

    certificates: tuple[bytes, ...]
    """Issuers up to and including the root."""
    ocsps: tuple[bytes, ...]
    crls: tuple[bytes, ...]

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(
            self.certificates + other.certificates,
            self.ocsps + other.ocsps,
            self.crls + other.crls,
        )


class RevocationSource(Protocol):
    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        """Issuers and revocation data of these certificates (DER), up to their roots.

        Call it with no transaction open: it may wait for a network.
        Raises FOREIGN_CERTIFICATE for one that it knows nothing of.
        """
        ...


class EmbeddedRevocations:
    """Evidence about the installation's own certificates, with no HTTP between.

    `elsewhere` is asked about others, such as those of an external time-stamping authority.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        issuer: IssuingKey,
        elsewhere: RevocationSource | None = None,
    ) -> None:
        self._sessions = sessions
        self._issuer = issuer
        self._elsewhere = elsewhere

    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        with self._sessions() as session:
            issuing = current(session, AuthorityKind.ISSUING).certificate
            root = current(session, AuthorityKind.ROOT)
            root_list = published(session, root.id).der
            ends = [der for der in certificates if der not in {issuing, root.certificate}]
            own: list[tuple[int, Standing]] = []
            others: list[bytes] = []
            for der in ends:
                serial = x509.load_der_x509_certificate(der).serial_number
                standing = standing_of(session, serial)
                if standing.issued:
                    own.append((serial, standing))
                else:
                    others.append(der)
        # Asked after the transaction: the key lives in another process, others far away.
        answers = [self._issuer.ocsp(*one, "sha256", None) for one in own]
        evidence = Evidence((issuing, root.certificate), tuple(answers), (root_list,))
        if not others:
            return evidence
        if self._elsewhere is None:
            raise FOREIGN_CERTIFICATE()
        return evidence + self._elsewhere.evidence(others)


def standing_of(session: Session, serial: int) -> Standing:
    """What is known here about a serial number of the issuing authority."""
    row = session.scalars(
        select(Certificate).where(
            Certificate.serial == serial_text(serial), Certificate.issuer_id.is_not(None)
        )
    ).first()
    if row is not None:
        return Standing(issued=True, revoked=_entry(row))
    delegated = session.scalars(
        select(Authority.certificate).where(
            Authority.kind.in_([AuthorityKind.OCSP, AuthorityKind.TSA, AuthorityKind.REPORT])
        )
    )
    return Standing(
        any(x509.load_der_x509_certificate(der).serial_number == serial for der in delegated)
    )


def publish(work: Work, *, issuer: IssuingKey, kind: AuthorityKind) -> RevocationList:
    """Signs and stores a new complete CRL of the root or the issuing authority.

    Two publishers queue on the list's row, so that numbers never repeat or go back.
    """
    authority = current(work.session, kind)
    known = work.session.get(
        RevocationList, authority.id, with_for_update=True, populate_existing=True
    )
    entries: Sequence[Revoked] = ()
    if kind is AuthorityKind.ISSUING:
        entries = _entries(work.session, authority.id)
    number = known.number + 1 if known else 1
    der = issuer.crl(kind, number, entries)
    return store(work, authority.id, der)


def store(work: Work, authority_id: UUID, der: bytes) -> RevocationList:
    """Keeps a list as the newest of its authority."""
    crl = x509.load_der_x509_crl(der)
    if crl.next_update_utc is None:
        raise ValueError("a revocation list without nextUpdate")
    return work.session.merge(
        RevocationList(
            authority_id=authority_id,
            number=crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number,
            der=der,
            this_update=crl.last_update_utc,
            next_update=crl.next_update_utc,
        )
    )


def make_ready(work: Work, *, issuer: IssuingKey) -> None:
    """Everything the authorities need to serve today: safe to call at any time, and often.

    Before the agency has a name there is nothing to make.
    """
    organisation = work.session.scalar(select(Agency.name))
    if organisation is not None:
        establish(work, issuer=issuer, organisation=organisation)
        publish_due(work, issuer=issuer)


def publish_due(work: Work, *, issuer: IssuingKey) -> None:
    """Renews each list that is old: the issuing authority's daily, the root's 60 days ahead.

    A root that was taken offline is left alone; `doctor` reminds of it.
    """
    issuing = current(work.session, AuthorityKind.ISSUING)
    known = work.session.get(RevocationList, issuing.id)
    if known is None or work.now - known.this_update >= RENEW_EVERY:
        publish(work, issuer=issuer, kind=AuthorityKind.ISSUING)
    root = current(work.session, AuthorityKind.ROOT)
    known = work.session.get(RevocationList, root.id)
    if root.key_name and (known is None or known.next_update - work.now < RENEW_ROOT_BEFORE):
        publish(work, issuer=issuer, kind=AuthorityKind.ROOT)


def published(session: Session, authority_id: UUID) -> RevocationList:
    """The newest list of an authority, as served."""
    found = session.get(RevocationList, authority_id)
    if found is None:
        raise NOT_FOUND()
    return found


def answer(session: Session, request: bytes, *, issuer: IssuingKey) -> bytes:
    """An OCSP response (DER) to a request (DER); what cannot be answered is said in OCSP too."""
    refuse = ocsp.OCSPResponseBuilder.build_unsuccessful
    try:
        wanted = ocsp.load_der_ocsp_request(request)
        algorithm, nonce = wanted.hash_algorithm.name, _nonce(wanted)
    except (ValueError, NotImplementedError):
        refused = refuse(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        return refused.public_bytes(Encoding.DER)
    authority = x509.load_der_x509_certificate(current(session, AuthorityKind.ISSUING).certificate)
    ours = algorithm in HASHES and issuer_hashes(authority, algorithm) == (
        wanted.issuer_name_hash,
        wanted.issuer_key_hash,
    )
    if not ours:
        return refuse(ocsp.OCSPResponseStatus.UNAUTHORIZED).public_bytes(Encoding.DER)
    standing = standing_of(session, wanted.serial_number)
    return issuer.ocsp(wanted.serial_number, standing, algorithm, nonce)


def _nonce(request: ocsp.OCSPRequest) -> bytes | None:
    for extension in request.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            nonce = extension.value.nonce
            return nonce if 1 <= len(nonce) <= MAX_NONCE else None
    return None


def _entries(session: Session, issuer_id: UUID) -> list[Revoked]:
    rows = session.scalars(
        select(Certificate)
        .where(Certificate.issuer_id == issuer_id, Certificate.status != CertificateStatus.VALID)
        .order_by(Certificate.status_at)
    )
    return [entry for row in rows if (entry := _entry(row))]


def _entry(row: Certificate) -> Revoked | None:
    match row.status:
        case CertificateStatus.VALID:
            return None
        case CertificateStatus.SUSPENDED:
            return Revoked(int(row.serial, 16), row.status_at, "certificateHold")
        case CertificateStatus.REVOKED:
            return Revoked(int(row.serial, 16), row.status_at, row.reason)

"""Suspending, resuming and revoking signers' certificates. The lists say so in the same moment."""

from enum import StrEnum
from uuid import UUID

from backend.audit import trail
from backend.certificates import revocation
from backend.certificates.issuer import IssuingKey
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Certificate, CertificateStatus
from backend.certificates.problems import NOT_SUSPENDED, NOT_VALID
from backend.core.db import Work
from backend.core.errors import FORBIDDEN, NOT_FOUND
from backend.identity.models import (
    DecisionKind,
    DecisionState,
    SecurityEventKind,
    TwoOfficerDecision,
)
from backend.identity.problems import OWN_CASE
from backend.identity.security import announce
from backend.organisation.models import Role


class RevocationReason(StrEnum):
    """The CRLReasons (RFC 5280 §5.3.1) that an officer may give."""

    KEY_COMPROMISE = "keyCompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"


def suspend(work: Work, certificate_id: UUID, note: str, *, issuer: IssuingKey) -> Certificate:
    """Puts a certificate on hold: its holder or any officer, at once. Raises NOT_VALID."""
    row = visible(work, certificate_id)
    if row.status is not CertificateStatus.VALID:
        raise NOT_VALID()
    _change(work, row, CertificateStatus.SUSPENDED, "certificateHold", note)
    _tell(work, row, SecurityEventKind.CERTIFICATE_SUSPENDED)
    revocation.publish(work, issuer=issuer, kind=AuthorityKind.ISSUING)
    return row


def unsuspend(work: Work, decision: TwoOfficerDecision, *, issuer: IssuingKey) -> Certificate:
    """What two officers agreed on. Raises NOT_SUSPENDED, or NOT_FOUND for another's certificate."""
    agreed = (
        decision.kind is DecisionKind.UNSUSPEND_CERTIFICATE
        and decision.state is DecisionState.AGREED
    )
    if not agreed:
        raise FORBIDDEN()
    row = _locked(work, _certificate_id(decision))
    if row.person_id != decision.person_id:
        raise NOT_FOUND()
    if row.status is not CertificateStatus.SUSPENDED:
        raise NOT_SUSPENDED()
    _change(work, row, CertificateStatus.VALID, None, None)
    _tell(work, row, SecurityEventKind.CERTIFICATE_UNSUSPENDED)
    revocation.publish(work, issuer=issuer, kind=AuthorityKind.ISSUING)
    return row


def revoke(
    work: Work,
    certificate_id: UUID,
    reason: RevocationReason,
    note: str,
    *,
    issuer: IssuingKey,
) -> Certificate:
    """Ends a certificate for good, from now on: an officer, never about themselves."""
    row = _locked(work, certificate_id)
    if Role.REGISTRATION_OFFICER not in work.actor.roles:
        raise FORBIDDEN() if row.person_id == work.actor.person_id else NOT_FOUND()
    if row.person_id == work.actor.person_id:
        raise OWN_CASE()
    if row.status is CertificateStatus.REVOKED:
        raise NOT_VALID()
    end(work, row, reason, note)
    revocation.publish(work, issuer=issuer, kind=AuthorityKind.ISSUING)
    return row


def end(work: Work, row: Certificate, reason: RevocationReason, note: str) -> None:
    """The revocation itself; the caller publishes the list."""
    _change(work, row, CertificateStatus.REVOKED, str(reason), note)
    _tell(work, row, SecurityEventKind.CERTIFICATE_REVOKED)


def visible(work: Work, certificate_id: UUID) -> Certificate:
    """A certificate that the acting person may know of: their own, or an officer's any; locked."""
    row = _locked(work, certificate_id)
    if row.person_id != work.actor.person_id and Role.REGISTRATION_OFFICER not in work.actor.roles:
        raise NOT_FOUND()
    return row


def _tell(work: Work, row: Certificate, kind: SecurityEventKind) -> None:
    if row.person_id is not None:
        announce(work, row.person_id, kind, serial=row.serial)


def _locked(work: Work, certificate_id: UUID) -> Certificate:
    row = work.session.get(
        Certificate, certificate_id, with_for_update=True, populate_existing=True
    )
    # What others issued is theirs to suspend and to revoke.
    if row is None or row.issuer_id is None:
        raise NOT_FOUND()
    return row


def _certificate_id(decision: TwoOfficerDecision) -> UUID:
    try:
        return UUID(str(decision.payload.get("certificate_id")))
    except ValueError as error:
        raise NOT_FOUND() from error


def _change(
    work: Work,
    row: Certificate,
    status: CertificateStatus,
    reason: str | None,
    note: str | None,
) -> None:
    row.status, row.status_at, row.reason = status, work.now.replace(microsecond=0), reason
    work.session.flush()
    trail.record(
        work,
        f"certificate.{status}",
        "certificate",
        row.id,
        person_id=row.person_id,
        serial=row.serial,
        reason=reason,
        note=note,
    )

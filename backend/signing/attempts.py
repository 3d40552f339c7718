"""One authorised signature in the database: begun, dispatched, then finished, failed or unknown.

Each function is one part of a transaction of the caller's. Only the commit that finishes an attempt
makes a signature known; whatever bytes exist before it count for nothing.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from cryptography import x509
from sqlalchemy import Table, bindparam, insert, select, update

from backend.certificates.models import Certificate, CertificateStatus
from backend.core.db import Work, expire
from backend.core.errors import CONFLICT, NOT_FOUND, DomainError
from backend.core.ids import new_id
from backend.core.jobs import Job, defer
from backend.core.swift import SwiftInsert, SwiftStatement, driver
from backend.documents.models import Document, SignatureLevel
from backend.identity import devices
from backend.identity.models import Account, Device
from backend.organisation import mandates
from backend.organisation.models import LOCAL, Mandate, Person, Position
from backend.routing.authority import require_mandate
from backend.routing.beginning import Beginning, begin_signing
from backend.routing.completion import finish_signing
from backend.routing.models import Step
from backend.routing.steps import abandon_signing, mark_unknown
from backend.signing.bsre.problems import REFUSED
from backend.signing.models import (
    AttemptState,
    Prepared,
    Signature,
    SigningAttempt,
    SigningAuthorisation,
)
from backend.signing.papers import Ready
from backend.signing.pdf.container import SignerIdentity
from backend.signing.problems import CERTIFICATE_SUSPENDED, INTERRUPTED, NO_CREDENTIAL
from backend.signing.provider import SignedFile, Task

ASK_AFTER = timedelta(seconds=30)
"""How long after an outcome stayed open the service is asked about it: it may still be at work."""
LONGEST = timedelta(minutes=10)
"""After this no service is still at work on what it was asked."""
UNDECIDED = frozenset({AttemptState.ACCEPTED, AttemptState.UNKNOWN})
# What an attempt's end needs, its row locked. Columns, since rows of the mapper cost more than the
# signature: there are hundreds of ends in a row.
_UNDER_WAY = SwiftStatement(
    select(
        SigningAttempt.state,
        SigningAttempt.step_id,
        SigningAttempt.document_id,
        SigningAttempt.provider,
        Prepared.version_id,
        Prepared.person_id,
        Prepared.certificate_id,
        Prepared.mandate_id,
        SigningAuthorisation.device_id,
        devices.MAY_SIGN.label("may_sign"),
        mandates.VALID.label("mandated"),
        Certificate.status,  # None where a service outside holds the certificate.
        Person.name,
        Mandate.kind,
        Position.title,
    )
    .join(Prepared, Prepared.id == SigningAttempt.prepared_id)
    .join(SigningAuthorisation, SigningAuthorisation.id == SigningAttempt.authorisation_id)
    .join(Device, Device.id == SigningAuthorisation.device_id)
    .outerjoin(Account, Account.person_id == Device.person_id)
    .join(Mandate, Mandate.id == Prepared.mandate_id)
    .join(Person, Person.id == Mandate.person_id)
    .join(Position, Position.id == Mandate.position_id)
    .outerjoin(Certificate, Certificate.id == SigningAuthorisation.certificate_id)
    .where(SigningAttempt.id == bindparam("attempt_id"))
    .with_for_update(of=SigningAttempt)
)
_BEGUN = SwiftInsert(
    SigningAttempt,
    *("id", "authorisation_id", "step_id", "document_id", "prepared_id"),
    *("person_id", "provider", "level", "state", "accepted_at"),
)
_attempt, _signature = (cast("Table", model.__table__) for model in (SigningAttempt, Signature))
_FINISHED = (
    update(_attempt)
    .where(_attempt.c.id == bindparam("signature_attempt_id"))
    .values(state=AttemptState.FINISHED, finished_at=bindparam("now"))
    .cte("finished")
)
_SIGNED = SwiftStatement(
    insert(_signature)
    .values({one.name: bindparam(f"signature_{one.name}") for one in _signature.columns})
    .add_cte(_FINISHED)
)


def begin(
    work: Work,
    authorisation: SigningAuthorisation,
    papers: Sequence[Ready],
    identity: SignerIdentity | None,
    *,
    alone: Collection[UUID] = (),
) -> list[Task]:
    """Takes each paper for one signature under this authorisation. `alone`: steps; see Task."""
    tasks = [
        Task(
            attempt_id=new_id(),
            person_id=prepared.person_id,
            document_id=prepared.document_id,
            at=authorisation.accepted_at,
            level=prepared.level,
            base_sha256=ready.version.sha256 or "",
            prepared_sha256=prepared.blob_sha256,
            layout=prepared.layout,
            identity=identity,
            first=prepared.first,
            alone=prepared.step_id in alone,
        )
        for ready in papers
        for prepared in (ready.prepared,)
    ]
    work.session.flush()
    _BEGUN.run(
        driver(work.session),
        [
            {
                "id": task.attempt_id,
                "authorisation_id": authorisation.id,
                "step_id": ready.prepared.step_id,
                "document_id": task.document_id,
                "prepared_id": ready.prepared.id,
                "person_id": task.person_id,
                "provider": authorisation.provider,
                "level": task.level,
                "state": AttemptState.ACCEPTED,
                "accepted_at": authorisation.accepted_at,
            }
            for ready, task in zip(papers, tasks, strict=True)
        ],
    )
    beginnings = [
        Beginning(
            ready.turn,
            ready.mandate,
            {
                "attempt": str(task.attempt_id),
                "prepared_sha256": ready.prepared.sha256,
                **authorisation.marks,
            },
        )
        for ready, task in zip(papers, tasks, strict=True)
    ]
    begin_signing(work, beginnings, device_id=authorisation.device_id)
    return tasks


def refused_before(work: Work, step_ids: Collection[UUID]) -> set[UUID]:
    """The steps whose files a service refused when it was asked before."""
    return set(
        work.session.scalars(
            select(SigningAttempt.step_id).where(
                SigningAttempt.step_id.in_(step_ids),
                SigningAttempt.failure["code"].astext == REFUSED.code,
            )
        )
    )


def dispatch(work: Work, attempt_id: UUID) -> None:
    """A service outside is about to be asked: commit this before the first byte is sent.

    Raises CONFLICT when the attempt was closed meanwhile.
    """
    attempt = locked(work, attempt_id)
    if attempt.state is not AttemptState.ACCEPTED:
        raise CONFLICT()
    attempt.dispatched_at = work.now


def finish(
    work: Work, attempt_id: UUID, made: SignedFile, digest: str, *, settled: bool = False
) -> None:
    """The stored file is the paper's signed file from here on.

    Unless something ended meanwhile that the signature needed; then the attempt fails instead.
    `settled`: it was unknown and made long ago, so what ended since does not matter.
    Raises CONFLICT when the attempt was closed already.
    """
    work.session.flush()
    swift = driver(work.session)
    rows = _UNDER_WAY.rows(swift, attempt_id=attempt_id, at=work.now)
    if not rows:
        raise NOT_FOUND()
    found = rows[0]
    if found.state not in UNDECIDED:
        raise CONFLICT()
    try:
        if not settled:
            _require_still_allowed(work, found)
    except DomainError as refusal:
        _fail(work, locked(work, attempt_id), refusal)
        return
    finish_signing(
        work,
        found.step_id,
        found.document_id,
        signed_at=made.signed_at,
        file_sha256=digest,
        then=Job.VALIDATE_SIGNED,
        attempt=str(attempt_id),
    )
    _SIGNED.later(
        swift,
        {
            "now": work.now,
            "signature_id": new_id(),
            "signature_document_id": found.document_id,
            "signature_step_id": found.step_id,
            "signature_attempt_id": attempt_id,
            "signature_version_id": found.version_id,
            "signature_person_id": found.person_id,
            "signature_certificate_id": found.certificate_id
            or _certificate(work, found.person_id, made),
            "signature_field": made.field,
            "signature_file_sha256": digest,
            "signature_level": _level(work, found, made),
            "signature_signed_at": made.signed_at,
            "signature_signer_name": found.name,
            "signature_capacity": mandates.capacity_as(found.kind, found.title),
            "signature_voided_at": None,
        },
    )
    expire(work.session, SigningAttempt, attempt_id)


def _level(work: Work, found: Any, made: SignedFile) -> SignatureLevel:
    """What the signature is, or is to become: no service outside makes B-LTA, and archiving brings
    its papers there where their kind is kept for ever (archiving.py).
    """
    kept = SignatureLevel.B_LTA
    if found.provider == LOCAL:
        return made.level
    document = work.session.get_one(Document, found.document_id)
    return kept if document.type.level is kept else made.level


def _require_still_allowed(work: Work, found: Any) -> None:
    """What may have ended while the signature was made: device, account, certificate, mandate.

    A file that was made meanwhile is dropped: nothing is known of a signature before its commit.
    """
    if not found.may_sign:
        devices.require_may_sign(work, work.session.get_one(Device, found.device_id))
    if found.status is CertificateStatus.SUSPENDED:
        raise CERTIFICATE_SUSPENDED()
    if found.status not in {None, CertificateStatus.VALID}:
        raise NO_CREDENTIAL()
    if not found.mandated:
        step = work.session.get_one(Step, found.step_id)
        require_mandate(work, step, found.person_id, found.mandate_id)


def fail(work: Work, attempt_id: UUID, refusal: DomainError) -> None:
    """Nothing was signed: the step may be authorised anew. Raises CONFLICT when it was closed."""
    attempt = locked(work, attempt_id)
    if attempt.state not in UNDECIDED:
        raise CONFLICT()
    _fail(work, attempt, refusal)


def leave_unknown(work: Work, attempt_id: UUID, **facts: Any) -> None:
    """Only the service knows whether it signed: nobody tries again until that is known."""
    attempt = locked(work, attempt_id)
    if attempt.state is AttemptState.ACCEPTED:
        _leave_unknown(work, attempt, facts)


def close(work: Work, attempt_id: UUID) -> None:
    """Ends an attempt whose performer is gone: its key is lost, so it must be authorised anew.

    A finished signature is one that was committed; nothing else counts, whatever bytes exist,
    except at a service outside that was asked already.
    """
    attempt = locked(work, attempt_id)
    if attempt.state is not AttemptState.ACCEPTED:
        return
    if attempt.dispatched_at is None:
        _fail(work, attempt, INTERRUPTED())
    else:
        _leave_unknown(work, attempt, {})


def locked(work: Work, attempt_id: UUID) -> SigningAttempt:
    """The attempt as it is now, locked. Raises NOT_FOUND."""
    attempt = work.session.get(
        SigningAttempt, attempt_id, with_for_update=True, populate_existing=True
    )
    if attempt is None:
        raise NOT_FOUND()
    return attempt


def signed_at(work: Work, attempt: SigningAttempt) -> datetime | None:
    """When the attempt's signature was stamped; None where there is none."""
    return work.session.scalar(
        select(Signature.signed_at).where(Signature.attempt_id == attempt.id)
    )


def _fail(work: Work, attempt: SigningAttempt, refusal: DomainError) -> None:
    abandon_signing(work, attempt.step_id, code=refusal.code, params=refusal.params)
    attempt.state, attempt.finished_at = AttemptState.FAILED, work.now
    attempt.failure = {"code": refusal.code, "params": refusal.params}


def _leave_unknown(work: Work, attempt: SigningAttempt, facts: dict[str, Any]) -> None:
    mark_unknown(work, attempt.step_id, attempt=str(attempt.id), **facts)
    attempt.state = AttemptState.UNKNOWN
    at = work.now + ASK_AFTER
    defer(work.session, Job.RECONCILE_SIGNING, at=at, attempt_id=attempt.id)


def _certificate(work: Work, person_id: UUID, made: SignedFile) -> UUID:
    """The certificate a service outside signed with, kept as what others issued."""
    if made.certificate is None:
        raise ValueError("a signature by nobody known")
    thumbprint = hashlib.sha256(made.certificate).hexdigest()
    known = work.session.scalar(select(Certificate.id).where(Certificate.thumbprint == thumbprint))
    if known is not None:
        return known
    parsed = x509.load_der_x509_certificate(made.certificate)
    row = Certificate(
        person_id=person_id,
        serial=f"{thumbprint[:8]}:{parsed.serial_number:x}",
        der=made.certificate,
        thumbprint=thumbprint,
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        status=CertificateStatus.VALID,
        status_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row.id

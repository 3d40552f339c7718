"""Outcomes that a signing service left open, until somebody knows.

Nothing here asks for a signature again. The service is asked once for a file it may have kept; then
a registration officer decides with evidence: the signed file, checked as strictly as any result, or a
note that nothing was signed. Both ways end in the audit trail with who decided.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backend.audit.trail import record
from backend.core.db import Actor, Work
from backend.documents.models import Document
from backend.identity import statements
from backend.identity.models import Device
from backend.organisation.models import Person
from backend.signing import attempts
from backend.signing.activation import TYPE
from backend.signing.bsre.problems import (
    NOT_SET_UP,
    NOT_SIGNED_THERE,
    NOT_UNKNOWN,
    OWN_SIGNATURE,
    WRONG_RESULT,
)
from backend.signing.bsre.provider import BsreProvider
from backend.signing.bsre.result import WrongResultError
from backend.signing.models import (
    AttemptState,
    Prepared,
    ServiceCall,
    SigningAttempt,
    SigningAuthorisation,
)
from backend.signing.provider import SignedFile
from backend.signing.signing import Engine

OpenWork = Callable[[Actor], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Open:
    """One outcome that nobody knows, with every call that was made for it."""

    attempt: SigningAttempt
    document: Document
    signer: Person
    calls: Sequence[ServiceCall]


def listed(work: Work) -> list[Open]:
    """Every outcome that is open now, the oldest first."""
    rows = work.session.execute(
        select(SigningAttempt, Document, Person)
        .join(Document, Document.id == SigningAttempt.document_id)
        .join(Person, Person.id == SigningAttempt.person_id)
        .where(SigningAttempt.state == AttemptState.UNKNOWN)
        .order_by(SigningAttempt.id)
    ).all()
    return [
        Open(attempt, paper, signer, _calls(work, attempt.id)) for attempt, paper, signer in rows
    ]


def reconcile(open_work: OpenWork, engine: Engine, attempt_id: UUID) -> bool:
    """Asks the service for the file it may have kept, and finishes with it. Whether it is known now.

    Safe to repeat: only fetching is tried, never signing.
    """
    provider = _provider(engine)
    with open_work(Actor()) as work:
        attempt = work.session.get(SigningAttempt, attempt_id)
        if attempt is None or attempt.state is not AttemptState.UNKNOWN:
            return True
        references = [call.reference for call in _calls(work, attempt_id) if call.reference]
    for reference in dict.fromkeys(references):
        data = provider.fetch(attempt_id, reference)
        if data is None:
            continue
        try:
            made = _judge(open_work, provider, attempt_id, data)
        except WrongResultError:
            continue
        digest = engine.blobs.put(made.data, durable=True)
        with open_work(Actor()) as work:
            _finish(work, attempt_id, made, digest, by="service")
        return True
    return False


def settle_signed(
    open_work: OpenWork, engine: Engine, actor: Actor, attempt_id: UUID, data: bytes
) -> None:
    """An officer brings the signed file from the service: the step is done with it.

    Raises NOT_FOUND, NOT_UNKNOWN, OWN_SIGNATURE, or WRONG_RESULT for any other file.
    """
    provider = _provider(engine)
    with open_work(actor) as work:
        _require_open(work, attempt_id)
    try:
        made = _judge(open_work, provider, attempt_id, data)
    except WrongResultError as wrong:
        raise WRONG_RESULT(reason=wrong.reason) from wrong
    concluded = provider.opinion(attempt_id, data)
    digest = engine.blobs.put(made.data, durable=True)
    with open_work(actor) as work:
        _require_open(work, attempt_id)
        _finish(work, attempt_id, made, digest, by="officer", service_says=concluded)


def settle_unsigned(work: Work, attempt_id: UUID, note: str) -> None:
    """An officer made sure that the service did not sign: the step may be authorised anew.

    Raises NOT_FOUND, NOT_UNKNOWN or OWN_SIGNATURE.
    """
    attempt = _require_open(work, attempt_id)
    attempts.fail(work, attempt_id, NOT_SIGNED_THERE())
    record(
        work,
        "signing.settled",
        "document",
        attempt.document_id,
        attempt=attempt_id,
        outcome="not-signed",
        by="officer",
        note=note,
    )


def _finish(work: Work, attempt_id: UUID, made: SignedFile, digest: str, **how: str | None) -> None:
    attempt = attempts.locked(work, attempt_id)
    attempts.finish(work, attempt_id, made, digest, settled=True)
    record(
        work,
        "signing.settled",
        "document",
        attempt.document_id,
        attempt=attempt_id,
        outcome="signed",
        file_sha256=digest,
        **how,
    )


def _require_open(work: Work, attempt_id: UUID) -> SigningAttempt:
    attempt = attempts.locked(work, attempt_id)
    if attempt.state is not AttemptState.UNKNOWN:
        raise NOT_UNKNOWN()
    if attempt.person_id == work.actor.known_id:
        raise OWN_SIGNATURE()
    return attempt


def _judge(
    open_work: OpenWork, provider: BsreProvider, attempt_id: UUID, data: bytes
) -> SignedFile:
    """The file as the result of exactly this attempt. Raises WrongResultError.

    Only of the account that the signer's phone named: whose number was changed since is another.
    """
    with open_work(Actor()) as work:
        attempt = work.session.get_one(SigningAttempt, attempt_id)
        if provider.usable(work, attempt.person_id).thumbprint != _consented(work, attempt):
            raise WrongResultError("other-signer")
        prepared = work.session.get_one(Prepared, attempt.prepared_id)
        account = provider.account(work, attempt.person_id)
        until: datetime = (attempt.dispatched_at or attempt.accepted_at) + attempts.LONGEST
    order = provider.order(prepared.blob_sha256, prepared.layout)
    return provider.judge(data, order, account, attempt.accepted_at, until)


def _consented(work: Work, attempt: SigningAttempt) -> object:
    """The account named in the statement that authorised an attempt."""
    authorisation = work.session.get_one(SigningAuthorisation, attempt.authorisation_id)
    device = work.session.get_one(Device, authorisation.device_id)
    claims = statements.claims_signed_by(device.public_jwk, authorisation.sad, TYPE)
    return claims.get("credential")


def _calls(work: Work, attempt_id: UUID) -> Sequence[ServiceCall]:
    return work.session.scalars(
        select(ServiceCall).where(ServiceCall.attempt_id == attempt_id).order_by(ServiceCall.id)
    ).all()


def _provider(engine: Engine) -> BsreProvider:
    provider = engine.providers["bsre"]
    if not isinstance(provider, BsreProvider):
        raise NOT_SET_UP()
    return provider

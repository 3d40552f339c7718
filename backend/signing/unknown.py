"""Outcomes that a signing service left open, until somebody knows.

Nothing here asks for a signature again. The service is asked once for a file it may have kept; then
a registration officer brings the signed file, checked as strictly as any result. That nothing was
signed cannot be checked, and being wrong would sign a paper twice: two officers say it together,
with evidence, and not while the service may still be at work. Both ways end in the audit trail.
"""

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.audit.trail import record
from backend.core.db import Actor, Work
from backend.core.errors import FORBIDDEN, NOT_FOUND
from backend.documents.models import Document
from backend.identity import decisions, statements
from backend.identity.models import DecisionKind, DecisionState, Device, TwoOfficerDecision
from backend.organisation.models import Person
from backend.signing import attempts
from backend.signing.bsre.problems import (
    NOT_SET_UP,
    NOT_SIGNED_THERE,
    NOT_UNKNOWN,
    OWN_SIGNATURE,
    STILL_AT_WORK,
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
from backend.signing.planning import BSRE
from backend.signing.provider import SignedFile
from backend.signing.sad import TYPE
from backend.signing.signing import Engine

OpenWork = Callable[[Actor], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Open:
    """One outcome that nobody knows, with every call that was made for it."""

    attempt: SigningAttempt
    document: Document
    signer: Person
    calls: Sequence[ServiceCall]
    proposal: TwoOfficerDecision | None
    """One officer's word that nothing was signed; another's still has to follow."""

    @property
    def deniable_from(self) -> datetime:
        """Before, the service may still be at work on it."""
        return _over_at(self.attempt)


def listed(work: Work) -> list[Open]:
    """Every outcome that is open now, the oldest first."""
    rows = work.session.execute(
        select(SigningAttempt, Document, Person)
        .join(Document, Document.id == SigningAttempt.document_id)
        .join(Person, Person.id == SigningAttempt.person_id)
        .where(SigningAttempt.state == AttemptState.UNKNOWN)
        .order_by(SigningAttempt.id)
    ).all()
    proposed = decisions.proposed_of_attempts(work.session)
    return [
        Open(attempt, paper, signer, _calls(work, attempt.id), proposed.get(str(attempt.id)))
        for attempt, paper, signer in rows
    ]


def reconcile(open_work: OpenWork, engine: Engine, attempt_id: UUID) -> bool:
    """Asks the service for the file it may have kept, and finishes with it. Whether it is known now.

    Safe to repeat: only fetching is tried, never signing.
    """
    with open_work(Actor()) as work:
        provider = _provider(work, engine)
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
            decisions.withdraw_of_attempt(work, attempt_id)
            _finish(work, attempt_id, made, digest, by="service")
        return True
    return False


def settle_signed(
    open_work: OpenWork, engine: Engine, actor: Actor, attempt_id: UUID, data: bytes
) -> None:
    """An officer brings the signed file from the service: the step is done with it.

    Raises NOT_FOUND, NOT_UNKNOWN, OWN_SIGNATURE, or WRONG_RESULT for any other file.
    """
    with open_work(actor) as work:
        provider = _provider(work, engine)
        _require_open(work, attempt_id)
    try:
        made = _judge(open_work, provider, attempt_id, data)
    except WrongResultError as wrong:
        raise WRONG_RESULT(reason=wrong.reason) from wrong
    concluded = provider.opinion(attempt_id, data)
    digest = engine.blobs.put(made.data, durable=True)
    with open_work(actor) as work:
        # In this order wherever both are locked: the decision, then the attempt.
        decisions.withdraw_of_attempt(work, attempt_id)
        _require_open(work, attempt_id)
        _finish(work, attempt_id, made, digest, by="officer", service_says=concluded)


def propose_unsigned(work: Work, attempt_id: UUID, evidence: str) -> TwoOfficerDecision:
    """An officer made sure that the service did not sign. Another must agree (`settle_unsigned`).

    Raises NOT_FOUND, NOT_UNKNOWN, OWN_SIGNATURE, STILL_AT_WORK, DECISION_PENDING.
    """
    attempt = _require_deniable(work, attempt_id)
    return decisions.propose(
        work,
        DecisionKind.SIGNATURE_NOT_MADE,
        attempt.person_id,
        {"attempt_id": str(attempt_id), "evidence": evidence, "paper": _called(work, attempt)},
    )


def settle_unsigned(work: Work, decision: TwoOfficerDecision) -> None:
    """What two officers agreed on: the step may be authorised anew.

    Raises NOT_FOUND, NOT_UNKNOWN, OWN_SIGNATURE or STILL_AT_WORK.
    """
    agreed = (
        decision.kind is DecisionKind.SIGNATURE_NOT_MADE and decision.state is DecisionState.AGREED
    )
    if not agreed:
        raise FORBIDDEN()
    attempt = _require_deniable(work, UUID(decision.payload["attempt_id"]))
    if attempt.person_id != decision.person_id:
        raise NOT_FOUND()
    attempts.fail(work, attempt.id, NOT_SIGNED_THERE())
    record(
        work,
        "signing.settled",
        "document",
        attempt.document_id,
        attempt=attempt.id,
        outcome="not-signed",
        by="officers",
        decision=decision.id,
        proposed_by=decision.proposed_by,
        agreed_by=decision.decided_by,
        evidence=decision.payload["evidence"],
        note=decision.note,
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


def _require_deniable(work: Work, attempt_id: UUID) -> SigningAttempt:
    attempt = _require_open(work, attempt_id)
    if work.now < (over := _over_at(attempt)):
        raise STILL_AT_WORK(minutes=math.ceil((over - work.now) / timedelta(minutes=1)))
    return attempt


def _called(work: Work, attempt: SigningAttempt) -> str:
    """The paper as officers may know it: subjects are not for them."""
    document = work.session.get_one(Document, attempt.document_id)
    return document.number or document.type.name


def _over_at(attempt: SigningAttempt) -> datetime:
    """When no service is still at work on it."""
    asked: datetime = attempt.dispatched_at or attempt.accepted_at
    return asked + attempts.LONGEST


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
        until = _over_at(attempt)
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


def _provider(work: Work, engine: Engine) -> BsreProvider:
    provider = engine.providers[BSRE](work)
    if not isinstance(provider, BsreProvider):
        raise NOT_SET_UP()
    return provider

"""One activation, from acceptance to the last of its documents.

accept (transaction) → each document: perform (none open) → finish (transaction, performing.py).
What is opened to sign with lives on this call's stack alone and is forgotten when it ends. Whatever
is interrupted between ends as a complete signature or as none; the rest of an interrupted activation
waits for a new one (batches.py).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from backend.certificates.models import Authority, Certificate
from backend.core import crashpoints
from backend.core.blobs import BlobStore
from backend.core.db import Actor, Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.core.ids import new_id
from backend.core.masterkey import MasterKey
from backend.documents.models import Document
from backend.identity import devices
from backend.identity.passkeys import Confirmation
from backend.routing.access import may_read
from backend.routing.authority import require_mandate
from backend.routing.models import Step
from backend.signing import attempts, batches, performing
from backend.signing.activation import Activation, open_envelope, unlock
from backend.signing.models import SigningAuthorisation
from backend.signing.offline import replay
from backend.signing.offline.answers import AnsweredError
from backend.signing.papers import Ready, load_papers
from backend.signing.pdf.container import SignerIdentity
from backend.signing.planning import provider_name
from backend.signing.provider import ActivationOverError, Provider, Task
from backend.signing.sad import SadDocument

log = structlog.get_logger(__name__)

OpenWork = Callable[[Actor], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Engine:
    """What signing needs beside the database."""

    blobs: BlobStore
    keys: MasterKey
    providers: Mapping[str, Callable[[Work], Provider[Any]]]
    """Each by its name, on the agency's present terms."""
    device_delay: timedelta = devices.DELAY
    """Before a device signs whose passkey turned out to be copied."""

    def provider(self, work: Work) -> Provider[Any]:
        """Whoever the agency signs with now."""
        return self.providers[provider_name(work)](work)


@dataclass(frozen=True)
class Envelope:
    """What a phone sent, still sealed."""

    sad: str = field(repr=False)
    secrets: str = field(repr=False)
    audience: str
    """This installation's origin, as the phone sees it."""
    batch_id: UUID | None = None
    """The paused batch that this activation continues."""
    entry: str | None = None
    """Of an activation made without a line: the outbox entry that it came in."""
    passkey: Mapping[str, str] | None = field(default=None, repr=False)
    """What the device's authenticator said to it: the members of Confirmation."""


@dataclass(frozen=True)
class Accepted:
    """An activation that is used up and being performed."""

    batch_id: UUID
    attempt_ids: list[UUID]
    """In the SAD's order."""


@dataclass(frozen=True)
class _Order:
    """What is to be performed, and with what."""

    accepted: Accepted
    tasks: list[Task]
    provider: Provider[Any]
    opening: AbstractContextManager[Any]


def authorise(
    open_work: OpenWork,
    engine: Engine,
    actor: Actor,
    envelope: Envelope,
    *,
    desk: int,
    on_acceptance: Callable[[Accepted], None] = lambda _: None,
    going_on: Callable[[], bool] = lambda: True,
) -> Accepted:
    """Signs what the acting person's phone consented to; returns when every document has ended.

    Each document ends on its own: finished, failed with its reason, or unknown. Documents that
    cannot be signed any more are noted with why; when none can, the first refusal is raised and the
    envelope costs nothing; one that was made without a line is used up all the same, and answered the
    same when it comes again. `desk`: the presence of this process. `on_acceptance` is called once the
    acceptance is committed; when `going_on` says no, the rest pauses. Raises what `open_envelope`,
    `replay.open_replayed`, `unlock` and `batches.paused` refuse.
    """
    finished = False
    over: DomainError | None = None
    with ExitStack() as forgetting:
        try:
            with open_work(actor) as work:
                order = _accept(work, engine, envelope, desk)
                opened = forgetting.enter_context(order.opening)
                crashpoints.reach("signing.accepting")
        except AnsweredError as answered:
            accepted = Accepted(answered.batch_id, [])
            on_acceptance(accepted)
            return accepted
        except DomainError as refusal:
            if envelope.entry is not None:
                with open_work(actor) as work:
                    replay.refuse(work, envelope.sad, envelope.entry, refusal)
            raise
        crashpoints.reach("signing.accepted")
        on_acceptance(order.accepted)
        try:
            finished = performing.perform(
                lambda: open_work(actor),
                engine.blobs,
                order.provider,
                order.tasks,
                opened,
                going_on=going_on,
            )
        except ActivationOverError as error:
            over = error.refusal
        except Exception:
            # The database went away, or this process was taken for dead and the rest was closed.
            log.exception("batch given up", batch=str(order.accepted.batch_id))
    if finished:
        with open_work(actor) as work:
            batches.end(work, order.accepted.batch_id)
    else:
        batches.pause(open_work, order.accepted.batch_id, desk, over)
    return order.accepted


def _accept(work: Work, engine: Engine, envelope: Envelope, desk: int) -> _Order:
    provider = engine.provider(work)
    with _opened(work, engine, envelope, provider) as activation:
        documents = activation.claims.documents
        batch = None
        if envelope.batch_id is not None:
            steps = [document.step for document in documents]
            batch = batches.paused(work, envelope.batch_id, steps)
        judged = _judge(work, activation)
        opening: AbstractContextManager[Any] = nullcontext()
        if any(isinstance(outcome, Ready) for _, outcome in judged):
            opening = unlock(work, activation, keys=engine.keys, provider=provider)
        elif envelope.entry is None:
            raise next(outcome for _, outcome in judged if isinstance(outcome, DomainError))
    # Only now: a refused code or passphrase is kept, and must leave a paused batch paused.
    if batch is None:
        batch = batches.open_batch(work, desk)
    else:
        batches.go_on(batch, desk)
    authorisation = _record(work, activation, batch.id)
    several = provider.together is not None
    identity = _identity(work, activation.credential.certificate)
    refused = attempts.refused_before(work, [d.step for d in documents]) if several else set()
    papers = [outcome for _, outcome in judged if isinstance(outcome, Ready)]
    tasks = attempts.begin(work, authorisation, papers, identity, alone=refused)
    begun = iter(tasks)
    entries = [
        (one.id, one.step, next(begun).attempt_id if isinstance(outcome, Ready) else outcome)
        for one, outcome in judged
        if isinstance(outcome, Ready) or outcome.problem is not NOT_FOUND
    ]
    batches.enter(work, batch, entries)
    activation.accepted(work, batch.id)
    accepted = Accepted(batch.id, [task.attempt_id for task in tasks])
    return _Order(accepted, tasks, provider, opening)


def _opened(work: Work, engine: Engine, envelope: Envelope, provider: Provider[Any]) -> Activation:
    given: dict[str, Any] = {
        "audience": envelope.audience,
        "provider": provider,
        "keys": engine.keys,
        "said": Confirmation.of(envelope.passkey),
        "delay": engine.device_delay,
    }
    if envelope.entry is None:
        return open_envelope(work, envelope.sad, envelope.secrets, **given)
    return replay.open_replayed(work, envelope.sad, envelope.secrets, envelope.entry, **given)


def _judge(work: Work, activation: Activation) -> Sequence[tuple[SadDocument, Ready | DomainError]]:
    """Each document of the SAD, ready to be signed or with the reason why not."""
    documents = activation.claims.documents
    papers = load_papers(work, [document.step for document in documents])
    person_id, certificate_id = work.actor.known_id, activation.credential.certificate_id
    provider = activation.claims.provider
    judged: list[tuple[SadDocument, Ready | DomainError]] = []
    for wanted in documents:
        paper = papers.get(wanted.step, NOT_FOUND())
        try:
            if isinstance(paper, DomainError):
                raise _told(work, wanted, paper)
            level = activation.claims.level_of(wanted)
            ready = paper.require(wanted, level, person_id, certificate_id, provider)
            activation.check(ready)
            judged.append((wanted, ready))
        except DomainError as refusal:
            judged.append((wanted, refusal))
    return judged


def _told(work: Work, wanted: SadDocument, why: DomainError) -> DomainError:
    """What the person hears of a paper that has no turn any more: why, where the paper is theirs to
    know or the step was their position's; that they left office, where it was; else nothing of it.
    """
    step = work.session.get(Step, wanted.step)
    if step is None or step.document_id != wanted.id:
        return NOT_FOUND()
    if not may_read(work, work.session.get_one(Document, wanted.id)):
        try:
            require_mandate(work, step, work.actor.known_id)
        except DomainError as refusal:
            return refusal
    return why


def _record(work: Work, activation: Activation, batch_id: UUID) -> SigningAuthorisation:
    authorisation = SigningAuthorisation(
        id=new_id(),
        batch_id=batch_id,
        jti=activation.claims.jti,
        person_id=work.actor.known_id,
        device_id=activation.device.id,
        certificate_id=activation.credential.certificate_id,
        provider=activation.claims.provider,
        sad=activation.sad,
        confirmation=activation.confirmed.plain if activation.confirmed else None,
        accepted_at=work.now.replace(microsecond=0),
        marks=activation.marks,
    )
    work.session.add(authorisation)
    # Attempts name it, and items name attempts: no relationship tells the session in which order.
    work.session.flush()
    return authorisation


def _identity(work: Work, certificate: Certificate | None) -> SignerIdentity | None:
    if certificate is None:
        return None
    issuer = work.session.get_one(Authority, certificate.issuer_id)
    return SignerIdentity(certificate.der, (issuer.certificate,))

"""One authorisation, from acceptance to finished signatures.

accept (transaction) → perform (none open) → finish (transaction). Whatever is interrupted between
ends as a complete signature or as none: only the last commit makes a signature known, and an
attempt that nobody finishes is closed by `resume`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from backend.certificates.models import Authority, Certificate, CertificateStatus
from backend.certificates.revocation import RevocationSource
from backend.certificates.timestamps import TimeStamper
from backend.core import crashpoints
from backend.core.blobs import BlobStore
from backend.core.db import Actor, Work
from backend.core.errors import CONFLICT, NOT_FOUND, DomainError
from backend.core.jobs import Job, defer
from backend.core.masterkey import MasterKey
from backend.documents.models import Document, SignatureLevel, Version
from backend.identity import devices
from backend.identity.models import Device
from backend.organisation.mandates import capacity
from backend.organisation.models import Mandate, Person
from backend.routing import problems as routing_problems
from backend.routing.authority import require_mandate
from backend.routing.machine import Event
from backend.routing.models import Step
from backend.routing.rounds import load_for_step
from backend.routing.steps import abandon_signing, begin_signing, finish_signing, own_tick
from backend.signing import pades, selfcheck
from backend.signing.activation import Activation, SadDocument, open_envelope, unlock
from backend.signing.container import SignerIdentity
from backend.signing.models import (
    AttemptState,
    Prepared,
    Signature,
    SigningAttempt,
)
from backend.signing.placeholder import Placeholder, Slots
from backend.signing.planning import PROVIDER
from backend.signing.preparation import live_prepared
from backend.signing.problems import (
    CERTIFICATE_SUSPENDED,
    INTERRUPTED,
    NO_CREDENTIAL,
    NOT_MADE,
    PREPARATION_CHANGED,
)
from backend.signing.vault import KeyVault, UnlockedKey

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=90)
"""After this an attempt that nobody finished is closed; every wait on the way is shorter."""

OpenWork = Callable[[Actor], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Engine:
    """What signing needs beside the database."""

    blobs: BlobStore
    keys: MasterKey
    vault: KeyVault
    stamper: TimeStamper
    revocation: RevocationSource


@dataclass(frozen=True)
class _Task:
    """An accepted attempt, with everything needed to perform it without the database."""

    attempt_id: UUID
    at: datetime
    prepared_sha256: str
    slots: Slots
    base_sha256: str
    identity: SignerIdentity
    first: bool
    level: SignatureLevel


def authorise(
    open_work: OpenWork, engine: Engine, actor: Actor, sad: str, secrets: str, *, audience: str
) -> list[UUID]:
    """Signs what the acting person's phone consented to; the attempts, in the SAD's order.

    Documents that cannot be signed any more are left out while others can; when none can, the
    first refusal is raised and the envelope costs nothing. Raises what `open_envelope` and
    `unlock` refuse.
    """
    with ExitStack() as forgetting:
        with open_work(actor) as work:
            tasks, key = _accept(work, engine, sad, secrets, audience)
            forgetting.enter_context(key)
            crashpoints.reach("signing.accepting")
        crashpoints.reach("signing.accepted")
        for task in tasks:
            _perform_and_finish(open_work, engine, actor, task, key)
    return [task.attempt_id for task in tasks]


def resume(open_work: OpenWork, attempt_id: UUID) -> None:
    """Closes an attempt that a crash left open: its key is gone, so it can only be authorised anew.

    A finished signature is one that was committed; nothing else counts, whatever bytes exist.
    """
    with open_work(Actor()) as work:
        attempt = _locked(work, attempt_id)
        if attempt.state is AttemptState.ACCEPTED and work.now >= attempt.accepted_at + PATIENCE:
            _fail(work, attempt, INTERRUPTED())


def signed_at(work: Work, attempt: SigningAttempt) -> datetime | None:
    """When the attempt's signature was stamped; None where there is none."""
    return work.session.scalar(
        select(Signature.signed_at).where(Signature.attempt_id == attempt.id)
    )


def check_document(
    work: Work, wanted: SadDocument, certificate_id: UUID, level: SignatureLevel
) -> Prepared:
    """The prepared file that one document of a SAD means, if it may be signed now.

    Locks the document and changes nothing. Raises why not.
    """
    round_, step = load_for_step(work, wanted.step)
    document = round_.document
    if document.id != wanted.id:
        raise NOT_FOUND()
    person_id = work.actor.known_id
    prepared = live_prepared(work, step.id)
    named = prepared.mandate_id if prepared and prepared.person_id == person_id else None
    require_mandate(work, step, person_id, named)
    round_.decide(Event.BEGIN_SIGNING, step)
    own_tick(round_, step, person_id)
    version = work.session.get_one(Version, document.current_version_id)
    if version.sha256 != wanted.version_sha256:
        raise round_.explain(routing_problems.VERSION_REPLACED, step)
    if (
        prepared is None
        or prepared.person_id != person_id
        or prepared.version_id != version.id
        or prepared.certificate_id != certificate_id
        or prepared.sha256 != wanted.prepared_sha256
        or prepared.level is not level
    ):
        raise PREPARATION_CHANGED()
    return prepared


def _accept(
    work: Work, engine: Engine, sad: str, secrets: str, audience: str
) -> tuple[list[_Task], UnlockedKey]:
    activation = open_envelope(
        work,
        sad,
        secrets,
        audience=audience,
        provider=PROVIDER,
        keys=engine.keys,
    )
    with activation:
        good: list[Prepared] = []
        refusals: list[DomainError] = []
        # Always in the same order, so that two envelopes never wait for each other.
        for wanted in sorted(activation.claims.documents, key=lambda d: d.id):
            try:
                level = activation.claims.level_of(wanted)
                good.append(check_document(work, wanted, activation.certificate.id, level))
            except DomainError as refusal:
                refusals.append(refusal)
        if not good:
            raise refusals[0]
        key = unlock(work, activation, keys=engine.keys, vault=engine.vault)
    return [_begin(work, activation, prepared) for prepared in good], key


def _begin(work: Work, activation: Activation, prepared: Prepared) -> _Task:
    at = work.now.replace(microsecond=0)
    attempt = SigningAttempt(
        jti=activation.claims.jti,
        step_id=prepared.step_id,
        document_id=prepared.document_id,
        prepared_id=prepared.id,
        person_id=prepared.person_id,
        device_id=activation.device.id,
        certificate_id=prepared.certificate_id,
        sad=activation.sad,
        provider=activation.claims.provider,
        level=prepared.level,
        state=AttemptState.ACCEPTED,
        accepted_at=at,
    )
    work.session.add(attempt)
    work.session.flush()
    begin_signing(
        work,
        prepared.step_id,
        person_id=prepared.person_id,
        mandate_id=prepared.mandate_id,
        device_id=activation.device.id,
        attempt=str(attempt.id),
        prepared_sha256=prepared.sha256,
    )
    defer(work.session, Job.RESUME_SIGNING, at=at + PATIENCE, attempt_id=attempt.id)
    certificate = work.session.get_one(Certificate, prepared.certificate_id)
    issuer = work.session.get_one(Authority, certificate.issuer_id)
    version = work.session.get_one(Version, prepared.version_id)
    document = work.session.get_one(Document, prepared.document_id)
    return _Task(
        attempt_id=attempt.id,
        at=at,
        prepared_sha256=prepared.blob_sha256,
        slots=Slots.from_json(prepared.layout),
        base_sha256=version.sha256 or "",
        identity=SignerIdentity(certificate.der, (issuer.certificate,)),
        first=document.signed_sha256 is None,
        level=prepared.level,
    )


def _perform_and_finish(
    open_work: OpenWork, engine: Engine, actor: Actor, task: _Task, key: UnlockedKey
) -> None:
    try:
        digest, signed_at = _perform(engine, task, key)
    except Exception as error:
        log.exception("no signature was made", attempt=str(task.attempt_id))
        refusal = error if isinstance(error, DomainError) else NOT_MADE()
        with open_work(actor) as work:
            attempt = _locked(work, task.attempt_id)
            if attempt.state is AttemptState.ACCEPTED:
                _fail(work, attempt, refusal)
        return
    with open_work(actor) as work:
        _finish(work, task, digest, signed_at)
        crashpoints.reach("signing.finishing")
    crashpoints.reach("signing.finished")


def _perform(engine: Engine, task: _Task, key: UnlockedKey) -> tuple[str, datetime]:
    """The finished, checked and stored file's digest, and the time of its time stamp."""
    base = engine.blobs.get(task.base_sha256)
    prepared = Placeholder(engine.blobs.get(task.prepared_sha256), task.slots)
    made = pades.sign(
        prepared,
        task.at,
        key=key,
        identity=task.identity,
        stamper=engine.stamper,
        revocation=engine.revocation if task.level.carries_evidence else None,
    )
    crashpoints.reach("signing.made")
    expected = selfcheck.Expected(
        base=base,
        before=prepared.data,
        field=task.slots.field,
        certificate=task.identity.certificate,
        at=task.at,
        first=task.first,
        evidence=task.level.carries_evidence,
    )
    signed_at = selfcheck.check(made.data, expected)
    digest = engine.blobs.put(made.data)
    crashpoints.reach("signing.stored")
    return digest, signed_at


def _finish(work: Work, task: _Task, digest: str, signed_at: datetime) -> None:
    attempt = _locked(work, task.attempt_id)
    if attempt.state is not AttemptState.ACCEPTED:
        raise CONFLICT()
    try:
        _require_still_allowed(work, attempt)
    except DomainError as refusal:
        _fail(work, attempt, refusal)
        return
    step = finish_signing(
        work, attempt.step_id, signed_at=signed_at, file_sha256=digest, attempt=str(attempt.id)
    )
    prepared = work.session.get_one(Prepared, attempt.prepared_id)
    person = work.session.get_one(Person, prepared.person_id)
    mandate = work.session.get_one(Mandate, prepared.mandate_id)
    work.session.add(
        Signature(
            document_id=attempt.document_id,
            step_id=step.id,
            attempt_id=attempt.id,
            version_id=prepared.version_id,
            person_id=prepared.person_id,
            certificate_id=prepared.certificate_id,
            field=task.slots.field,
            file_sha256=digest,
            level=attempt.level,
            signed_at=signed_at,
            signer_name=person.name,
            capacity=capacity(mandate),
        )
    )
    attempt.state, attempt.finished_at = AttemptState.FINISHED, work.now
    defer(work.session, Job.VALIDATE_SIGNED, document_id=attempt.document_id)


def _require_still_allowed(work: Work, attempt: SigningAttempt) -> None:
    """What may have ended while the time stamp was awaited: device, account, certificate, mandate.

    A file that was made meanwhile is dropped: nothing is known of a signature before its commit.
    """
    devices.require_may_sign(work, work.session.get_one(Device, attempt.device_id))
    certificate = work.session.get_one(Certificate, attempt.certificate_id)
    if certificate.status is CertificateStatus.SUSPENDED:
        raise CERTIFICATE_SUSPENDED()
    if certificate.status is not CertificateStatus.VALID:
        raise NO_CREDENTIAL()
    step = work.session.get_one(Step, attempt.step_id)
    prepared = work.session.get_one(Prepared, attempt.prepared_id)
    require_mandate(work, step, attempt.person_id, prepared.mandate_id)


def _fail(work: Work, attempt: SigningAttempt, refusal: DomainError) -> None:
    """Nothing was signed: the step may be authorised anew."""
    abandon_signing(work, attempt.step_id, code=refusal.code, params=refusal.params)
    attempt.state, attempt.finished_at = AttemptState.FAILED, work.now
    attempt.failure = {"code": refusal.code, "params": refusal.params}


def _locked(work: Work, attempt_id: UUID) -> SigningAttempt:
    attempt = work.session.get(
        SigningAttempt, attempt_id, with_for_update=True, populate_existing=True
    )
    if attempt is None:
        raise NOT_FOUND()
    return attempt

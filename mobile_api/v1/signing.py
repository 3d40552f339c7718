"""Signing: what would be signed, the authorisation, its attempts, and batches of many."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, StringConstraints

from backend.core.db import Work
from backend.core.errors import NOT_FOUND, DomainError, Problem
from backend.documents.models import SignatureLevel
from backend.signing import preflight, progress, service_codes
from backend.signing.attempts import signed_at
from backend.signing.bsre.orders import ServicePlacement
from backend.signing.models import AttemptState, BatchState, SigningAttempt
from backend.signing.progress import ItemState, Progress
from backend.signing.provider import Activation
from backend.signing.sad import MOST_DOCUMENTS
from backend.signing.signing import Envelope
from mobile_api.access import signed_in
from mobile_api.context import current_actor, current_services, current_work
from mobile_api.fields import Body, LongStatement
from mobile_api.origin import audience

bp = APIBlueprint("signing", __name__, url_prefix="/api/v1", tag="signing")

PATIENCE = 20.0
"""Seconds that the answer about a single document may take; the phone asks again afterwards."""


Said = Annotated[str, StringConstraints(min_length=8, max_length=4096, pattern=r"^[\w-]+$")]


class PasskeySaid(Body):
    """An assertion (WebAuthn) by the device's passkey, base64url. Its challenge is the SHA-256 of the
    SAD's JWS signing input.
    """

    credential_id: Said
    client_data: Said
    authenticator_data: Said
    signature: Said


class Authorisation(Body):
    sad: LongStatement
    """Compact JWS, typ `sad+jwt`, by the device: {aud, sub, jti, iat, seq, grant, credential,
    provider, level, documents: [{id, step, version_sha256, prepared_sha256, action, level?}],
    jwe_sha256}. `level` is that of every document which does not name its own."""
    secrets: Annotated[str, StringConstraints(min_length=16, max_length=8192)]
    """Compact JWE to the activation key, protected header with `sad_jti`: {passphrase, code}."""
    batch: UUID | None = None
    """One's own paused batch that this activation continues."""
    passkey: PasskeySaid | None = None
    """Where the preflight names a passkey."""


class Refusal(BaseModel):
    code: str
    params: dict[str, Any]
    detail: str


class Attempt(BaseModel):
    id: UUID
    document_id: UUID
    step_id: UUID
    state: AttemptState
    signed_at: datetime | None
    problem: Refusal | None


class BatchSummary(BaseModel):
    id: UUID
    state: BatchState
    total: int
    done: int
    failed: int
    unknown: int
    remaining: int
    created_at: datetime
    finished_at: datetime | None
    problem: Refusal | None
    """Why it paused."""


class BatchItemShown(BaseModel):
    document_id: UUID
    step_id: UUID
    number: str | None
    subject: str
    state: ItemState
    signed_at: datetime | None
    problem: Refusal | None


class Batch(BatchSummary):
    items: list[BatchItemShown]


class Batches(BaseModel):
    items: list[BatchSummary]
    """What has not ended first, then the newest."""
    next_cursor: None = None


class Attempts(BaseModel):
    attempts: list[Attempt]
    """Of a single document."""
    batch: Batch | None
    """Of several documents."""


class CredentialShown(BaseModel):
    thumbprint: str
    issuer: str
    not_after: datetime | None
    """None where a service outside knows it."""


class Standing(BaseModel):
    ready: bool
    problem: Refusal | None
    credential: CredentialShown | None
    provider: str
    activation: Activation
    """What to ask beside the one-time code; it travels as `passphrase` in the secrets."""
    level: SignatureLevel
    """Of the papers that do not name their own."""
    tries_left: int
    code_wait_until: datetime | None
    passkey: str | None
    """The id of this device's passkey, where the agency asks it to confirm the SAD."""


class PreflightShown(Standing):
    document_id: UUID
    step_id: UUID
    version_sha256: str | None
    prepared_sha256: str | None
    input_sha256: str | None
    """Instead, where a service makes its own field: what its SAD names, with `placement`."""
    placement: ServicePlacement | None
    mandate_id: UUID | None
    capacity: str | None
    decree_number: str | None
    ends_at: datetime | None


class CodeOrder(Body):
    documents: Annotated[int, Field(ge=1, le=MOST_DOCUMENTS)]


class CodeSent(BaseModel):
    sent: bool


class PreflightOrder(Body):
    steps: Annotated[list[UUID], Field(min_length=1, max_length=MOST_DOCUMENTS)]


class PreflightItem(BaseModel):
    step_id: UUID
    document_id: UUID
    number: str | None
    subject: str
    unit_name: str
    type_name: str
    mandate_id: UUID | None
    capacity: str | None
    version_sha256: str | None
    prepared_sha256: str | None
    input_sha256: str | None
    placement: ServicePlacement | None
    level: SignatureLevel
    ready: bool
    problem: Refusal | None
    ticked_at: datetime | None


class Preflights(Standing):
    items: list[PreflightItem]


@bp.get("/steps/<uuid:step_id>/signing")
@signed_in
@bp.output(PreflightShown)
def show_preflight(step_id: UUID) -> PreflightShown:
    """Whether this step can be signed now, and the facts that a SAD states."""
    services, actor = current_services(), current_actor()
    leave_transaction()
    found = preflight.preflight(services.work, services.workshop, services.signing, actor, step_id)
    (item,), mandate = found.items, found.items[0].mandate
    return PreflightShown(
        **_standing(found),
        document_id=item.document.id,
        step_id=step_id,
        version_sha256=item.version_sha256,
        prepared_sha256=item.prepared_sha256,
        input_sha256=item.input_sha256,
        placement=ServicePlacement.model_validate(item.placement) if item.placement else None,
        mandate_id=mandate.id if mandate else None,
        capacity=item.capacity,
        decree_number=mandate.decree_number if mandate else None,
        ends_at=mandate.ends_at if mandate else None,
    )


@bp.post("/signing/preflights")
@signed_in
@bp.input(PreflightOrder)
@bp.output(Preflights)
def show_preflights(json_data: PreflightOrder) -> Preflights:
    """Whether each of these steps can be signed now with one activation; unknown ones are left out.

    `ready` says whether the person can sign at all; each paper has its own answer.
    """
    services, actor = current_services(), current_actor()
    leave_transaction()
    found = preflight.preflights(services.work, services.signing, actor, json_data.steps)
    return Preflights(**_standing(found), items=[_preflight_item(item) for item in found.items])


@bp.post("/signing/service-codes")
@signed_in
@bp.input(CodeOrder)
@bp.output(CodeSent, status_code=201)
def send_service_code(json_data: CodeOrder) -> CodeSent:
    """Has the service outside send the signer a code for so many papers; its answer is no code."""
    services, actor = current_services(), current_actor()
    leave_transaction()
    service_codes.send(services.work, services.signing, actor, json_data.documents)
    return CodeSent(sent=True)


@bp.post("/signing/authorisations")
@signed_in
@bp.input(Authorisation)
@bp.output(Attempts)
def authorise(json_data: Authorisation) -> ResponseReturnValue | Attempts:
    """Signs what the phone consented to.

    A single document is answered with how it ended (200), several with their batch as soon as they
    are accepted (202): GET /signing/batches/{id} tells how far they are.
    """
    services, actor = current_services(), current_actor()
    leave_transaction()
    envelope = Envelope(
        json_data.sad,
        json_data.secrets,
        audience(),
        json_data.batch,
        passkey=said(json_data.passkey),
    )
    accepted = services.desk.authorise(actor, envelope, patience=PATIENCE)
    work = current_work()
    found = progress.progress(work, accepted.batch_id)
    if found.batch.total == 1:
        attempts = [_attempt(work, attempt_id) for attempt_id in accepted.attempt_ids]
        return Attempts(attempts=attempts, batch=None)
    answer = Attempts(attempts=[], batch=_batch(found))
    return answer.model_dump(mode="json"), 202


@bp.get("/signing/attempts/<uuid:attempt_id>")
@signed_in
@bp.output(Attempt)
def read(attempt_id: UUID) -> Attempt:
    """How one of one's own authorisations ended, or that it has not yet."""
    return _attempt(current_work(), attempt_id)


@bp.get("/signing/batches")
@signed_in
@bp.output(Batches)
def list_batches() -> Batches:
    """One's own authorisations of several documents, without their documents."""
    return Batches(
        items=[BatchSummary(**_summary(one)) for one in progress.own_batches(current_work())]
    )


@bp.get("/signing/batches/<uuid:batch_id>")
@signed_in
@bp.output(Batch)
def read_batch(batch_id: UUID) -> Batch:
    """How far one of one's own authorisations of several documents is."""
    return _batch(progress.progress(current_work(), batch_id))


def said(passkey: PasskeySaid | None) -> dict[str, str] | None:
    """As an envelope carries it."""
    return passkey.model_dump() if passkey else None


def leave_transaction() -> None:
    """Ends the request's own transaction: what follows has several, and waits between them."""
    current_work().session.commit()


def _standing(found: preflight.Preflight) -> dict[str, Any]:
    standing = found.standing
    return {
        "ready": found.problem is None,
        "problem": refusal(found.problem),
        "credential": CredentialShown(**vars(standing.credential)) if standing.credential else None,
        "provider": standing.provider,
        "activation": standing.activation,
        "level": found.level,
        "tries_left": standing.tries_left,
        "code_wait_until": standing.code_wait_until,
        "passkey": standing.passkey,
    }


def _preflight_item(item: preflight.Item) -> PreflightItem:
    document = item.document
    return PreflightItem(
        step_id=item.step_id,
        document_id=document.id,
        number=document.number,
        subject=document.subject,
        unit_name=document.unit.name,
        type_name=document.type.name,
        mandate_id=item.mandate.id if item.mandate else None,
        capacity=item.capacity,
        version_sha256=item.version_sha256,
        prepared_sha256=item.prepared_sha256,
        input_sha256=item.input_sha256,
        placement=ServicePlacement.model_validate(item.placement) if item.placement else None,
        level=item.level,
        ready=item.problem is None,
        problem=refusal(item.problem),
        ticked_at=item.ticked_at,
    )


def _attempt(work: Work, attempt_id: UUID) -> Attempt:
    attempt = work.session.get(SigningAttempt, attempt_id)
    if attempt is None or attempt.person_id != work.actor.person_id:
        raise NOT_FOUND()
    return Attempt(
        id=attempt.id,
        document_id=attempt.document_id,
        step_id=attempt.step_id,
        state=attempt.state,
        signed_at=signed_at(work, attempt),
        problem=recorded(attempt.failure),
    )


def _batch(found: Progress) -> Batch:
    items = [
        BatchItemShown(
            document_id=item.document_id,
            step_id=item.step_id,
            number=item.number,
            subject=item.subject,
            state=item.state,
            signed_at=item.signed_at,
            problem=recorded(item.failure),
        )
        for item in found.items
    ]
    return Batch(**_summary(found), items=items)


def _summary(found: Progress) -> dict[str, Any]:
    batch, counts = found.batch, found.counts
    return {
        "id": batch.id,
        "state": found.state,
        "total": batch.total,
        "done": counts.get(ItemState.DONE, 0),
        "failed": counts.get(ItemState.FAILED, 0),
        "unknown": counts.get(ItemState.UNKNOWN, 0),
        "remaining": found.remaining,
        "created_at": batch.created_at,
        "finished_at": batch.finished_at,
        "problem": recorded(batch.problem) if found.state is BatchState.PAUSED else None,
    }


def recorded(failure: dict[str, Any] | None) -> Refusal | None:
    """A refusal as the database keeps it, in words."""
    return refusal(Problem.registry[failure["code"]](**failure["params"])) if failure else None


def refusal(error: DomainError | None) -> Refusal | None:
    return Refusal(code=error.code, params=error.params, detail=error.detail) if error else None

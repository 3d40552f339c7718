"""Signing: what would be signed, the authorisation, its attempts, and where blocks stand."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints

from backend.core.db import Work
from backend.core.errors import NOT_FOUND, DomainError, Problem
from backend.documents.models import SignatureLevel
from backend.organisation.models import Role
from backend.signing import placing, preflight, signing
from backend.signing.geometry import Rect
from backend.signing.models import AttemptState, SigningAttempt
from backend.signing.placing import Check, Placed, Wish
from mobile_api.access import needs, signed_in
from mobile_api.context import current_actor, current_services, current_work
from mobile_api.fields import Body, Statement
from mobile_api.origin import audience

bp = APIBlueprint("signing", __name__, url_prefix="/api/v1", tag="signing")


class Authorisation(Body):
    sad: Statement
    """Compact JWS, typ `sad+jwt`, by the device: {aud, sub, jti, iat, seq, grant, credential,
    provider, level, documents: [{id, step, version_sha256, prepared_sha256, action, level?}],
    jwe_sha256}. `level` is that of every document which does not name its own."""
    secrets: Annotated[str, StringConstraints(min_length=16, max_length=8192)]
    """Compact JWE to the activation key, protected header with `sad_jti`: {passphrase, code}."""


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


class Attempts(BaseModel):
    attempts: list[Attempt]


class CredentialShown(BaseModel):
    thumbprint: str
    issuer: str
    not_after: datetime


class Preflight(BaseModel):
    ready: bool
    problem: Refusal | None
    document_id: UUID
    step_id: UUID
    version_sha256: str | None
    prepared_sha256: str | None
    credential: CredentialShown | None
    provider: str
    level: SignatureLevel
    mandate_id: UUID | None
    capacity: str | None
    decree_number: str | None
    ends_at: datetime | None
    tries_left: int
    code_wait_until: datetime | None


class PlacementWish(Body):
    ordinal: Annotated[int, Field(ge=1, le=50)]
    """The step's place on the route."""
    page: Annotated[int, Field(ge=1)] | None = None
    x: float | None = None
    """Points from the left and bottom of the page as displayed."""
    y: float | None = None
    width: Annotated[float, Field(gt=0)] | None = None
    height: Annotated[float, Field(gt=0)] | None = None
    anchor: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    """An anchor character in the text, instead of a rectangle."""


class PlacementPlan(Body):
    items: Annotated[list[PlacementWish], Field(max_length=20)]


class PlacementCheck(BaseModel):
    code: str
    ok: bool
    params: dict[str, Any]


class PlacementShown(BaseModel):
    ordinal: int
    position_title: str
    placed: bool
    page: int | None
    x: float | None
    y: float | None
    width: float | None
    height: float | None
    anchor: str | None
    checks: list[PlacementCheck]


class Placements(BaseModel):
    items: list[PlacementShown]
    anchors: list[str]
    """Anchor characters that stand in the text."""
    fixed: bool
    """A first signature was made: nothing can be moved any more."""


@bp.get("/steps/<uuid:step_id>/signing")
@signed_in
@bp.output(Preflight)
def show_preflight(step_id: UUID) -> Preflight:
    """Whether this step can be signed now, and the facts that a SAD states."""
    services, actor = current_services(), current_actor()
    _leave_transaction()
    found = preflight.preflight(services.work, services.workshop, actor, step_id)
    mandate, credential = found.mandate, found.credential
    return Preflight(
        ready=found.problem is None,
        problem=_refusal(found.problem) if found.problem else None,
        document_id=found.document_id,
        step_id=step_id,
        version_sha256=found.version_sha256,
        prepared_sha256=found.prepared_sha256,
        credential=CredentialShown(**vars(credential)) if credential else None,
        provider=found.provider,
        level=found.level,
        mandate_id=mandate.id if mandate else None,
        capacity=found.capacity,
        decree_number=mandate.decree_number if mandate else None,
        ends_at=mandate.ends_at if mandate else None,
        tries_left=found.tries_left,
        code_wait_until=found.code_wait_until,
    )


@bp.post("/signing/authorisations")
@signed_in
@bp.input(Authorisation)
@bp.output(Attempts)
def authorise(json_data: Authorisation) -> Attempts:
    """Signs what the phone consented to, and answers with how it ended."""
    services, actor = current_services(), current_actor()
    _leave_transaction()
    ids = signing.authorise(
        services.work,
        services.signing,
        actor,
        json_data.sad,
        json_data.secrets,
        audience=audience(),
    )
    work = current_work()
    return Attempts(attempts=[_show(work, attempt_id) for attempt_id in ids])


@bp.get("/signing/attempts/<uuid:attempt_id>")
@signed_in
@bp.output(Attempt)
def read(attempt_id: UUID) -> Attempt:
    """How one of one's own authorisations ended, or that it has not yet."""
    return _show(current_work(), attempt_id)


@bp.get("/documents/<uuid:document_id>/placements")
@signed_in
@bp.output(Placements)
def read_placements(document_id: UUID) -> Placements:
    """Where each signer's block stands or would stand, with what speaks against it."""
    return _placements(current_work(), document_id)


@bp.put("/documents/<uuid:document_id>/placements")
@needs(Role.OPERATOR)
@bp.input(PlacementPlan)
@bp.output(Placements)
def put_placements(document_id: UUID, json_data: PlacementPlan) -> Placements:
    """Places blocks as the operator dragged them; what is left out is placed in free space."""
    work = current_work()
    wishes = [_wish(item) for item in json_data.items]
    placing.place(work, document_id, wishes)
    return _placements(work, document_id)


def _leave_transaction() -> None:
    """Ends the request's own transaction: what follows has several, and waits between them."""
    current_work().session.commit()


def _show(work: Work, attempt_id: UUID) -> Attempt:
    attempt = work.session.get(SigningAttempt, attempt_id)
    if attempt is None or attempt.person_id != work.actor.person_id:
        raise NOT_FOUND()
    failure = attempt.failure
    return Attempt(
        id=attempt.id,
        document_id=attempt.document_id,
        step_id=attempt.step_id,
        state=attempt.state,
        signed_at=signing.signed_at(work, attempt),
        problem=_refusal(Problem.registry[failure["code"]](**failure["params"]))
        if failure
        else None,
    )


def _refusal(error: DomainError) -> Refusal:
    return Refusal(code=error.code, params=error.params, detail=error.detail)


def _wish(item: PlacementWish) -> Wish:
    corners = (item.x, item.y, item.width, item.height)
    if item.anchor is None and item.page is not None and None not in corners:
        rect = Rect(*(float(v) for v in corners if v is not None))
        return Wish(item.ordinal, page=item.page, rect=rect)
    return Wish(item.ordinal, anchor=item.anchor)


def _placements(work: Work, document_id: UUID) -> Placements:
    found = placing.placements(work, current_services().settings, document_id)
    return Placements(
        items=[_show_placed(item) for item in found.items],
        anchors=found.anchors,
        fixed=found.fixed,
    )


def _show_placed(item: Placed) -> PlacementShown:
    spot = item.spot
    return PlacementShown(
        ordinal=item.ordinal,
        position_title=item.position_title,
        placed=item.placed,
        page=spot.page if spot else None,
        x=spot.rect.x if spot else None,
        y=spot.rect.y if spot else None,
        width=spot.rect.width if spot else None,
        height=spot.rect.height if spot else None,
        anchor=spot.anchor if spot else None,
        checks=[_show_check(check) for check in item.checks],
    )


def _show_check(check: Check) -> PlacementCheck:
    return PlacementCheck(code=check.code, ok=check.ok, params=check.params)

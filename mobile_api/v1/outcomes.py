"""Signatures of which only the service knows whether they were made: officers settle them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.core.db import Work
from backend.core.errors import TOO_LARGE
from backend.organisation.models import Role
from backend.signing import unknown
from mobile_api.access import needs
from mobile_api.context import current_actor, current_services, current_work
from mobile_api.fields import Body
from mobile_api.v1.shown import DecisionAnswer, show_decisions

bp = APIBlueprint("outcomes", __name__, url_prefix="/api/v1/signing/unknown", tag="signing")


class ServiceCallShown(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    call: str
    at: datetime
    milliseconds: int
    outcome: str
    http_status: int | None
    code: int | None
    words: str | None
    reference: str | None


class UnknownOutcome(BaseModel):
    id: UUID
    """Of the attempt."""
    document_id: UUID
    number: str | None
    type_name: str
    signer: str
    own: bool
    """The reader is the signer, so that others settle it."""
    accepted_at: datetime
    deniable_from: datetime
    """Until then the service may still be at work, and nobody may say that nothing was signed."""
    proposal: DecisionAnswer | None
    """One officer's word that nothing was signed, which another must agree to."""
    calls: list[ServiceCallShown]


class UnknownOutcomes(BaseModel):
    items: list[UnknownOutcome]
    next_cursor: None = None


class Asked(BaseModel):
    known: bool


class NotSigned(Body):
    evidence: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=8, max_length=1000)
    ]
    """How the officer made sure."""


@bp.get("")
@needs(Role.REGISTRATION_OFFICER, Role.AUDITOR)
@bp.output(UnknownOutcomes)
def listed() -> UnknownOutcomes:
    """Every open outcome with what the service answered. Subjects are not for officers."""
    work = current_work()
    return UnknownOutcomes(items=[_show(work, found) for found in unknown.listed(work)])


@bp.post("/<uuid:attempt_id>/ask")
@needs(Role.REGISTRATION_OFFICER)
@bp.output(Asked)
def ask(attempt_id: UUID) -> Asked:
    """Asks the service for the file it may have kept. It never signs anew."""
    services = current_services()
    current_work().session.commit()
    return Asked(known=unknown.reconcile(services.work, services.signing, attempt_id))


@bp.put("/<uuid:attempt_id>/file")
@needs(Role.REGISTRATION_OFFICER)
@bp.output(Asked)
def put_file(attempt_id: UUID) -> Asked:
    """The signed PDF from the service as the raw body: checked as strictly as any result."""
    services, actor = current_services(), current_actor()
    limit = services.settings.upload_limit_bytes * 2
    if (request.content_length or 0) > limit:
        raise TOO_LARGE(limit_mb=limit // 1_000_000)
    request.max_content_length = limit
    data = request.get_data()
    current_work().session.commit()
    unknown.settle_signed(services.work, services.signing, actor, attempt_id, data)
    return Asked(known=True)


@bp.post("/<uuid:attempt_id>/not-signed")
@needs(Role.REGISTRATION_OFFICER)
@bp.input(NotSigned)
@bp.output(DecisionAnswer, status_code=201)
def not_signed(attempt_id: UUID, json_data: NotSigned) -> DecisionAnswer:
    """The first officer's word that nothing was signed; the step opens again with the second's."""
    work = current_work()
    decision = unknown.propose_unsigned(work, attempt_id, json_data.evidence)
    return show_decisions(work.session, [decision])[0]


def _show(work: Work, found: unknown.Open) -> UnknownOutcome:
    proposal = [found.proposal] if found.proposal else []
    return UnknownOutcome(
        id=found.attempt.id,
        document_id=found.document.id,
        number=found.document.number,
        type_name=found.document.type.name,
        signer=found.signer.name,
        own=found.signer.id == work.actor.person_id,
        accepted_at=found.attempt.accepted_at,
        deniable_from=found.deniable_from,
        proposal=next(iter(show_decisions(work.session, proposal)), None),
        calls=[ServiceCallShown.model_validate(call) for call in found.calls],
    )

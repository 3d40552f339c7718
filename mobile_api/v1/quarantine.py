"""What one's own lost phone sent after it was reported: look at it, discard it, or confirm it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, StringConstraints

from backend.identity import quarantine
from backend.identity.models import QuarantineKind, QuarantineState
from backend.routing.reading import papers_of
from backend.signing.offline import confirming
from backend.signing.signing import Envelope
from mobile_api.access import signed_in
from mobile_api.context import current_actor, current_services, current_work
from mobile_api.fields import Body, LongStatement
from mobile_api.origin import audience
from mobile_api.v1.shown import Page
from mobile_api.v1.signing import PATIENCE, PasskeySaid, leave_transaction, said
from mobile_api.v1.sync import Outcomes, documents_of, outcomes

bp = APIBlueprint("quarantine", __name__, url_prefix="/api/v1/quarantine", tag="offline")


class Confirmation(Body):
    """A fresh authorisation on the line, by a phone that may sign; see POST /signing/authorisations."""

    sad: LongStatement
    secrets: Annotated[str, StringConstraints(min_length=16, max_length=8192)]
    passkey: PasskeySaid | None = None


class PaperNamed(BaseModel):
    step_id: UUID
    document_id: UUID
    number: str | None
    subject: str


class QuarantinedShown(BaseModel):
    id: UUID
    kind: QuarantineKind
    device_id: UUID
    device_name: str
    claimed_at: datetime | None
    """What the phone said, corrected by the skew it said."""
    arrived_at: datetime
    papers: list[PaperNamed]
    """Of those it names, the ones this person may see."""


@bp.get("")
@signed_in
@bp.output(Page[QuarantinedShown])
def listed() -> dict[str, Any]:
    """What waits for one's own word, the newest first."""
    work = current_work()
    items = []
    for row, device in quarantine.waiting(work):
        papers = [
            PaperNamed(
                step_id=step.id,
                document_id=document.id,
                number=document.number,
                subject=document.subject,
            )
            for step, document in papers_of(work, row.steps)
        ]
        items.append(
            QuarantinedShown(
                id=row.id,
                kind=row.kind,
                device_id=device.id,
                device_name=device.name,
                claimed_at=row.claimed_at,
                arrived_at=row.arrived_at,
                papers=papers,
            )
        )
    return {"items": items}


@bp.post("/<uuid:item_id>/discard")
@signed_in
@bp.output({}, status_code=204)
def discard(item_id: UUID) -> Response:
    """It was not me, or it is no longer wanted."""
    work = current_work()
    quarantine.decide(work, quarantine.own(work, item_id), QuarantineState.DISCARDED)
    return Response(status=204)


@bp.post("/<uuid:item_id>/confirm")
@signed_in
@bp.input(Confirmation)
@bp.output(Outcomes)
def confirm(item_id: UUID, json_data: Confirmation) -> Outcomes:
    """It was me: signs its papers (all or some) with a fresh authorisation from this phone.

    Ticks, initials, returns and rejections need none: they are simply done again.
    """
    services, actor = current_services(), current_actor()
    steps = [str(named.get("step")) for named in documents_of(json_data.sad)]
    confirming.require(current_work(), item_id, steps)
    leave_transaction()
    passkey = said(json_data.passkey)
    envelope = Envelope(json_data.sad, json_data.secrets, audience(), passkey=passkey)
    accepted = services.desk.authorise(actor, envelope, patience=PATIENCE)
    confirming.confirmed(current_work(), item_id, accepted.batch_id)
    return outcomes(json_data.sad, accepted)

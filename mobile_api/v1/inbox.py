"""An official's desk and history."""

from datetime import datetime
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import BaseModel

from backend.documents.models import Document, DocumentState, Secrecy, Urgency
from backend.routing.history import Deed, history
from backend.routing.inbox import DeskItem, desk
from backend.routing.models import Step, StepAction, StepState
from mobile_api.access import signed_in
from mobile_api.context import current_work
from mobile_api.pagination import PageQuery, page

bp = APIBlueprint("inbox", __name__, url_prefix="/api/v1", tag="routing")


class Paper(BaseModel):
    """What every row says about its document."""

    step_id: UUID
    document_id: UUID
    type_code: str
    type_name: str
    unit_name: str
    subject: str
    number: str | None
    secrecy: Secrecy
    urgency: Urgency
    due_at: datetime | None
    action: StepAction
    state: StepState


class Lapsed(BaseModel):
    """What one's position gave to an earlier version, void since a newer file came."""

    ordinal: int
    person_name: str
    own: bool
    done: bool
    """It was initialled or signed, not only ticked."""
    at: datetime | None
    """When the newer version was ready."""


class InboxItem(Paper):
    opened: bool
    ticked_at: datetime | None
    version_id: UUID | None
    version_ordinal: int
    page_count: int
    mandate_id: UUID | None
    capacity: str | None
    lapsed: Lapsed | None


class Inbox(BaseModel):
    items: list[InboxItem]
    next_cursor: str | None
    total: int
    unopened: int


class DeskQuery(PageQuery):
    ready: bool = False
    """Only what one has ticked and signs next."""


class HistoryItem(Paper):
    document_state: DocumentState
    version_ordinal: int
    capacity: str
    finished_at: datetime | None
    unknown_since: datetime | None
    """Instead, while only the signing service knows whether it was signed."""
    note: str | None
    voided: bool


class History(BaseModel):
    items: list[HistoryItem]
    next_cursor: str | None


@bp.get("/inbox")
@signed_in
@bp.input(DeskQuery, location="query")
@bp.output(Inbox)
def inbox(query_data: DeskQuery) -> Inbox:
    """What waits for every position one may act for now, most urgent first.

    Asked by an enrolled device, it marks what it shows as delivered.
    """
    after = query_data.position(int, datetime.fromisoformat, UUID)
    found = desk(current_work(), after=after, limit=query_data.limit, ready=query_data.ready)
    shown = page(found.items, query_data, show_item, lambda item: item.position)
    return Inbox(**shown, total=found.total, unopened=found.unopened)


@bp.get("/history")
@signed_in
@bp.input(PageQuery, location="query")
@bp.output(History)
def past(query_data: PageQuery) -> History:
    """What one authorised and nobody knows the outcome of; then what one initialled, signed, returned
    or rejected, newest first.
    """
    after = query_data.position(datetime.fromisoformat, UUID)
    rows = history(current_work(), after=after, limit=query_data.limit)
    return History(**page(rows, query_data, _show_deed, lambda deed: deed.position))


def show_item(item: DeskItem) -> InboxItem:
    step = item.step
    return InboxItem(
        **_paper(item.document, step, item.due_at),
        opened=step.first_read_at is not None,
        ticked_at=item.ticked_at,
        version_id=step.version_id,
        version_ordinal=item.version_ordinal,
        page_count=item.page_count,
        mandate_id=item.mandate.id if item.mandate else None,
        capacity=item.capacity,
        lapsed=Lapsed(**vars(item.lapsed)) if item.lapsed else None,
    )


def _show_deed(deed: Deed) -> HistoryItem:
    step = deed.step
    return HistoryItem(
        **_paper(deed.document, step, step.due_at),
        document_state=deed.document.state,
        version_ordinal=deed.version_ordinal,
        capacity=deed.capacity,
        finished_at=step.finished_at,
        unknown_since=deed.unknown_since,
        note=step.note,
        voided=deed.voided,
    )


def _paper(document: Document, step: Step, due_at: datetime | None) -> dict[str, Any]:
    return {
        "step_id": step.id,
        "document_id": document.id,
        "type_code": document.type_code,
        "type_name": document.type.name,
        "unit_name": document.unit.name,
        "subject": document.subject,
        "number": document.number,
        "secrecy": document.secrecy,
        "urgency": document.urgency,
        "due_at": due_at,
        "action": step.action,
        "state": step.state,
    }

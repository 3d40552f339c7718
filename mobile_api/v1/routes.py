"""A document's route: drawn, queued and withdrawn by its operators, followed by everyone on it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from backend.core.db import Work
from backend.documents.models import Document, DocumentState, Urgency
from backend.organisation.models import Role
from backend.routing import lifecycle, routes, tracking
from backend.routing.access import manages, require_reader
from backend.routing.models import EventKind, Step, StepAction, StepState
from backend.routing.routes import PlannedStep, Warned
from backend.routing.trail import Mark, newest_round, step_views, trail
from mobile_api.access import needs, signed_in
from mobile_api.context import current_work
from mobile_api.fields import Body, Moment
from mobile_api.pagination import PageQuery, page
from mobile_api.v1.steps import RouteStep, show_route_step

bp = APIBlueprint("routes", __name__, url_prefix="/api/v1", tag="routing")

WARNINGS = {
    "no-holder": "Belum ada pejabat yang memegang {position}. Naskah akan berhenti di sana.",
    "no-certificate": "{name} belum punya sertifikat, jadi belum dapat menandatangani.",
    "due-order": "Tenggat {position} lebih awal daripada tahap sebelumnya.",
}


class StepPlan(Body):
    position_id: UUID
    action: StepAction
    due_at: Moment | None = None


class RoutePlan(Body):
    steps: Annotated[list[StepPlan], Field(max_length=20)]


class OptionalNote(Body):
    note: Annotated[str, Field(max_length=2000)] = ""


class Succession(Body):
    successor_id: UUID
    note: Annotated[str, Field(max_length=2000)] = ""


class RouteWarning(BaseModel):
    ordinal: int
    code: str
    params: dict[str, Any]
    detail: str


class Route(BaseModel):
    document_id: UUID
    document_state: DocumentState
    revision: int
    round: int
    queued: bool
    version_id: UUID | None
    """The version this round is about; none while it is being drawn."""
    steps: list[RouteStep]
    warnings: list[RouteWarning]


class TimelineMark(BaseModel):
    id: str
    kind: EventKind
    at: datetime
    version_ordinal: int | None
    voided: bool
    step_id: UUID | None
    person_name: str | None
    capacity: str | None
    note: str | None
    data: dict[str, Any]


class Timeline(BaseModel):
    items: list[TimelineMark]
    steps: list[RouteStep]


class TrackingQuery(PageQuery):
    unit_id: UUID | None = None


class Tracked(BaseModel):
    document_id: UUID
    type_code: str
    unit_name: str
    subject: str
    number: str | None
    urgency: Urgency
    document_state: DocumentState
    step_id: UUID
    action: StepAction
    state: StepState
    waiting_for: str
    people: list[str]
    since: datetime | None
    due_at: datetime | None
    overdue: bool
    delivered_at: datetime | None
    read_at: datetime | None
    done: int
    total: int


class TrackingBoard(BaseModel):
    items: list[Tracked]
    next_cursor: str | None


@bp.put("/documents/<uuid:document_id>/route")
@needs(Role.OPERATOR)
@bp.input(RoutePlan)
@bp.output(Route)
def draw(document_id: UUID, json_data: RoutePlan) -> Route:
    """Replaces the route before the paper is queued: initials first, then at least one signature."""
    work = current_work()
    plan = [PlannedStep(step.position_id, step.action, step.due_at) for step in json_data.steps]
    round_ = routes.draw_route(work, document_id, plan)
    return _show_route(work, round_.document, round_.steps)


@bp.get("/documents/<uuid:document_id>/route")
@signed_in
@bp.output(Route)
def show(document_id: UUID) -> Route:
    """The newest round, and for operators what would hold it up."""
    work = current_work()
    document = require_reader(work, document_id)
    return _show_route(work, document, newest_round(work, document_id))


@bp.post("/documents/<uuid:document_id>/queue")
@needs(Role.OPERATOR)
@bp.output(Route)
def queue(document_id: UUID) -> Route:
    """Sends the paper on its way."""
    work = current_work()
    round_ = routes.queue(work, document_id)
    return _show_route(work, round_.document, round_.steps)


@bp.post("/documents/<uuid:document_id>/withdraw")
@needs(Role.OPERATOR)
@bp.input(OptionalNote)
@bp.output(Route)
def withdraw(document_id: UUID, json_data: OptionalNote) -> Route:
    """Takes the paper back to the operator's desk."""
    work = current_work()
    round_ = routes.withdraw(work, document_id, json_data.note.strip() or None)
    return _show_route(work, round_.document, round_.steps)


@bp.get("/documents/<uuid:document_id>/timeline")
@signed_in
@bp.output(Timeline)
def timeline(document_id: UUID) -> Timeline:
    """What happened, oldest first, and where the paper is now."""
    found = trail(current_work(), document_id)
    return Timeline(
        items=[_show_mark(mark) for mark in found.marks],
        steps=[show_route_step(view) for view in found.steps],
    )


@bp.post("/documents/<uuid:document_id>/send")
@needs(Role.OPERATOR)
@bp.output(Route)
def send(document_id: UUID) -> Route:
    """Marks a validated paper as distributed."""
    return _after(lifecycle.send(current_work(), document_id))


@bp.post("/documents/<uuid:document_id>/archive")
@needs(Role.OPERATOR)
@bp.output(Route)
def archive(document_id: UUID) -> Route:
    """Puts a finished paper away."""
    return _after(lifecycle.archive(current_work(), document_id))


@bp.post("/documents/<uuid:document_id>/revoke")
@signed_in
@bp.input(OptionalNote)
@bp.output(Route)
def revoke(document_id: UUID, json_data: OptionalNote) -> Route:
    """Ends a signed paper's effect; for who holds a position that signed it."""
    return _after(lifecycle.revoke(current_work(), document_id, json_data.note))


@bp.post("/documents/<uuid:document_id>/supersede")
@needs(Role.OPERATOR)
@bp.input(Succession)
@bp.output(Route)
def supersede(document_id: UUID, json_data: Succession) -> Route:
    """Points to the signed paper that takes this one's place."""
    work = current_work()
    return _after(lifecycle.supersede(work, document_id, json_data.successor_id, json_data.note))


@bp.get("/tracking")
@needs(Role.OPERATOR)
@bp.input(TrackingQuery, location="query")
@bp.output(TrackingBoard)
def board(query_data: TrackingQuery) -> TrackingBoard:
    """Where the papers of one's units are, the longest waiting first."""
    rows = tracking.board(
        current_work(),
        unit_id=query_data.unit_id,
        after=query_data.position(datetime.fromisoformat, UUID),
        limit=query_data.limit,
    )
    return TrackingBoard(**page(rows, query_data, _show_tracked, lambda row: row.position))


def _after(document: Document) -> Route:
    work = current_work()
    return _show_route(work, document, newest_round(work, document.id))


def _show_route(work: Work, document: Document, steps: list[Step]) -> Route:
    work.session.flush()
    warned = routes.warnings(work, steps) if manages(work.actor, document) else []
    return Route(
        document_id=document.id,
        document_state=document.state,
        revision=document.revision,
        round=steps[0].round if steps else 0,
        queued=bool(steps) and steps[0].version_id is not None,
        version_id=steps[0].version_id if steps else None,
        steps=[show_route_step(view) for view in step_views(work, steps)],
        warnings=[_show_warning(warning) for warning in warned],
    )


def _show_warning(warning: Warned) -> RouteWarning:
    return RouteWarning(
        ordinal=warning.ordinal,
        code=warning.code,
        params=warning.params,
        detail=WARNINGS[warning.code].format(**warning.params),
    )


def _show_mark(mark: Mark) -> TimelineMark:
    return TimelineMark(
        id=mark.id,
        kind=mark.kind,
        at=mark.at,
        version_ordinal=mark.version_ordinal,
        voided=mark.voided,
        step_id=mark.step_id,
        person_name=mark.person_name,
        capacity=mark.capacity,
        note=mark.note,
        data=mark.data,
    )


def _show_tracked(row: tracking.Whereabouts) -> Tracked:
    document, step = row.document, row.step
    return Tracked(
        document_id=document.id,
        type_code=document.type_code,
        unit_name=document.unit.name,
        subject=document.subject,
        number=document.number,
        urgency=document.urgency,
        document_state=document.state,
        step_id=step.id,
        action=step.action,
        state=step.state,
        waiting_for=row.capacity,
        people=row.people,
        since=step.opened_at,
        due_at=step.due_at or document.due_at,
        overdue=row.overdue,
        delivered_at=step.delivered_at,
        read_at=step.first_read_at,
        done=row.done,
        total=row.total,
    )

"""One step: everything the reader needs, and what an official does there."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from backend.core.db import Work
from backend.documents.models import Version
from backend.identity.models import QuarantineKind
from backend.notifications.notices import read_about_step
from backend.routing import decisions, ticks
from backend.routing.made import Made
from backend.routing.models import StepAction, StepState
from backend.routing.reading import Reading, reading
from backend.routing.trail import StepView
from mobile_api.access import from_outbox, signed_in
from mobile_api.context import current_work
from mobile_api.fields import Body, LongStatement, Moment
from mobile_api.origin import audience
from mobile_api.v1.inbox import InboxItem, show_item
from mobile_api.v1.page_images import PageImages, show_page
from mobile_api.v1.shown import MandateAnswer, show_mandate

SKEW = 366 * 24 * 3600
"""Seconds: a phone may think that it is another year."""

bp = APIBlueprint("steps", __name__, url_prefix="/api/v1/steps", tag="routing")


class VersionToRead(BaseModel):
    id: UUID
    ordinal: int
    sha256: str | None
    page_count: int
    pages: list[PageImages]


class TickMark(BaseModel):
    ticked_at: datetime
    version_sha256: str
    own: bool


class RouteStep(BaseModel):
    id: UUID
    ordinal: int
    action: StepAction
    state: StepState
    position_id: UUID
    position_title: str
    capacity: str
    holder_name: str | None
    people: list[str]
    due_at: datetime | None
    opened_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    ticked_at: datetime | None
    finished_at: datetime | None
    note: str | None


class StepDetail(InboxItem):
    version: VersionToRead
    tick: TickMark | None
    mandates: list[MandateAnswer]
    route: list[RouteStep]
    allowed: list[str]
    current_step_id: UUID | None


class MadeOffline(Body):
    """When and on what it was done, where there was no line."""

    at: Moment
    """By the phone's clock."""
    skew: Annotated[int, Field(ge=-SKEW, le=SKEW)]
    """Seconds by which that clock was ahead at the last sync."""
    version: UUID | None = None
    """The version that was on the screen."""

    def told(self) -> Made:
        return Made(self.at, timedelta(seconds=self.skew), self.version)


class Done(Body):
    made: MadeOffline | None = None


class TickRequest(Done):
    statement: LongStatement
    """Compact JWS, typ `tick+jwt`, by the device: {aud, sub, jti, iat, step, mandate, version,
    version_sha256, pages: [sha256 of each image as displayed]}."""
    take_over: bool = False


class NoteRequest(Done):
    note: str = ""


@bp.get("/<uuid:step_id>")
@signed_in
@bp.output(StepDetail)
def show(step_id: UUID) -> StepDetail:
    """The step, its version with every page image, the route, and what one may do."""
    return _answer(current_work(), step_id)


@bp.post("/<uuid:step_id>/opened")
@from_outbox(QuarantineKind.OPENED)
@bp.input(Done)
@bp.output(StepDetail)
def opened(step_id: UUID, json_data: Done) -> StepDetail:
    """Two grey ticks. Repeating it changes nothing."""
    work = current_work()
    decisions.opened(work, step_id, made=told(json_data))
    read_about_step(work, step_id)
    return _answer(work, step_id)


@bp.post("/<uuid:step_id>/tick")
@from_outbox(QuarantineKind.TICK)
@bp.input(TickRequest)
@bp.output(StepDetail)
def tick(step_id: UUID, json_data: TickRequest) -> StepDetail:
    """«I have read exactly this», signed by the device."""
    work = current_work()
    ticks.tick(
        work,
        step_id,
        json_data.statement,
        audience=audience(),
        take_over=json_data.take_over,
        made=told(json_data),
    )
    return _answer(work, step_id)


@bp.post("/<uuid:step_id>/initial")
@from_outbox(QuarantineKind.INITIAL)
@bp.input(Done)
@bp.output(StepDetail)
def initial(step_id: UUID, json_data: Done) -> StepDetail:
    """Paraf, on one's own tick."""
    work = current_work()
    decisions.initial(work, step_id, made=told(json_data))
    return _answer(work, step_id)


@bp.post("/<uuid:step_id>/return")
@from_outbox(QuarantineKind.RETURN)
@bp.input(NoteRequest)
@bp.output(StepDetail)
def give_back(step_id: UUID, json_data: NoteRequest) -> StepDetail:
    """Back to the operators for revision, with a note."""
    work = current_work()
    decisions.give_back(work, step_id, json_data.note, made=told(json_data))
    return _answer(work, step_id)


@bp.post("/<uuid:step_id>/reject")
@from_outbox(QuarantineKind.REJECT)
@bp.input(NoteRequest)
@bp.output(StepDetail)
def reject(step_id: UUID, json_data: NoteRequest) -> StepDetail:
    """Refused for good, with a note."""
    work = current_work()
    decisions.reject(work, step_id, json_data.note, made=told(json_data))
    return _answer(work, step_id)


def told(done: Done) -> Made | None:
    return done.made.told() if done.made else None


def _answer(work: Work, step_id: UUID) -> StepDetail:
    work.session.flush()
    return show_reading(work, reading(work, step_id))


def show_reading(work: Work, found: Reading) -> StepDetail:
    return StepDetail(
        **show_item(found.item).model_dump(),
        version=_show_version(found.version),
        tick=_show_tick(work, found),
        mandates=[show_mandate(mandate) for mandate in found.mandates],
        route=[show_route_step(view) for view in found.route],
        allowed=found.allowed,
        current_step_id=found.current_step_id,
    )


def show_route_step(view: StepView) -> RouteStep:
    step = view.step
    return RouteStep(
        id=step.id,
        ordinal=step.ordinal,
        action=step.action,
        state=step.state,
        position_id=step.position_id,
        position_title=step.position.title,
        capacity=view.capacity,
        holder_name=view.people[0] if view.people else None,
        people=view.people,
        due_at=step.due_at,
        opened_at=step.opened_at,
        delivered_at=step.delivered_at,
        read_at=step.first_read_at,
        ticked_at=view.ticked_at,
        finished_at=step.finished_at,
        note=step.note,
    )


def _show_tick(work: Work, found: Reading) -> TickMark | None:
    item = found.item
    if item.ticked_at is None or found.version.sha256 is None:
        return None
    return TickMark(
        ticked_at=item.ticked_at,
        version_sha256=found.version.sha256,
        own=item.ticked_by == work.actor.person_id,
    )


def _show_version(version: Version) -> VersionToRead:
    return VersionToRead(
        id=version.id,
        ordinal=version.ordinal,
        sha256=version.sha256,
        page_count=len(version.pages),
        pages=[show_page(page) for page in version.pages],
    )

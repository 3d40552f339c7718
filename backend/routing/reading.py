"""Everything the reader needs about one step, in one answer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import selectinload

from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.documents.models import Document, Page, Version
from backend.organisation.mandates import mandates_of
from backend.organisation.models import Mandate
from backend.routing.access import may_read
from backend.routing.inbox import DeskItem, desk_item, desk_items
from backend.routing.machine import ACTIVE, ON_ROUTE
from backend.routing.models import Step, StepAction, StepState
from backend.routing.trail import StepView, newest_rounds, step_views


@dataclass(frozen=True)
class Reading:
    item: DeskItem
    version: Version
    mandates: list[Mandate]
    """As whom the actor may act on this step."""
    route: list[StepView]
    allowed: list[str]
    """Of `tick`, `take-over`, `initial`, `sign`, `return` and `reject`."""
    current_step_id: UUID | None = None
    """Where the same position's turn is now, when this step belongs to an earlier round."""


def papers_of(work: Work, step_ids: Iterable[str]) -> list[tuple[Step, Document]]:
    """Steps named by somebody, with their papers, as far as the actor may know of them."""
    rows = work.session.execute(
        select(Step, Document)
        .join(Document, Document.id == Step.document_id)
        .where(cast(Step.id, String).in_(list(step_ids)))
        .order_by(Step.id)
    )
    return [(step, document) for step, document in rows if may_read(work, document)]


def reading(work: Work, step_id: UUID) -> Reading:
    """What the actor sees of a step and may do with it. Raises NOT_FOUND to outsiders."""
    item = desk_item(work, step_id)
    if item is None or item.step.version_id is None or not may_read(work, item.document):
        raise NOT_FOUND()
    (found,) = _readings(work, [item])
    return replace(found, current_step_id=_current_step(work, item.step))


def desk_readings(work: Work, step_ids: Collection[UUID]) -> dict[UUID, Reading]:
    """Many at once, in few queries; what is not on the actor's desk now is left out."""
    items = [
        item
        for item in desk_items(work, step_ids)
        if item.mandate is not None and item.step.state in ACTIVE
    ]
    return {found.item.step.id: found for found in _readings(work, items)}


def _readings(work: Work, items: Sequence[DeskItem]) -> list[Reading]:
    if not items:
        return []
    versions = {
        version.id: version
        for version in work.session.scalars(
            select(Version)
            .where(Version.id.in_({item.step.version_id for item in items}))
            .options(selectinload(Version.pages).defer(Page.text).defer(Page.boxes))
        )
    }
    person_id = work.actor.known_id
    held = mandates_of(work.session, person_id, work.now)
    routes: dict[UUID, list[StepView]] = {}
    for view in step_views(work, newest_rounds(work, {item.document.id for item in items})):
        routes.setdefault(view.step.document_id, []).append(view)
    return [
        Reading(
            item=item,
            version=versions[item.step.version_id],
            mandates=[m for m in held if m.position_id == item.step.position_id],
            route=routes[item.document.id],
            allowed=_allowed(item, person_id),
        )
        for item in items
        if item.step.version_id is not None
    ]


def _allowed(item: DeskItem, person_id: UUID) -> list[str]:
    step, document = item.step, item.document
    if (
        item.mandate is None
        or document.state not in ON_ROUTE
        or step.version_id != document.current_version_id
    ):
        return []
    if step.state is StepState.OPEN:
        return ["tick", "return", "reject"]
    if step.state is not StepState.TICKED:
        return []
    if item.ticked_by != person_id:
        return ["take-over", "return", "reject"]
    return ["initial" if step.action is StepAction.INITIAL else "sign", "return", "reject"]


def _current_step(work: Work, step: Step) -> UUID | None:
    newest = (
        select(func.max(Step.round))
        .where(Step.document_id == step.document_id, Step.version_id.is_not(None))
        .scalar_subquery()
    )
    return work.session.scalar(
        select(Step.id).where(
            Step.document_id == step.document_id,
            Step.round == newest,
            Step.round > step.round,
            Step.position_id == step.position_id,
        )
    )

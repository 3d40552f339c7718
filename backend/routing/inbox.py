"""A person's desk: what waits for every position they may act for at this moment."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, insert, literal, select, tuple_, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from backend.core.db import Work
from backend.core.ids import new_id
from backend.documents.models import Document, Page, Version
from backend.organisation.mandates import capacity
from backend.organisation.models import Mandate, Person
from backend.routing.authority import held_positions
from backend.routing.machine import ACTIVE
from backend.routing.models import EventKind, Step, StepAction, StepState, Tick, TimelineEvent

# Most urgent first, then by deadline, then by age.
_ORDER = (Step.desk_rank, Step.desk_due, Step.id)


@dataclass(frozen=True)
class Lapsed:
    """What the position had given to an earlier version, void since a newer file came."""

    ordinal: int
    person_name: str
    own: bool
    done: bool
    """It was initialled or signed, not only ticked."""
    at: datetime | None
    """When the newer version was ready."""


@dataclass(frozen=True)
class DeskItem:
    """One paper on the desk, and as whom the person would act."""

    step: Step
    document: Document
    mandate: Mandate | None
    version_ordinal: int
    page_count: int
    ticked_at: datetime | None
    ticked_by: UUID | None
    lapsed: Lapsed | None

    @property
    def due_at(self) -> datetime | None:
        return self.step.due_at or self.document.due_at

    @property
    def capacity(self) -> str | None:
        return capacity(self.mandate) if self.mandate else None

    @property
    def position(self) -> tuple[int, str, str]:
        """Where it stands in the desk's order; the cursor's values."""
        return self.step.desk_rank, self.step.desk_due.isoformat(), str(self.step.id)


@dataclass(frozen=True)
class Desk:
    items: list[DeskItem]
    """At most one more than asked for, which tells that there is a next page."""
    total: int
    unopened: int


def desk(
    work: Work,
    *,
    after: tuple[int, datetime, UUID] | None = None,
    limit: int = 25,
    ready: bool = False,
) -> Desk:
    """One page of the actor's desk. Asked by a phone, it marks what it shows as delivered.

    `ready`: only what the actor has ticked and now signs, such as for signing many at once.
    """
    held = held_positions(work, work.actor.known_id)
    waiting: list[ColumnElement[bool]] = [Step.position_id.in_(held), Step.state.in_(ACTIVE)]
    if ready:
        waiting += [Step.action == StepAction.SIGN, Step.state == StepState.TICKED]
        own = Tick.person_id == work.actor.known_id
        waiting.append(Step.id.in_(select(Tick.step_id).where(own, Tick.voided_at.is_(None))))
    total, unopened = work.session.execute(
        select(func.count(), func.count().filter(Step.first_read_at.is_(None))).where(*waiting)
    ).one()
    query = _items().where(*waiting).order_by(*_ORDER)
    if after:
        query = query.where(tuple_(*_ORDER) > tuple_(*map(literal, after)))
    rows = work.session.execute(query.limit(limit + 1)).all()
    items = [_item(row, held, work.actor.known_id) for row in rows]
    if work.actor.device_id is not None:
        mark_delivered(work, items[:limit])
    return Desk(items, total, unopened)


def waiting(work: Work, person_id: UUID) -> int:
    """How many papers wait for a person: the desk's `total`, whoever asks."""
    held = held_positions(work, person_id)
    mine = (Step.position_id.in_(held), Step.state.in_(ACTIVE))
    return work.session.scalar(select(func.count()).select_from(Step).where(*mine)) or 0


def desk_item(work: Work, step_id: UUID) -> DeskItem | None:
    """The same facts about one step, whatever its state."""
    return next(iter(desk_items(work, [step_id])), None)


def desk_items(work: Work, step_ids: Collection[UUID]) -> list[DeskItem]:
    """The same facts about these steps, whatever their states."""
    if not step_ids:
        return []
    rows = work.session.execute(_items().where(Step.id.in_(step_ids))).all()
    person_id = work.actor.known_id
    held = held_positions(work, person_id)
    return [_item(row, held, person_id) for row in rows]


def _items() -> Select[Any]:
    pages = (
        select(func.count())
        .select_from(Page)
        .where(Page.version_id == Step.version_id)
        .scalar_subquery()
    )
    return (
        select(
            Step,
            Document,
            Version.ordinal,
            Version.ready_at,
            pages,
            Tick.ticked_at,
            Tick.person_id,
        )
        .join(Document, Document.id == Step.document_id)
        .outerjoin(Version, Version.id == Step.version_id)
        .outerjoin(Tick, (Tick.step_id == Step.id) & Tick.voided_at.is_(None))
        .options(joinedload(Document.unit), joinedload(Document.type), joinedload(Step.position))
    )


def _item(row: Any, held: dict[UUID, Mandate], person_id: UUID) -> DeskItem:
    step, document, ordinal, ready_at, pages, ticked_at, ticked_by = row
    return DeskItem(
        step=step,
        document=document,
        mandate=held.get(step.position_id),
        version_ordinal=ordinal or 0,
        page_count=pages,
        ticked_at=ticked_at,
        ticked_by=ticked_by,
        lapsed=_lapsed(step.replaced, ready_at, person_id) if step.replaced else None,
    )


def _lapsed(replaced: dict[str, Any], at: datetime | None, person_id: UUID) -> Lapsed:
    return Lapsed(
        ordinal=replaced["ordinal"],
        person_name=replaced["person_name"],
        own=replaced["person_id"] == str(person_id),
        done=replaced["done"],
        at=at,
    )


def mark_delivered(work: Work, items: Sequence[DeskItem]) -> None:
    """One grey tick for what arrives on a phone for the first time.

    Steps that someone is acting on right now are skipped: their next showing marks them.
    """
    fresh = {item.step.id: item for item in items if item.step.delivered_at is None}
    if not fresh:
        return
    free = (
        select(Step.id)
        .where(Step.id.in_(fresh), Step.delivered_at.is_(None))
        .order_by(Step.id)
        .with_for_update(skip_locked=True)
    )
    marked = work.session.scalars(
        update(Step.__table__)  # type: ignore[arg-type]  # The table: a mark is no change of the step's revision.
        .where(Step.__table__.c.id.in_(free))
        .values(delivered_at=work.now)
        .returning(Step.__table__.c.id)
    ).all()
    if not marked:
        return
    for step_id in marked:
        set_committed_value(fresh[step_id].step, "delivered_at", work.now)
    name = work.session.scalar(select(Person.name).where(Person.id == work.actor.person_id))
    work.session.execute(
        insert(TimelineEvent),
        [
            {
                "id": new_id(),
                "document_id": fresh[step_id].document.id,
                "version_id": fresh[step_id].step.version_id,
                "step_id": step_id,
                "kind": EventKind.DELIVERED,
                "at": work.now,
                "person_id": work.actor.person_id,
                "person_name": name,
                "capacity": fresh[step_id].capacity,
                "data": {},
            }
            for step_id in marked
        ],
    )

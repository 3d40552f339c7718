"""Where the papers of an office are: the operator's tracking board."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from backend.core.db import Work
from backend.documents.access import open_to
from backend.documents.models import Document
from backend.organisation.mandates import capacity, holders
from backend.routing.machine import ACTIVE
from backend.routing.models import Step, StepState


@dataclass(frozen=True)
class Whereabouts:
    """Whom a paper waits for, since when, and how far it has come."""

    document: Document
    step: Step
    people: list[str]
    """Who holds the position now; empty when nobody does."""
    capacity: str
    done: int
    total: int
    overdue: bool

    @property
    def position(self) -> tuple[str, str]:
        """Where it stands in the board's order; the cursor's values."""
        opened_at = self.step.opened_at
        return opened_at.isoformat() if opened_at else "", str(self.step.id)


def board(
    work: Work,
    *,
    unit_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 25,
) -> list[Whereabouts]:
    """Papers on their route in the actor's units, the longest waiting first.

    One more than asked for when there are more.
    """
    units = work.actor.unit_ids & {unit_id} if unit_id else work.actor.unit_ids
    query = _waiting().where(Document.unit_id.in_(units), open_to(work.actor))
    query = query.order_by(Step.opened_at, Step.id)
    if after:
        query = query.where(tuple_(Step.opened_at, Step.id) > tuple_(*map(literal, after)))
    rows = work.session.execute(query.limit(limit + 1)).all()
    return [_whereabouts(work, row) for row in rows]


def whereabouts(work: Work, document_ids: Iterable[UUID]) -> dict[UUID, Whereabouts]:
    """The same for given papers; those not on their route are left out. Checks no rights."""
    rows = work.session.execute(_waiting().where(Document.id.in_([*document_ids])))
    return {row[1].id: _whereabouts(work, row) for row in rows.all()}


def _waiting() -> Select[Any]:
    other = aliased(Step)
    same_round = (other.document_id == Step.document_id) & (other.round == Step.round)
    total = select(func.count()).select_from(other).where(same_round).correlate(Step)
    done = total.where(other.state == StepState.DONE)
    return (
        select(Step, Document, done.scalar_subquery(), total.scalar_subquery())
        .join(Document, Document.id == Step.document_id)
        .where(Step.state.in_(ACTIVE))
        .options(joinedload(Step.position), joinedload(Document.unit), joinedload(Document.type))
    )


def _whereabouts(work: Work, row: Any) -> Whereabouts:
    step, document, done, total = row
    held = holders(work.session, step.position_id, work.now)
    due_at: datetime | None = step.due_at or document.due_at
    return Whereabouts(
        document=document,
        step=step,
        people=[mandate.person.name for mandate in held],
        capacity=capacity(held[0]) if held else step.position.title,
        done=done,
        total=total,
        overdue=due_at is not None and due_at < work.now,
    )

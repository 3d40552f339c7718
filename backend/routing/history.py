"""What a person did, newest first, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from backend.core import cursors
from backend.core.db import Work
from backend.core.errors import INVALID
from backend.documents.models import Document, Version
from backend.organisation.mandates import capacity
from backend.organisation.models import Mandate
from backend.routing.models import Step


@dataclass(frozen=True)
class Deed:
    step: Step
    document: Document
    version_ordinal: int
    capacity: str
    """As it was when the person acted."""
    voided: bool
    """Whether it no longer counts, because a newer version or round took its place."""


@dataclass(frozen=True)
class History:
    items: list[Deed]
    next_cursor: str | None


def history(work: Work, *, cursor: str | None = None, limit: int = 25) -> History:
    """One page of the actor's own finished steps."""
    other = aliased(Step)
    newest = (
        select(func.max(other.round))
        .where(other.document_id == Step.document_id)
        .correlate(Step)
        .scalar_subquery()
    )
    query = (
        select(Step, Document, Version, Mandate, newest)
        .join(Document, Document.id == Step.document_id)
        .join(Version, Version.id == Step.version_id)
        .join(Mandate, Mandate.id == Step.mandate_id)
        .where(Step.person_id == work.actor.known_id, Step.finished_at.is_not(None))
        .order_by(Step.finished_at.desc(), Step.id.desc())
        .options(joinedload(Document.unit), joinedload(Document.type), joinedload(Mandate.position))
    )
    if cursor:
        query = query.where(tuple_(Step.finished_at, Step.id) < _after(cursor))
    rows = work.session.execute(query.limit(limit + 1)).all()
    items = [
        Deed(
            step=step,
            document=document,
            version_ordinal=version.ordinal,
            capacity=capacity(mandate),
            voided=version.voided_at is not None or step.round < newest_round,
        )
        for step, document, version, mandate, newest_round in rows[:limit]
    ]
    following = None
    if len(rows) > limit and (last := items[-1].step).finished_at is not None:
        following = cursors.encode([last.finished_at.isoformat(), str(last.id)])
    return History(items, following)


def _after(cursor: str) -> Any:
    finished_at, step_id = cursors.decode(cursor, 2)
    try:
        return tuple_(literal(datetime.fromisoformat(finished_at)), literal(UUID(step_id)))
    except (ValueError, TypeError, AttributeError) as error:
        raise INVALID() from error

"""What a person did, and what became of it: first what nobody knows yet, then the newest."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import joinedload

from backend.core.db import Work
from backend.documents.models import Document, Version
from backend.organisation.mandates import capacity
from backend.organisation.models import Mandate
from backend.routing.models import NEVER, EventKind, Step, StepState, Tick, TimelineEvent
from backend.routing.rounds import NEWEST

_SHOWN = (
    joinedload(Document.unit),
    joinedload(Document.type),
    joinedload(Mandate.position),
)


@dataclass(frozen=True)
class Deed:
    step: Step
    document: Document
    version_ordinal: int
    capacity: str
    """As it was when the person acted."""
    voided: bool
    """Whether it no longer counts, because a newer version or round took its place."""

    unknown_since: datetime | None = None
    """Of an outcome that only a signing service knows."""

    @property
    def position(self) -> tuple[str, str]:
        """Where it stands in the history's order; the cursor's values."""
        return (self.step.finished_at or NEVER).isoformat(), str(self.step.id)


def history(
    work: Work, *, after: tuple[datetime, UUID] | None = None, limit: int = 25
) -> list[Deed]:
    """The actor's own deeds, and one more than asked for when there are more.

    First the papers they authorised of which only a signing service knows whether they were signed.
    """
    deeds: list[Deed] = []
    if after is None or after[0] == NEVER:
        deeds = _open(work, after[1] if after else None, limit + 1)
        after = None
    if len(deeds) <= limit:
        deeds += _finished(work, after, limit + 1 - len(deeds))
    return deeds


def _open(work: Work, after: UUID | None, most: int) -> list[Deed]:
    """Whoever ticked a paper is the one who authorised its signature."""
    since = (
        select(func.max(TimelineEvent.at))
        .where(
            TimelineEvent.document_id == Step.document_id,
            TimelineEvent.step_id == Step.id,
            TimelineEvent.kind == EventKind.UNSURE,
        )
        .scalar_subquery()
    )
    query = (
        select(Step, Document, Version, Mandate, since)
        .join(Tick, (Tick.step_id == Step.id) & Tick.voided_at.is_(None))
        .join(Document, Document.id == Step.document_id)
        .join(Version, Version.id == Step.version_id)
        .join(Mandate, Mandate.id == Tick.mandate_id)
        .where(Tick.person_id == work.actor.known_id, Step.state == StepState.UNKNOWN)
        .order_by(Step.id.desc())
        .options(*_SHOWN)
    )
    if after:
        query = query.where(Step.id < after)
    return [
        Deed(step, document, version.ordinal, capacity(mandate), voided=False, unknown_since=since)
        for step, document, version, mandate, since in work.session.execute(query.limit(most))
    ]


def _finished(work: Work, after: tuple[datetime, UUID] | None, most: int) -> list[Deed]:
    query = (
        select(Step, Document, Version, Mandate, NEWEST)
        .join(Document, Document.id == Step.document_id)
        .join(Version, Version.id == Step.version_id)
        .join(Mandate, Mandate.id == Step.mandate_id)
        .where(Step.person_id == work.actor.known_id, Step.finished_at.is_not(None))
        .order_by(Step.finished_at.desc(), Step.id.desc())
        .options(*_SHOWN)
    )
    if after:
        query = query.where(tuple_(Step.finished_at, Step.id) < tuple_(*map(literal, after)))
    return [
        Deed(
            step=step,
            document=document,
            version_ordinal=version.ordinal,
            capacity=capacity(mandate),
            voided=version.voided_at is not None or step.round < newest_round,
        )
        for step, document, version, mandate, newest_round in work.session.execute(
            query.limit(most)
        )
    ]

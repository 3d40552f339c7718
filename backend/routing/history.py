"""What a person did, newest first, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from backend.core.db import Work
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

    @property
    def position(self) -> tuple[str, str]:
        """Where it stands in the history's order; the cursor's values."""
        finished_at = self.step.finished_at
        return finished_at.isoformat() if finished_at else "", str(self.step.id)


def history(
    work: Work, *, after: tuple[datetime, UUID] | None = None, limit: int = 25
) -> list[Deed]:
    """The actor's own finished steps, and one more than asked for when there are more."""
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
            query.limit(limit + 1)
        )
    ]

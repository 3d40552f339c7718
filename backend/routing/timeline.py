"""What everyone on the route sees happened: written beside each change, never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.db import Work
from backend.documents.models import Document
from backend.organisation.mandates import capacity
from backend.organisation.models import Mandate, Person
from backend.routing.models import EventKind, Step, TimelineEvent


def add(
    work: Work,
    document: Document,
    kind: EventKind,
    *,
    step: Step | None = None,
    person_id: UUID | None = None,
    mandate: Mandate | None = None,
    note: str | None = None,
    version_id: UUID | None = None,
    at: datetime | None = None,
    **data: Any,
) -> TimelineEvent:
    """Adds one event with the name and capacity as they are now; by default by the actor.

    `data` must be plain JSON and free of secrets: the whole route reads it.
    """
    by = person_id or work.actor.person_id
    person = work.session.get(Person, by) if by else None
    event = TimelineEvent(
        document_id=document.id,
        version_id=version_id or document.current_version_id,
        step_id=step.id if step else None,
        kind=kind,
        at=at or work.now,
        person_id=by,
        person_name=person.name if person else None,
        capacity=capacity(mandate) if mandate else None,
        note=note,
        data=data,
    )
    work.session.add(event)
    return event

"""Telling a person, on all their devices, and the head of their unit what happened to their keys."""

from typing import Any
from uuid import UUID

from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.identity.models import SecurityEvent, SecurityEventKind

__all__ = ["SecurityEventKind", "announce"]


def announce(work: Work, person_id: UUID, kind: SecurityEventKind, **data: Any) -> SecurityEvent:
    """Notes the event and has it told after the commit. `data` names things, such as a device."""
    event = SecurityEvent(person_id=person_id, kind=kind, at=work.now, data=data)
    work.session.add(event)
    work.session.flush()
    defer(work.session, Job.ANNOUNCE_SECURITY, person_id=person_id, event_id=event.id)
    return event

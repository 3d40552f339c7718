"""What every way of telling a person has in common: what is told, and what may be answered."""

import base64
import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from uuid import UUID

from backend.core.db import Work
from backend.documents.models import Urgency
from backend.notifications.models import NoticeKind

OpenWork = Callable[[], AbstractContextManager[Work]]

LAST_ATTEMPT = 7
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_ASKED = timedelta(hours=24)
"""A service that asks for more patience than this is asked again after it."""


class Answer(StrEnum):
    """What the other side said."""

    DELIVERED = "delivered"
    GONE = "gone"
    """It does not know the address any more, or we may not call it."""
    BUSY = "busy"
    """It asks for patience, is broken or cannot be reached: try again."""
    REFUSED = "refused"
    """It understood and said no; the same again would not help."""


@dataclass(frozen=True)
class Sent:
    answer: Answer
    retry_after: timedelta | None = None
    status: int | None = None


class Priority(StrEnum):
    """How much a phone should be disturbed: the words of RFC 8030 §5.3."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


# Per urgency of the paper: how loud its own turn rings, and how long a phone that is off may be
# rung belatedly. After that the desk itself tells.
_TURN = {
    Urgency.AMAT_SEGERA: (Priority.HIGH, timedelta(hours=24)),
    Urgency.SEGERA: (Priority.HIGH, timedelta(hours=48)),
    Urgency.BIASA: (Priority.NORMAL, timedelta(days=3)),
}
_LOUD = frozenset({NoticeKind.OVERDUE, NoticeKind.SECURITY})
_OWN_TURN = frozenset({NoticeKind.YOUR_TURN, NoticeKind.DUE_SOON})
DIGEST_LASTS = timedelta(hours=12)

# FCM keeps at most four collapse keys a phone.
_GROUPS = {
    NoticeKind.YOUR_TURN: "waits",
    NoticeKind.DUE_SOON: "waits",
    NoticeKind.OVERDUE: "waits",
    NoticeKind.DIGEST: "waits",
    NoticeKind.SECURITY: "account",
    NoticeKind.CERTIFICATE_EXPIRES: "account",
    NoticeKind.SEAL: "account",
}


@dataclass(frozen=True)
class Message:
    """What one phone is told: identifiers, a generic title and a number, never a subject."""

    id: UUID
    """The notice's."""
    title: str
    step_id: UUID | None
    """The turn it is about: the screen that a tap opens, with a network or without."""
    waits: int
    """How many papers wait for the person: the number on the app's icon."""
    topic: str
    """A later message of the same topic takes the place of an earlier one (RFC 8030 §5.4)."""
    group: str
    priority: Priority
    lasts: timedelta
    """How long a service keeps it for a phone that is off."""
    over: bool = False
    """This phone's life here ended: it should ask, and empty itself."""


def urgency_of(kind: NoticeKind, urgency: Urgency | None) -> tuple[Priority, timedelta]:
    """How loud, and for how long, a notice about a paper of this urgency rings."""
    priority, lasts = _TURN[urgency or Urgency.BIASA]
    if kind is NoticeKind.DIGEST:
        return Priority.LOW, DIGEST_LASTS
    if kind in _LOUD:
        return Priority.HIGH, lasts
    return (priority if kind in _OWN_TURN else Priority.NORMAL), lasts


def topic_of(person_id: UUID, about: UUID) -> str:
    """32 characters of base64url: the same for repeats, and nothing that links two people."""
    digest = hashlib.sha256(person_id.bytes + about.bytes).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def group_of(kind: NoticeKind) -> str:
    return _GROUPS.get(kind, "papers")


def wait_before(attempt: int, asked: timedelta | None) -> timedelta:
    """How long to wait before this attempt: doubling, or longer where the service asked for it."""
    backed_off: timedelta = min(FIRST_WAIT * 2 ** (attempt - 2), LONGEST_WAIT)
    return max(backed_off, min(asked or timedelta(), LONGEST_ASKED))


def asked_wait(retry_after: str | None, now: float) -> timedelta | None:
    """A Retry-After in seconds or as a date (RFC 9110 §10.2.3); `now` in Unix seconds."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(int(retry_after[:9]), 86400))
    try:
        until = parsedate_to_datetime(retry_after)
        return max(until - datetime.fromtimestamp(now, UTC), timedelta())
    except (ValueError, TypeError):
        return None

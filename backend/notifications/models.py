"""Notices to people and the subscriptions that carry them to phones."""

from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Identified, choice


class NoticeKind(StrEnum):
    YOUR_TURN = "your-turn"
    DUE_SOON = "due-soon"
    """One's own turn, whose deadline is near."""
    OVERDUE = "overdue"
    """One's own turn, whose deadline has passed."""
    LATE = "late"
    """Somebody else's turn that is overdue, for those who follow the paper up."""
    DIGEST = "digest"
    """What waits, once a working day."""
    SIGNED = "signed"
    RETURNED = "returned"
    REJECTED = "rejected"
    REFUSED = "refused"
    """An upload did not pass the examination."""
    NOT_VALIDATED = "not-validated"
    """A signed file did not pass the full validation; it is not distributed."""
    FILE_DAMAGED = "file-damaged"
    """A stored file is missing or changed; administrators must bring it back from a backup."""
    SECURITY = "security"
    CERTIFICATE_EXPIRES = "certificate-expires"
    """One's own certificate runs out, or for officers somebody's."""
    SEAL = "seal"
    """Sealing began or is over; or the seal's certificate runs out."""


class Notice(Identified, Base):
    """Something a person must know; the in-app list."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_unread", "person_id", "id", postgresql_where=text("read_at IS NULL")),
        Index(None, "person_id", "id"),
        UniqueConstraint("person_id", "cause"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[NoticeKind] = mapped_column(choice(NoticeKind))
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    step_id: Mapped[UUID | None]
    cause: Mapped[str]
    """What made it necessary, such as `your-turn:<step>`: nobody is told the same thing twice."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    rung_at: Mapped[datetime | None]
    """When the first phone's service took it."""
    mailed_at: Mapped[datetime | None]


class PushSubscription(Identified, Base):
    """A phone's address at its push service, tied to the device that gave it."""

    __tablename__ = "push_subscription"
    __table_args__ = (Index("ix_push_subscription_endpoint", text("(address ->> 'endpoint')")),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), unique=True)
    provider: Mapped[str]
    """`web-push` or `fcm`: which adapter understands the address."""
    address: Mapped[dict[str, Any]]
    """Known to its adapter alone. Web Push: endpoint and keys (RFC 8291); FCM: `fid` or `token`."""
    created_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    """Refusals in a row; a push service that no longer knows the address removes it at once."""


class Preference(Base):
    """How a person wants to be told; without a row everything is on and no hour is quiet."""

    __tablename__ = "notification_preference"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    muted: Mapped[list[Any]] = mapped_column(default=list)
    """Topics that stay in the list and neither ring nor are mailed."""
    push: Mapped[bool] = mapped_column(default=True)
    email: Mapped[bool] = mapped_column(default=True)
    quiet_from: Mapped[time | None]
    """In the agency's zone; None with `quiet_until` for no quiet hours."""
    quiet_until: Mapped[time | None]
    urgent_passes: Mapped[bool] = mapped_column(default=True)
    """Papers of the highest urgency ring in quiet hours, too."""

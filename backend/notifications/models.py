"""Notices to people and the subscriptions that carry them to phones."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Identified, choice


class NoticeKind(StrEnum):
    YOUR_TURN = "your-turn"
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


class PushSubscription(Identified, Base):
    """A phone's address at its push service, tied to the device that gave it."""

    __tablename__ = "push_subscription"
    __table_args__ = (Index("ix_push_subscription_endpoint", text("(address ->> 'endpoint')")),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), unique=True)
    provider: Mapped[str]
    """`web-push`; further providers name themselves."""
    address: Mapped[dict[str, Any]]
    """For Web Push: endpoint and keys (RFC 8291)."""
    created_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    """Refusals in a row; a push service that no longer knows the address removes it at once."""

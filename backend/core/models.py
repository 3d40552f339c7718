"""Small tables that belong to no capability: idempotency records, counters, installation facts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Identified


class IdempotencyRecord(Identified, Base):
    """One unsafe request that took effect, so that its repetition gets the same answer."""

    __tablename__ = "idempotency_record"
    __table_args__ = (UniqueConstraint("scope", "key"), Index(None, "created_at"))

    scope: Mapped[str]
    """The person, or the anonymous client's session, the key belongs to."""
    key: Mapped[str]
    fingerprint: Mapped[str]
    """HMAC-SHA-256 of method, path and body without secret fields, hex."""
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class RateCounter(Base):
    """A fixed-window counter, shared by all processes."""

    __tablename__ = "rate_counter"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    hits: Mapped[int] = mapped_column(default=0)


class InstallationFact(Base):
    """A fact about this installation, such as when it was set up."""

    __tablename__ = "installation_fact"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID | None]


class FileDamage(Base):
    """A stored file that was found missing or changed."""

    __tablename__ = "file_damage"

    digest: Mapped[str] = mapped_column(primary_key=True)
    problem: Mapped[str]
    """`missing`, `differs` or `unreadable`."""
    found_at: Mapped[datetime]
    mended_at: Mapped[datetime | None]

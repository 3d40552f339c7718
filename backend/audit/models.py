"""The audit trail's table: append-only, each entry carrying the digest of the one before."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base


class AuditEntry(Base):
    """Who did what to which bytes. The application role can insert and read, nothing else."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "subject_type", "subject_id"),
        Index(None, "actor_person_id"),
        Index(None, "at"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_person_id: Mapped[UUID | None]
    """None when the system acted by itself."""
    actor_device_id: Mapped[UUID | None]
    action: Mapped[str]
    """Dotted, past tense, such as `document.signed`."""
    subject_type: Mapped[str]
    subject_id: Mapped[str]
    data: Mapped[dict[str, Any]]
    """Facts: digests, versions, reasons. Never a secret, never a file's content."""
    previous: Mapped[str]
    """SHA-256 (hex) of the entry before; 64 zeros for the first."""
    digest: Mapped[str] = mapped_column(unique=True)

"""Which place a paper has in the list of what became of all papers, and that list as published."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from backend.certificates.status_list import Status
from backend.core.db import Base


class StatusEntry(Base):
    """A paper's index, given when it was queued; it stands in the claim on the paper."""

    __tablename__ = "status_entry"

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), unique=True)
    published: Mapped[int] = mapped_column(SmallInteger, default=Status.NOT_ISSUED)
    """The `Status` that the list says."""


class StatusPublication(Base):
    """The one list."""

    __tablename__ = "status_publication"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    statuses: Mapped[bytes]
    """Two bits a paper, not compressed."""
    message: Mapped[bytes]
    """Compressed, dated and signed."""
    made_at: Mapped[datetime]

"""Routes: steps in order, the ticks and decisions taken on them, and the timeline."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core.db import Base, Identified, choice
from backend.documents.models import Document
from backend.organisation.models import Position

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The deadline of what has none, for sorting."""


class StepAction(StrEnum):
    INITIAL = "initial"
    """Tick and initial (paraf)."""
    SIGN = "sign"
    """Tick and sign (tanda tangan elektronik)."""


class StepState(StrEnum):
    WAITING = "waiting"
    """Not this position's turn yet."""
    OPEN = "open"
    TICKED = "ticked"
    PROCESSING = "processing"
    """A signing authorisation was accepted and is being performed."""
    UNKNOWN = "unknown"
    DONE = "done"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Step(Identified, Base):
    """One position's turn."""

    __tablename__ = "step"
    __table_args__ = (
        UniqueConstraint("document_id", "round", "ordinal"),
        Index(
            "ix_step_waiting",
            "position_id",
            "desk_rank",
            "desk_due",
            "id",
            postgresql_where=text("state IN ('open', 'ticked', 'processing', 'unknown')"),
        ),
        Index(
            "ix_step_acted",
            "person_id",
            "finished_at",
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        Index("ix_step_changed", "position_id", "changed_in"),
    )

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    round: Mapped[int]
    """Which run of the route: grows each time the document is queued anew."""
    ordinal: Mapped[int]
    """From 1; initials come before signatures."""
    position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"))
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id"))
    """The version this round runs with; None while the route is a draft."""
    action: Mapped[StepAction] = mapped_column(choice(StepAction))
    state: Mapped[StepState] = mapped_column(choice(StepState))
    due_at: Mapped[datetime | None]
    desk_rank: Mapped[int] = mapped_column(SmallInteger, default=2)
    """The document's urgency as a number, most urgent first: a copy, see ordering.py."""
    desk_due: Mapped[datetime] = mapped_column(default=NEVER)
    """The deadline that counts on the desk: a copy, too."""
    opened_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    first_read_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who finished it."""
    mandate_id: Mapped[UUID | None] = mapped_column(ForeignKey("mandate.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    note: Mapped[str | None]
    replaced: Mapped[dict[str, Any] | None]
    """What this position had given to a version that a newer one took the place of:
    {ordinal, person_id, person_name, done}; `done` when it was more than a tick."""
    announced_to: Mapped[list[Any]] = mapped_column(default=list)
    """The people (ids as text) who were told that it is their turn."""
    changed_in: Mapped[int] = mapped_column(BigInteger, server_default="0", deferred=True)
    """The transaction that last changed what its holders see. Triggers write it, and the next one,
    for the change feed: migrations/guards.sql and docs/adr/0020."""
    arrived_in: Mapped[int | None] = mapped_column(BigInteger, deferred=True)
    """The transaction in which it became the position's turn."""
    revision: Mapped[int] = mapped_column(default=1)

    document: Mapped[Document] = relationship()
    position: Mapped[Position] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


class Tick(Identified, Base):
    """«I have read exactly this»: bound to the version's bytes and to the images displayed."""

    __tablename__ = "tick"
    __table_args__ = (
        Index("uq_tick_live", "step_id", unique=True, postgresql_where=text("voided_at IS NULL")),
    )

    step_id: Mapped[UUID] = mapped_column(ForeignKey("step.id"))
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    version_sha256: Mapped[str]
    page_sha256: Mapped[list[Any]]
    """Digest of each page image as the phone displayed it, in page order."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    device_signature: Mapped[str]
    """Compact JWS (ES256, typ `tick+jwt`) of the device over the statement."""
    ticked_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class EventKind(StrEnum):
    UPLOADED = "uploaded"
    EXAMINED = "examined"
    REFUSED = "refused"
    QUEUED = "queued"
    DELIVERED = "delivered"
    OPENED = "opened"
    TICKED = "ticked"
    INITIALLED = "initialled"
    AUTHORISED = "authorised"
    SEALED = "sealed"
    """The agency's seal was put on it: by two custodians' consent and nobody's own act."""
    SIGNED = "signed"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed-over"
    VOIDED = "voided"
    VALIDATED = "validated"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    """A signing service did not say whether it signed."""


class TimelineEvent(Identified, Base):
    """What everyone on the route sees happened."""

    __tablename__ = "timeline_event"
    __table_args__ = (Index(None, "document_id", "id"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id"))
    step_id: Mapped[UUID | None] = mapped_column(ForeignKey("step.id"))
    kind: Mapped[EventKind] = mapped_column(choice(EventKind))
    at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str | None]
    """As it was then."""
    capacity: Mapped[str | None]
    """Position title with Plt/Plh… as it was then."""
    note: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

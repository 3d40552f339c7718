"""What replay remembers: grants by their minting, and every envelope that was answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Identified


class OfflineMinting(Identified, Base):
    """Some grants made for one phone at one sync. The grants themselves are nowhere kept."""

    __tablename__ = "offline_minting"
    __table_args__ = (Index(None, "expires_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    steps: Mapped[list[Any]]
    """The steps (ids as text) that waited for the person's signature then."""
    skew: Mapped[int]
    """Seconds by which the phone's clock was ahead, as measured then."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class OfflineEnvelope(Identified, Base):
    """An authorisation made without a line that was used up, and what it came to."""

    __tablename__ = "offline_envelope"
    __table_args__ = (
        Index("uq_offline_envelope_jti", "person_id", "jti", unique=True),
        Index(None, "device_id", "arrived_at"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    jti: Mapped[str]
    entry: Mapped[str]
    """The phone's outbox entry that it came in: sent again, it is answered again."""
    sad_digest: Mapped[str]
    grant: Mapped[str]
    """Minting and number."""
    made_at: Mapped[datetime]
    """When the phone says it was made, corrected by the skew."""
    arrived_at: Mapped[datetime]
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("signing_batch.id"))
    problem: Mapped[dict[str, Any] | None]
    """{code, params}: why it came to nothing."""
    counted: Mapped[bool] = mapped_column(default=False)
    """Its wrong passphrase was counted."""

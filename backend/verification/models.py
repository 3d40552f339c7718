"""What the public may learn, and the reports of full validations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Identified, choice
from backend.verification.verdicts import Verdict


class ValidationReport(Identified, Base):
    """The full validator's word on one signed file of this installation's own."""

    __tablename__ = "validation_report"
    __table_args__ = (Index(None, "file_sha256"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    file_sha256: Mapped[str]
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    report: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    preview_sha256: Mapped[str | None]
    """A small picture of the first page, as signed, for the public page."""


class FinalPage(Base):
    """A page of a validated file as a picture, drawn when somebody first held it beside the paper."""

    __tablename__ = "final_page"

    file_sha256: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    image_sha256: Mapped[str]


class PublicChange(Base):
    """That a transaction changed what public answers about a paper are made of.

    Written by triggers (migrations/guards.sql), so that no use case can forget to; see published.py.
    """

    __tablename__ = "public_change"

    changed_in: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The transaction's number."""
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The nil UUID stands for every paper. No foreign key: papers are locked in an order."""
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)

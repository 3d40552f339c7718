"""Documents, their immutable versions, page images and reference numbers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core.db import Base, Identified, choice
from backend.organisation.models import Unit
from backend.organisation.style import FootKind


class Secrecy(StrEnum):
    BIASA = "biasa"
    TERBATAS = "terbatas"
    RAHASIA = "rahasia"
    SANGAT_RAHASIA = "sangat-rahasia"


class Urgency(StrEnum):
    BIASA = "biasa"
    SEGERA = "segera"
    AMAT_SEGERA = "amat-segera"


class DocumentState(StrEnum):
    """See domain.md; the words on screen are Indonesian."""

    DRAFT = "draft"
    """Being prepared by the operator; not yet on its route."""
    UNDER_REVIEW = "under-review"
    """On its route, initials still missing."""
    READY_TO_SIGN = "ready-to-sign"
    """Only signatures are missing."""
    PROCESSING = "processing"
    """A signature was authorised and is being made."""
    UNKNOWN = "unknown"
    """A signing service did not say whether it signed."""
    NEEDS_REVISION = "needs-revision"
    SIGNED = "signed"
    SENT = "sent"
    ARCHIVED = "archived"
    REJECTED = "rejected"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class NumberMode(StrEnum):
    """How a paper comes by its number."""

    RESERVED = "reserved"
    """Taken before the upload; the file already says it."""
    STAMP = "stamp"
    """Taken and stamped, with the date, when the examination passed."""
    NONE = "none"


class SignatureLevel(StrEnum):
    """How long a signature can be proven (ETSI EN 319 142-1 §6); sorted from short to long."""

    B_T = "B-T"
    """With a time stamp."""
    B_LT = "B-LT"
    """And with certificates and revocation data, so that nobody need be asked later."""
    B_LTA = "B-LTA"
    """And with archive time stamps, renewed before they age."""

    @property
    def carries_evidence(self) -> bool:
        return self is not SignatureLevel.B_T


class DocumentType(Base):
    """A kind of paper, such as SK or ST."""

    __tablename__ = "document_type"

    code: Mapped[str] = mapped_column(primary_key=True)
    """At most four letters, as drawn on the small sheet."""
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    sealed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Carries the agency's electronic seal before the first signature."""
    level: Mapped[SignatureLevel] = mapped_column(
        choice(SignatureLevel), default=SignatureLevel.B_LT, server_default="B-LT"
    )
    """Of signatures made from now on."""
    number_template: Mapped[str | None]
    """Here and below, None is as the agency has it."""
    block_order: Mapped[list[Any] | None]
    print_nip: Mapped[bool | None]
    print_titles: Mapped[bool | None]
    foot: Mapped[FootKind | None] = mapped_column(choice(FootKind))


class Document(Identified, Base):
    __tablename__ = "document"
    __table_args__ = (
        Index(None, "unit_id", "state", "created_at"),
        Index(
            "ix_document_search",
            # As PostgreSQL writes it back, so that models and migrations can be compared.
            text(
                "to_tsvector('simple'::regconfig, (COALESCE(number, ''::character varying)::text"
                " || ' '::text) || subject::text)"
            ),
            postgresql_using="gin",
        ),
    )

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    type_code: Mapped[str] = mapped_column(ForeignKey("document_type.code"))
    subject: Mapped[str]
    number_mode: Mapped[NumberMode] = mapped_column(choice(NumberMode), default=NumberMode.NONE)
    number: Mapped[str | None]
    number_id: Mapped[UUID | None] = mapped_column(ForeignKey("reference_number.id"))
    dated: Mapped[date | None]
    classification: Mapped[str]
    secrecy: Mapped[Secrecy] = mapped_column(choice(Secrecy))
    urgency: Mapped[Urgency] = mapped_column(choice(Urgency))
    due_at: Mapped[datetime | None]
    recipient: Mapped[str] = mapped_column(default="")
    state: Mapped[DocumentState] = mapped_column(choice(DocumentState))
    current_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("version.id", use_alter=True)
    )
    public_code: Mapped[str] = mapped_column(unique=True)
    """Stands in the QR and under it; 100 random bits. See core.ids.public_code."""
    superseded_by: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"))
    revoked_at: Mapped[datetime | None]
    revocation_note: Mapped[str | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    """Counts every change; the ETag, and SQLAlchemy's optimistic lock."""
    signed_sha256: Mapped[str | None]
    """The newest complete signed file; None until the first signature is committed."""
    validated_sha256: Mapped[str | None]
    """The signed file that the full validator passed; distributed only when equal to the above."""

    unit: Mapped[Unit] = relationship()
    type: Mapped[DocumentType] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


class VersionState(StrEnum):
    EXAMINING = "examining"
    READY = "ready"
    REFUSED = "refused"


class Version(Identified, Base):
    """One immutable PDF: what everyone sees, ticks and signs."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("document_id", "ordinal"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), index=True)
    ordinal: Mapped[int]
    state: Mapped[VersionState] = mapped_column(choice(VersionState))
    uploaded_sha256: Mapped[str] = mapped_column(index=True)
    """The bytes as they came."""
    sha256: Mapped[str | None] = mapped_column(index=True)
    """The bytes as fixed: flattened, cleaned, numbered. None until the examination passed."""
    size: Mapped[int | None] = mapped_column(BigInteger)
    filename: Mapped[str]
    refusal: Mapped[dict[str, Any] | None]
    """{code, params} of the problem that refused it."""
    findings: Mapped[list[Any]] = mapped_column(default=list)
    """What was changed or noticed: [{code, params}], shown to the operator."""
    anchors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Where anchor characters stand: {"#": [{page, x, y}]}, the middle of the lower edge of the
    character, in points from the bottom left of the page."""
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]

    pages: Mapped[list["Page"]] = relationship(order_by="Page.ordinal")


class PartialUpload(Identified, Base):
    """A file that comes in pieces. How much of it is here, its file says; see uploads.py."""

    __tablename__ = "partial_upload"
    __table_args__ = (
        Index(
            "uq_partial_upload_open",
            "person_id",
            "document_id",
            "announced",
            unique=True,
            postgresql_where=text("version_id IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"))
    announced: Mapped[str]
    """SHA-256 (hex) of the whole, as the sender said."""
    size: Mapped[int] = mapped_column(BigInteger)
    filename: Mapped[str]
    touched_at: Mapped[datetime] = mapped_column(index=True)
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("version.id"))
    """What became of it."""


class Page(Base):
    """One page and its images, rendered once and kept for ever."""

    __tablename__ = "page"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    width: Mapped[float]
    """Points, as displayed (after /Rotate)."""
    height: Mapped[float]
    image_sha256: Mapped[str]
    """The 824 px wide image (WebP); its digest is part of what a tick binds."""
    image_type: Mapped[str]
    image_bytes: Mapped[int]
    large_sha256: Mapped[str]
    """Sharper image for zoom."""
    large_type: Mapped[str]
    large_bytes: Mapped[int]
    text: Mapped[str]
    """Plain text in reading order, for the «Aa» view and search."""
    names_citizen: Mapped[bool] = mapped_column(default=False)
    """A citizen's number stands in the text: neither picture nor file is public."""
    boxes: Mapped[list[Any]]
    """Text runs [[x, y, w, h, text]] as fractions of the page, from the top left."""
    ink: Mapped[bytes] = mapped_column(default=b"")
    """Which cells of the page carry something dark; see layout.py."""


class NumberState(StrEnum):
    RESERVED = "reserved"
    USED = "used"
    VOID = "void"


class ReferenceNumber(Identified, Base):
    """A number taken from the agenda book; never given twice, void when cancelled."""

    __tablename__ = "reference_number"
    __table_args__ = (
        UniqueConstraint("series_id", "sequence"),
        UniqueConstraint("unit_id", "year", "text"),
    )

    series_id: Mapped[int] = mapped_column(ForeignKey("agenda_series.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    year: Mapped[int]
    sequence: Mapped[int]
    text: Mapped[str]
    dated: Mapped[date]
    state: Mapped[NumberState] = mapped_column(choice(NumberState))
    by_hand: Mapped[bool] = mapped_column(default=False)
    """Entered from the paper agenda book."""
    note: Mapped[str] = mapped_column(default="")
    taken_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]

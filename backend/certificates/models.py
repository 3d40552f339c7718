"""Authorities, the certificates they issued and their revocation."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.certificates.kinds import AuthorityKind
from backend.core.db import Base, Identified, choice


class Authority(Identified, Base):
    """A certificate of this installation's own; its key lies below `secrets/`, named by `key_name`."""

    __tablename__ = "authority"

    kind: Mapped[AuthorityKind] = mapped_column(choice(AuthorityKind), index=True)
    certificate: Mapped[bytes]
    """DER."""
    issuer_id: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    key_name: Mapped[str | None]
    """None when the key was taken offline."""
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class CertificateStatus(StrEnum):
    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class Certificate(Identified, Base):
    """A signer's certificate, or that of the agency's seal."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index("ix_certificate_valid", "person_id", postgresql_where=text("status = 'valid'")),
    )

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None of a seal, which is nobody's."""
    issuer_id: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    """None: issued by others, and known from a signature made with it at a service outside."""
    serial: Mapped[str] = mapped_column(unique=True)
    """Hexadecimal; 128 random bits."""
    der: Mapped[bytes]
    thumbprint: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the DER, hex."""
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    status: Mapped[CertificateStatus] = mapped_column(choice(CertificateStatus))
    status_at: Mapped[datetime]
    reason: Mapped[str | None]
    """A CRLReason name (RFC 5280 §5.3.1)."""
    decision_id: Mapped[UUID | None]
    """The two officers' decision it was issued under."""


class RevocationList(Base):
    """The newest CRL of each authority, as served."""

    __tablename__ = "revocation_list"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    der: Mapped[bytes]
    this_update: Mapped[datetime]
    next_update: Mapped[datetime]


class ClockReading(Base):
    """How far this machine's clock and the time-stamp service's were apart; one row, the newest."""

    __tablename__ = "clock_reading"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    apart: Mapped[timedelta]
    """At the least: what the round trip and whole seconds leave certain."""
    ahead: Mapped[bool]
    """The service's clock is ahead of ours."""
    measured_at: Mapped[datetime]


class TrustAnchor(Identified, Base):
    """A root the agency trusts when it judges other people's files."""

    __tablename__ = "trust_anchor"

    name: Mapped[str]
    certificate: Mapped[bytes]
    thumbprint: Mapped[str] = mapped_column(unique=True)
    purposes: Mapped[list[Any]]
    """Of `signing` and `tsa`."""
    indonesian_psre: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]
    added_by: Mapped[UUID | None]

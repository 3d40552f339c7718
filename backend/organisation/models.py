"""The agency: units (OPD), positions, people, mandates and roles."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core.db import Base, Identified, choice
from backend.organisation.style import FootKind

LOCAL = "local"
"""Signatures made by the installation itself, with keys of its own vaults."""


class Agency(Identified, Base):
    """The regional government this installation serves: one row."""

    __tablename__ = "agency"

    name: Mapped[str]
    short_name: Mapped[str]
    city: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="WIB")
    """WIB, WITA or WIT (see core.clock.ZONES)."""
    logo_sha256: Mapped[str | None]
    number_template: Mapped[str] = mapped_column(default="{klasifikasi}/{urut}/{unit}/{tahun}")
    print_nip: Mapped[bool] = mapped_column(default=True)
    print_titles: Mapped[bool] = mapped_column(default=True)
    block_order: Mapped[list[Any] | None]
    """See style.py; None is the usual one."""
    foot: Mapped[FootKind] = mapped_column(choice(FootKind), default=FootKind.SENTENCE)
    provider: Mapped[str] = mapped_column(default=LOCAL)
    """Who makes signatures: `local` or `bsre`."""
    service: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """On which terms the national service is used: signing/bsre/terms.py."""
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Further settings by name; every reader names its default."""
    offline: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What may be done without a line: signing/offline/policy.py."""
    updated_at: Mapped[datetime]


class Unit(Identified, Base):
    """An office of the government (organisasi perangkat daerah, OPD)."""

    __tablename__ = "unit"

    name: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    """The short code that stands in reference numbers, such as SETDA."""
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    closed_at: Mapped[datetime | None]


class Position(Identified, Base):
    """A chair, whoever sits on it; routes name positions, never people."""

    __tablename__ = "position"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    title: Mapped[str]
    """As printed on papers, such as «Kepala Dinas Contoh Pendidikan»."""
    head_of_unit: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()


class Person(Identified, Base):
    __tablename__ = "person"

    nip: Mapped[str | None] = mapped_column(unique=True)
    """Civil servant's number, 18 digits; elected officials have none."""
    name: Mapped[str]
    """As printed, with titles."""
    nik_sealed: Mapped[bytes | None]
    """The citizen's number (NIK) under the master key: only a signing service is told it."""
    nik_mark: Mapped[str | None] = mapped_column(unique=True)
    """A keyed digest of it, so that no two people carry one number."""
    email: Mapped[str | None]
    phone: Mapped[str | None]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class MandateKind(StrEnum):
    DEFINITIVE = "definitif"
    PLT = "plt"
    PLH = "plh"
    PJ = "pj"
    PJS = "pjs"


class Mandate(Identified, Base):
    """Authority tied to a position for a period and a decree number."""

    __tablename__ = "mandate"
    __table_args__ = (Index(None, "person_id", "position_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"), index=True)
    kind: Mapped[MandateKind] = mapped_column(choice(MandateKind))
    decree_number: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    """Exclusive; None while it is open."""
    ended_by: Mapped[UUID | None]

    person: Mapped[Person] = relationship()
    position: Mapped[Position] = relationship()


class Role(StrEnum):
    OPERATOR = "operator"
    OFFICIAL = "official"
    REGISTRATION_OFFICER = "registration-officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class RoleGrant(Identified, Base):
    """A role a person holds, for an operator within one unit."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_open",
            "person_id",
            "role",
            "unit_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID | None]
    """None when the operator of the machine gave it, or two officers did."""
    counts_from: Mapped[datetime]
    """Later than `granted_at` while others may still object; see identity/grants.py."""
    cleared: Mapped[bool] = mapped_column(default=False)
    """An operator whom the unit names for its secret papers."""
    revoked_at: Mapped[datetime | None]


class AgendaSeries(Base):
    """A counter of reference numbers: one a unit, kind of paper and calendar year."""

    __tablename__ = "agenda_series"
    __table_args__ = (UniqueConstraint("unit_id", "kind", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str]
    """The document type's code, or `*` for one shared agenda book."""
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)

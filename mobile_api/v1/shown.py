"""How people, units, devices and the agency look in answers, the same everywhere."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from backend.certificates.authority import common_name, issuer_name
from backend.certificates.models import Certificate, CertificateStatus
from backend.identity.models import DecisionKind, DecisionState, Device, TwoOfficerDecision
from backend.organisation import directory
from backend.organisation.mandates import capacity
from backend.organisation.models import Agency, Mandate, MandateKind, Role

Item = TypeVar("Item")


class Answer(BaseModel):
    """An answer's JSON, filled by name from a row."""

    model_config = ConfigDict(from_attributes=True)


class Page(Answer, Generic[Item]):
    items: list[Item]
    next_cursor: str | None = None


class AgencyAnswer(Answer):
    name: str
    short_name: str
    zone: str
    logo_url: str | None


class UnitAnswer(Answer):
    id: UUID
    name: str
    code: str
    parent_id: UUID | None


class PersonAnswer(Answer):
    id: UUID
    name: str
    nip: str | None
    email: str | None
    phone: str | None
    joined_at: datetime
    left_at: datetime | None


class RoleAnswer(Answer):
    id: UUID
    person_id: UUID
    role: Role
    unit_id: UUID | None
    granted_at: datetime
    counts_from: datetime
    """In the future while guardians may object."""
    cleared: bool
    """An operator for the unit's secret papers too."""


class MandateAnswer(Answer):
    id: UUID
    kind: MandateKind
    position_id: UUID
    title: str
    capacity: str
    """The title as it is printed, with Plt., Plh., Pj. or Pjs. before it."""
    decree_number: str
    unit_id: UUID
    unit_name: str
    starts_at: datetime
    ends_at: datetime | None


class DeviceAnswer(Answer):
    id: UUID
    name: str
    thumbprint: str
    enrolled_at: datetime
    last_used_at: datetime
    may_sign_from: datetime
    revoked_at: datetime | None
    lost_at: datetime | None
    current: bool


class CertificateAnswer(Answer):
    id: UUID
    person_id: UUID
    subject: str
    issuer: str
    serial: str
    thumbprint: str
    not_before: datetime
    not_after: datetime
    status: CertificateStatus
    status_at: datetime
    reason: str | None
    decision_id: UUID | None


class Named(Answer):
    id: UUID
    name: str


class DecisionAnswer(Answer):
    id: UUID
    kind: DecisionKind
    person: Named
    payload: dict[str, Any]
    state: DecisionState
    proposed_by: Named
    first_officer: Named | None
    """None while an administrator's proposal waits for the first of two officers."""
    created_at: datetime
    decided_by: Named | None
    decided_at: datetime | None
    note: str | None


def logo_url(agency: Agency) -> str | None:
    """The coat of arms; its address changes with it."""
    return f"/api/v1/agency/logo?v={agency.logo_sha256[:12]}" if agency.logo_sha256 else None


def show_agency(agency: Agency) -> AgencyAnswer:
    return AgencyAnswer(
        name=agency.name,
        short_name=agency.short_name,
        zone=agency.zone,
        logo_url=logo_url(agency),
    )


def show_mandate(mandate: Mandate) -> MandateAnswer:
    position = mandate.position
    return MandateAnswer(
        id=mandate.id,
        kind=mandate.kind,
        position_id=position.id,
        title=position.title,
        capacity=capacity(mandate),
        decree_number=mandate.decree_number,
        unit_id=position.unit.id,
        unit_name=position.unit.name,
        starts_at=mandate.starts_at,
        ends_at=mandate.ends_at,
    )


def show_device(device: Device, *, current_id: UUID | None = None) -> DeviceAnswer:
    facts = {name: getattr(device, name) for name in DeviceAnswer.model_fields.keys() - {"current"}}
    return DeviceAnswer(**facts, current=device.id == current_id)


def show_certificate(row: Certificate) -> CertificateAnswer:
    own = CertificateAnswer.model_fields.keys() - {"subject", "issuer"}
    return CertificateAnswer(
        **{name: getattr(row, name) for name in own},
        subject=common_name(row.der),
        issuer=issuer_name(row.der),
    )


def show_decisions(session: Session, rows: Sequence[TwoOfficerDecision]) -> list[DecisionAnswer]:
    """Decisions with the names of everybody they speak of."""
    people = [
        (row.person_id, row.proposed_by, row.first_officer_id, row.decided_by) for row in rows
    ]
    names = directory.names(session, itertools.chain.from_iterable(people))

    def named(person_id: UUID) -> Named:
        return Named(id=person_id, name=names[person_id])

    return [
        DecisionAnswer(
            id=row.id,
            kind=row.kind,
            person=named(row.person_id),
            payload=row.payload,
            state=row.state,
            proposed_by=named(row.proposed_by),
            first_officer=named(row.first_officer_id) if row.first_officer_id else None,
            created_at=row.created_at,
            decided_by=named(row.decided_by) if row.decided_by else None,
            decided_at=row.decided_at,
            note=row.note,
        )
        for row in rows
    ]

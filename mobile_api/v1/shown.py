"""How people, units, devices and the agency look in answers, the same everywhere."""

import itertools
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.certificates.authority import common_name, issuer_name
from backend.certificates.models import Certificate
from backend.identity.models import Device, TwoOfficerDecision
from backend.organisation import directory
from backend.organisation.mandates import capacity
from backend.organisation.models import Agency, Mandate, Person, RoleGrant, Unit
from mobile_api.fields import rfc3339


def show_agency(agency: Agency) -> dict[str, Any]:
    logo = agency.logo_sha256
    return {
        "name": agency.name,
        "short_name": agency.short_name,
        "zone": agency.zone,
        "logo_url": f"/api/v1/agency/logo?v={logo[:12]}" if logo else None,
    }


def show_unit(unit: Unit) -> dict[str, Any]:
    return {
        "id": str(unit.id),
        "name": unit.name,
        "code": unit.code,
        "parent_id": str(unit.parent_id) if unit.parent_id else None,
    }


def show_person(person: Person) -> dict[str, Any]:
    return {
        "id": str(person.id),
        "name": person.name,
        "nip": person.nip,
        "email": person.email,
        "phone": person.phone,
        "joined_at": rfc3339(person.joined_at),
        "left_at": rfc3339(person.left_at),
    }


def show_mandate(mandate: Mandate) -> dict[str, Any]:
    position = mandate.position
    return {
        "id": str(mandate.id),
        "kind": mandate.kind,
        "position_id": str(position.id),
        "title": position.title,
        "capacity": capacity(mandate),
        "decree_number": mandate.decree_number,
        "unit_id": str(position.unit.id),
        "unit_name": position.unit.name,
        "starts_at": rfc3339(mandate.starts_at),
        "ends_at": rfc3339(mandate.ends_at),
    }


def show_role(grant: RoleGrant) -> dict[str, Any]:
    return {
        "id": str(grant.id),
        "person_id": str(grant.person_id),
        "role": grant.role,
        "unit_id": str(grant.unit_id) if grant.unit_id else None,
        "granted_at": rfc3339(grant.granted_at),
    }


def show_device(device: Device, *, current_id: UUID | None = None) -> dict[str, Any]:
    return {
        "id": str(device.id),
        "name": device.name,
        "thumbprint": device.thumbprint,
        "enrolled_at": rfc3339(device.enrolled_at),
        "last_used_at": rfc3339(device.last_used_at),
        "may_sign_from": rfc3339(device.may_sign_from),
        "revoked_at": rfc3339(device.revoked_at),
        "lost_at": rfc3339(device.lost_at),
        "current": device.id == current_id,
    }


def decision_names(session: Session, rows: Sequence[TwoOfficerDecision]) -> dict[UUID, str]:
    """The names of everybody these decisions speak of."""
    people = [(row.person_id, row.proposed_by, row.decided_by) for row in rows]
    return directory.names(session, itertools.chain.from_iterable(people))


def show_decision(decision: TwoOfficerDecision, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": str(decision.id),
        "kind": decision.kind,
        "person": _named(decision.person_id, names),
        "payload": decision.payload,
        "state": decision.state,
        "proposed_by": _named(decision.proposed_by, names),
        "created_at": rfc3339(decision.created_at),
        "decided_by": _named(decision.decided_by, names),
        "decided_at": rfc3339(decision.decided_at),
        "note": decision.note,
    }


def _named(person_id: UUID | None, names: dict[UUID, str]) -> dict[str, Any] | None:
    return {"id": str(person_id), "name": names[person_id]} if person_id else None


def show_certificate(row: Certificate) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "person_id": str(row.person_id),
        "subject": common_name(row.der),
        "issuer": issuer_name(row.der),
        "serial": row.serial,
        "thumbprint": row.thumbprint,
        "not_before": rfc3339(row.not_before),
        "not_after": rfc3339(row.not_after),
        "status": row.status,
        "status_at": rfc3339(row.status_at),
        "reason": row.reason,
        "decision_id": str(row.decision_id) if row.decision_id else None,
    }

"""Units, positions, mandates and roles."""

from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response
from pydantic import StringConstraints
from sqlalchemy import exists, or_, select

from backend.certificates.models import Certificate, CertificateStatus
from backend.core.db import Work
from backend.identity import departure
from backend.identity.models import Account
from backend.organisation import appointments, mandates, units
from backend.organisation.models import Mandate, MandateKind, Position, Role
from mobile_api.access import needs, signed_in
from mobile_api.context import current_work
from mobile_api.fields import Body, Line, Moment
from mobile_api.pagination import PageQuery, page
from mobile_api.v1.shown import show_mandate, show_role, show_unit

bp = APIBlueprint("organisation", __name__, url_prefix="/api/v1")

UnitCode = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9.\-/]{0,31}$")
]


class NewUnit(Body):
    name: Line
    code: UnitCode
    parent_id: UUID | None = None


class UnitChange(Body):
    name: Line | None = None
    code: UnitCode | None = None


class NewPosition(Body):
    unit_id: UUID
    title: Line
    head_of_unit: bool = False


class PositionChange(Body):
    title: Line | None = None
    head_of_unit: bool | None = None


class PositionQuery(PageQuery):
    query: str = ""
    unit_id: UUID | None = None


class NewMandate(Body):
    person_id: UUID
    position_id: UUID
    kind: MandateKind
    decree_number: Line
    starts_at: Moment
    ends_at: Moment | None = None


class MandateEnd(Body):
    at: Moment | None = None


class NewRole(Body):
    person_id: UUID
    role: Role
    unit_id: UUID | None = None


@bp.get("/units")
@signed_in
def list_units() -> dict[str, Any]:
    """The open units by name."""
    return {"items": [show_unit(unit) for unit in units.units(current_work())], "next_cursor": None}


@bp.post("/units")
@needs(Role.ADMINISTRATOR)
@bp.input(NewUnit)
def open_unit(json_data: NewUnit) -> tuple[dict[str, Any], int]:
    """A new unit."""
    unit = units.open_unit(
        current_work(), json_data.name, json_data.code, parent_id=json_data.parent_id
    )
    return show_unit(unit), 201


@bp.patch("/units/<uuid:unit_id>")
@needs(Role.ADMINISTRATOR)
@bp.input(UnitChange)
def change_unit(unit_id: UUID, json_data: UnitChange) -> dict[str, Any]:
    """Renames a unit; papers keep what they carry."""
    return show_unit(
        units.change_unit(current_work(), unit_id, name=json_data.name, code=json_data.code)
    )


@bp.delete("/units/<uuid:unit_id>")
@needs(Role.ADMINISTRATOR)
def close_unit(unit_id: UUID) -> Response:
    """Closes an empty unit."""
    units.close_unit(current_work(), unit_id)
    return Response(status=204)


@bp.get("/positions")
@signed_in
@bp.input(PositionQuery, location="query")
def list_positions(query_data: PositionQuery) -> dict[str, Any]:
    """The open positions by title, with who holds them now and whether they can sign."""
    work = current_work()
    rows = units.positions(
        work,
        query=query_data.query,
        unit_id=query_data.unit_id,
        after=query_data.position(str, UUID),
        limit=query_data.limit + 1,
    )
    held = mandates.holders_of(work.session, [row.id for row in rows], work.now)
    able = _able_to_sign(work, [m.person_id for found in held.values() for m in found])
    return page(
        rows,
        query_data,
        lambda row: _show_position(row, held.get(row.id, []), able),
        lambda row: (row.title, row.id),
    )


@bp.post("/positions")
@needs(Role.ADMINISTRATOR)
@bp.input(NewPosition)
def open_position(json_data: NewPosition) -> tuple[dict[str, Any], int]:
    """A new position in a unit."""
    position = units.open_position(
        current_work(),
        json_data.unit_id,
        json_data.title,
        head_of_unit=json_data.head_of_unit,
    )
    return _show_position(position, [], set()), 201


@bp.patch("/positions/<uuid:position_id>")
@needs(Role.ADMINISTRATOR)
@bp.input(PositionChange)
def change_position(position_id: UUID, json_data: PositionChange) -> dict[str, Any]:
    """Renames a position, or makes it its unit's head."""
    work = current_work()
    position = units.change_position(work, position_id, **json_data.model_dump())
    held = list(mandates.holders(work.session, position_id, work.now))
    return _show_position(position, held, _able_to_sign(work, [m.person_id for m in held]))


@bp.delete("/positions/<uuid:position_id>")
@needs(Role.ADMINISTRATOR)
def close_position(position_id: UUID) -> Response:
    """Closes a position nobody holds."""
    units.close_position(current_work(), position_id)
    return Response(status=204)


@bp.post("/mandates")
@needs(Role.ADMINISTRATOR)
@bp.input(NewMandate)
def give_mandate(json_data: NewMandate) -> tuple[dict[str, Any], int]:
    """Puts a person on a position, definitively or acting, for a period with a decree number."""
    mandate = appointments.give_mandate(current_work(), **json_data.model_dump())
    return show_mandate(mandate), 201


@bp.post("/mandates/<uuid:mandate_id>/end")
@needs(Role.ADMINISTRATOR)
@bp.input(MandateEnd)
def end_mandate(mandate_id: UUID, json_data: MandateEnd) -> dict[str, Any]:
    """Ends a mandate now, or at a later moment."""
    return show_mandate(appointments.end_mandate(current_work(), mandate_id, at=json_data.at))


@bp.post("/roles")
@needs(Role.ADMINISTRATOR)
@bp.input(NewRole)
def grant_role(json_data: NewRole) -> tuple[dict[str, Any], int]:
    """Gives a role; an operator's is for one unit."""
    grant = appointments.grant_role(
        current_work(), json_data.person_id, json_data.role, unit_id=json_data.unit_id
    )
    return show_role(grant), 201


@bp.delete("/roles/<uuid:grant_id>")
@needs(Role.ADMINISTRATOR)
def revoke_role(grant_id: UUID) -> Response:
    """Takes a role back, at once."""
    departure.revoke_role(current_work(), grant_id)
    return Response(status=204)


def _able_to_sign(work: Work, person_ids: list[UUID]) -> set[UUID]:
    """Who of these has a valid certificate and is not suspended."""
    valid = exists().where(
        Certificate.person_id == Account.person_id,
        Certificate.status == CertificateStatus.VALID,
        Certificate.not_after > work.now,
    )
    query = select(Account.person_id).where(
        Account.person_id.in_(person_ids),
        Account.signing_suspended_at.is_(None),
        or_(Account.closed_at.is_(None), Account.closed_at > work.now),
        valid,
    )
    return set(work.session.scalars(query))


def _show_position(position: Position, held: list[Mandate], able: set[UUID]) -> dict[str, Any]:
    holders = [
        {"person_id": str(m.person_id), "name": m.person.name, "capacity": mandates.capacity(m)}
        for m in held
    ]
    return {
        "id": str(position.id),
        "title": position.title,
        "unit_id": str(position.unit_id),
        "unit_name": position.unit.name,
        "head_of_unit": position.head_of_unit,
        "holder": holders[0] if holders else None,
        "holders": holders,
        "can_sign": any(m.person_id in able for m in held),
    }

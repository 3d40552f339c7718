"""Units, positions, mandates and roles."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response
from pydantic import StringConstraints
from sqlalchemy import exists, or_, select

from backend.certificates.models import Certificate, CertificateStatus
from backend.core.db import Work
from backend.identity import grants, officers
from backend.identity.models import Account
from backend.organisation import appointments, directory, mandates, units
from backend.organisation.models import Mandate, MandateKind, Position, Role, RoleGrant
from mobile_api.access import needs, signed_in
from mobile_api.context import current_work
from mobile_api.fields import Body, Line, Moment, Note
from mobile_api.pagination import PageQuery, page
from mobile_api.v1.shown import (
    Answer,
    MandateAnswer,
    Named,
    Page,
    RoleAnswer,
    UnitAnswer,
    show_mandate,
)

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
    cleared: bool = False
    """An operator: for the unit's secret papers too."""


class Objection(Body):
    note: Note


class ObjectionAnswer(Answer):
    id: UUID
    person: Named
    granted_by: Named | None
    """None when it came from the machine's command line."""
    granted_at: datetime
    counts_from: datetime
    revoked_at: datetime | None
    waiting: bool
    """Whether an objection is still in time."""


class Holder(Answer):
    person_id: UUID
    name: str
    capacity: str


class PositionAnswer(Answer):
    id: UUID
    title: str
    unit_id: UUID
    unit_name: str
    head_of_unit: bool
    holder: Holder | None
    """Who holds it now, the definitive holder first; None while nobody does."""
    holders: list[Holder]
    can_sign: bool
    """Whether one of them has a valid certificate and is not suspended."""


@bp.get("/units")
@signed_in
@bp.output(Page[UnitAnswer])
def list_units() -> dict[str, Any]:
    """The open units by name."""
    return {"items": [UnitAnswer.model_validate(unit) for unit in units.units(current_work())]}


@bp.post("/units")
@needs(Role.ADMINISTRATOR)
@bp.input(NewUnit)
@bp.output(UnitAnswer, status_code=201)
def open_unit(json_data: NewUnit) -> UnitAnswer:
    """A new unit."""
    unit = units.open_unit(
        current_work(), json_data.name, json_data.code, parent_id=json_data.parent_id
    )
    return UnitAnswer.model_validate(unit)


@bp.patch("/units/<uuid:unit_id>")
@needs(Role.ADMINISTRATOR)
@bp.input(UnitChange)
@bp.output(UnitAnswer)
def change_unit(unit_id: UUID, json_data: UnitChange) -> UnitAnswer:
    """Renames a unit; papers keep what they carry."""
    return UnitAnswer.model_validate(
        units.change_unit(current_work(), unit_id, name=json_data.name, code=json_data.code)
    )


@bp.delete("/units/<uuid:unit_id>")
@needs(Role.ADMINISTRATOR)
@bp.output({}, status_code=204)
def close_unit(unit_id: UUID) -> Response:
    """Closes an empty unit."""
    units.close_unit(current_work(), unit_id)
    return Response(status=204)


@bp.get("/positions")
@signed_in
@bp.input(PositionQuery, location="query")
@bp.output(Page[PositionAnswer])
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
@bp.output(PositionAnswer, status_code=201)
def open_position(json_data: NewPosition) -> PositionAnswer:
    """A new position in a unit."""
    position = units.open_position(
        current_work(),
        json_data.unit_id,
        json_data.title,
        head_of_unit=json_data.head_of_unit,
    )
    return _show_position(position, [], set())


@bp.patch("/positions/<uuid:position_id>")
@needs(Role.ADMINISTRATOR)
@bp.input(PositionChange)
@bp.output(PositionAnswer)
def change_position(position_id: UUID, json_data: PositionChange) -> PositionAnswer:
    """Renames a position, or makes it its unit's head."""
    work = current_work()
    position = units.change_position(work, position_id, **json_data.model_dump())
    held = list(mandates.holders(work.session, position_id, work.now))
    return _show_position(position, held, _able_to_sign(work, [m.person_id for m in held]))


@bp.delete("/positions/<uuid:position_id>")
@needs(Role.ADMINISTRATOR)
@bp.output({}, status_code=204)
def close_position(position_id: UUID) -> Response:
    """Closes a position nobody holds."""
    units.close_position(current_work(), position_id)
    return Response(status=204)


@bp.post("/mandates")
@needs(Role.ADMINISTRATOR)
@bp.input(NewMandate)
@bp.output(MandateAnswer, status_code=201)
def give_mandate(json_data: NewMandate) -> MandateAnswer:
    """Puts a person on a position, definitively or acting, for a period with a decree number."""
    mandate = grants.appoint(current_work(), **json_data.model_dump())
    return show_mandate(mandate)


@bp.post("/mandates/<uuid:mandate_id>/end")
@needs(Role.ADMINISTRATOR)
@bp.input(MandateEnd)
@bp.output(MandateAnswer)
def end_mandate(mandate_id: UUID, json_data: MandateEnd) -> MandateAnswer:
    """Ends a mandate now, or at a later moment."""
    return show_mandate(appointments.end_mandate(current_work(), mandate_id, at=json_data.at))


@bp.post("/roles")
@needs(Role.ADMINISTRATOR)
@bp.input(NewRole)
@bp.output(RoleAnswer, status_code=201)
def grant_role(json_data: NewRole) -> RoleAnswer:
    """Gives a role; an operator's is for one unit. An officer's may count only a day later."""
    return RoleAnswer.model_validate(grants.give_role(current_work(), **json_data.model_dump()))


@bp.delete("/roles/<uuid:grant_id>")
@needs(Role.ADMINISTRATOR)
@bp.output({}, status_code=204)
def revoke_role(grant_id: UUID) -> Response:
    """Takes a role back, at once."""
    grants.take_role(current_work(), grant_id)
    return Response(status=204)


@bp.get("/roles/<uuid:grant_id>/objection")
@signed_in
@bp.output(ObjectionAnswer)
def read_objection(grant_id: UUID) -> ObjectionAnswer:
    """A new officer's grant, for those who were told of it and may object."""
    return _show_objection(grants.objectionable(current_work(), grant_id))


@bp.post("/roles/<uuid:grant_id>/objection")
@signed_in
@bp.input(Objection)
@bp.output(ObjectionAnswer)
def object_to(grant_id: UUID, json_data: Objection) -> ObjectionAnswer:
    """Says no to an officer one person named, before the grant counts."""
    return _show_objection(grants.object_to(current_work(), grant_id, json_data.note))


def _show_objection(grant: RoleGrant) -> ObjectionAnswer:
    work, by = current_work(), grant.granted_by
    names = directory.names(work.session, [grant.person_id, by])
    return ObjectionAnswer(
        id=grant.id,
        person=Named(id=grant.person_id, name=names[grant.person_id]),
        granted_by=Named(id=by, name=names[by]) if by else None,
        granted_at=grant.granted_at,
        counts_from=grant.counts_from,
        revoked_at=grant.revoked_at,
        waiting=officers.is_waiting(work, grant),
    )


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


def _show_position(position: Position, held: list[Mandate], able: set[UUID]) -> PositionAnswer:
    holders = [
        Holder(person_id=m.person_id, name=m.person.name, capacity=mandates.capacity(m))
        for m in held
    ]
    return PositionAnswer(
        id=position.id,
        title=position.title,
        unit_id=position.unit_id,
        unit_name=position.unit.name,
        head_of_unit=position.head_of_unit,
        holder=holders[0] if holders else None,
        holders=holders,
        can_sign=any(m.person_id in able for m in held),
    )

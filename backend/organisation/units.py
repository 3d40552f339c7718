"""Units (OPD) and their positions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select, tuple_
from sqlalchemy.orm import joinedload

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.organisation import mandates
from backend.organisation.models import Position, Unit
from backend.organisation.problems import CODE_TAKEN, POSITION_HELD, UNIT_IN_USE


def open_unit(work: Work, name: str, code: str, *, parent_id: UUID | None = None) -> Unit:
    """A new unit. Its code stands in reference numbers and is never given to another unit."""
    if parent_id is not None:
        live_unit(work, parent_id)
    _refuse_taken(work, code, None)
    unit = Unit(name=name, code=code, parent_id=parent_id)
    work.session.add(unit)
    work.session.flush()
    record(work, "unit.opened", "unit", unit.id, name=name, code=code)
    return unit


def change_unit(
    work: Work, unit_id: UUID, *, name: str | None = None, code: str | None = None
) -> Unit:
    """Renames a unit; papers keep the name they carry."""
    unit = live_unit(work, unit_id)
    if code is not None:
        _refuse_taken(work, code, unit_id)
        unit.code = code
    unit.name = name or unit.name
    record(work, "unit.changed", "unit", unit.id, name=unit.name, code=unit.code)
    return unit


def close_unit(work: Work, unit_id: UUID) -> Unit:
    """Closes an empty unit. Raises UNIT_IN_USE while it has open positions or parts."""
    unit = live_unit(work, unit_id)
    positions = exists().where(Position.unit_id == unit_id, Position.closed_at.is_(None))
    parts = exists().where(Unit.parent_id == unit_id, Unit.closed_at.is_(None))
    if work.session.scalar(select(positions | parts)):
        raise UNIT_IN_USE()
    unit.closed_at = work.now
    record(work, "unit.closed", "unit", unit.id)
    return unit


def open_position(work: Work, unit_id: UUID, title: str, *, head_of_unit: bool = False) -> Position:
    """A new chair in a unit."""
    live_unit(work, unit_id)
    position = Position(unit_id=unit_id, title=title, head_of_unit=head_of_unit)
    work.session.add(position)
    work.session.flush()
    record(work, "position.opened", "position", position.id, title=title, unit=unit_id)
    return position


def change_position(
    work: Work, position_id: UUID, *, title: str | None = None, head_of_unit: bool | None = None
) -> Position:
    position = live_position(work, position_id)
    position.title = title or position.title
    if head_of_unit is not None:
        position.head_of_unit = head_of_unit
    record(work, "position.changed", "position", position.id, title=position.title)
    return position


def close_position(work: Work, position_id: UUID) -> Position:
    """Closes a chair nobody sits on. Raises POSITION_HELD."""
    position = live_position(work, position_id)
    if mandates.holders(work.session, position_id, work.now):
        raise POSITION_HELD()
    position.closed_at = work.now
    record(work, "position.closed", "position", position.id)
    return position


def units(work: Work) -> Sequence[Unit]:
    """The open units by name."""
    query = select(Unit).where(Unit.closed_at.is_(None)).order_by(Unit.name)
    return work.session.scalars(query).all()


def positions(
    work: Work,
    *,
    query: str = "",
    unit_id: UUID | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> Sequence[Position]:
    """The open positions by title; `query` is part of a title."""
    rows = select(Position).where(Position.closed_at.is_(None)).options(joinedload(Position.unit))
    if text := query.strip():
        rows = rows.where(Position.title.icontains(text, autoescape=True))
    if unit_id is not None:
        rows = rows.where(Position.unit_id == unit_id)
    if after is not None:
        rows = rows.where(tuple_(Position.title, Position.id) > tuple_(*after))
    return work.session.scalars(rows.order_by(Position.title, Position.id).limit(limit)).all()


def live_unit(work: Work, unit_id: UUID) -> Unit:
    """A unit that was not closed, locked. Raises NOT_FOUND."""
    unit = work.session.get(Unit, unit_id, with_for_update={"key_share": True})
    if unit is None or unit.closed_at is not None:
        raise NOT_FOUND()
    return unit


def live_position(work: Work, position_id: UUID) -> Position:
    """A position that was not closed, locked. Raises NOT_FOUND."""
    position = work.session.get(Position, position_id, with_for_update={"key_share": True})
    if position is None or position.closed_at is not None:
        raise NOT_FOUND()
    return position


def _refuse_taken(work: Work, code: str, own_id: UUID | None) -> None:
    other = work.session.scalar(select(Unit).where(Unit.code == code, Unit.id != own_id))
    if other is not None and other.id != own_id:
        raise CODE_TAKEN(name=other.name)

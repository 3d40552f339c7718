"""Giving and ending mandates, and granting roles.

Papers wait for positions, never for people: whoever holds the position next finds them there.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.core.jobs import Job, defer
from backend.organisation import units
from backend.organisation.models import Mandate, MandateKind, Person, Role, RoleGrant
from backend.organisation.problems import (
    DEFINITIVE_HELD,
    MANDATE_OVERLAPS,
    PERIOD_INVALID,
    PERIOD_REQUIRED,
    UNIT_REQUIRED,
)


def give_mandate(
    work: Work,
    person_id: UUID,
    position_id: UUID,
    kind: MandateKind,
    decree_number: str,
    *,
    starts_at: datetime,
    ends_at: datetime | None = None,
) -> Mandate:
    """Puts a person on a position for a period.

    A position has one definitive holder at a time; acting ones (Plt, Plh, Pj, Pjs), always for a
    stated period, may stand beside. Raises DEFINITIVE_HELD, MANDATE_OVERLAPS, PERIOD_REQUIRED,
    PERIOD_INVALID.
    """
    if kind is not MandateKind.DEFINITIVE and ends_at is None:
        raise PERIOD_REQUIRED()
    if ends_at is not None and ends_at <= max(starts_at, work.now):
        raise PERIOD_INVALID()
    units.live_position(
        work, position_id
    )  # Locked: of two appointments at once one is judged last.
    live_person(work, person_id)
    overlapping = select(Mandate).where(
        Mandate.position_id == position_id,
        or_(Mandate.ends_at.is_(None), Mandate.ends_at > starts_at),
    )
    if ends_at is not None:
        overlapping = overlapping.where(Mandate.starts_at < ends_at)
    for other in work.session.scalars(overlapping):
        if other.person_id == person_id:
            raise MANDATE_OVERLAPS()
        if kind is other.kind is MandateKind.DEFINITIVE:
            raise DEFINITIVE_HELD(name=other.person.name)
    mandate = Mandate(
        person_id=person_id,
        position_id=position_id,
        kind=kind,
        decree_number=decree_number,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    work.session.add(mandate)
    work.session.flush()
    record(
        work,
        "mandate.given",
        "position",
        position_id,
        person=person_id,
        kind=kind,
        decree=decree_number,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    defer(work.session, Job.HAND_OVER, position_id=position_id)
    return mandate


def end_mandate(work: Work, mandate_id: UUID, *, at: datetime | None = None) -> Mandate:
    """Ends a mandate now, or at a later moment before its own end."""
    mandate = work.session.get(Mandate, mandate_id, with_for_update=True)
    moment = max(at or work.now, work.now)
    if mandate is None or (mandate.ends_at is not None and mandate.ends_at <= moment):
        raise NOT_FOUND()
    mandate.ends_at = moment
    mandate.ended_by = work.actor.person_id
    record(
        work,
        "mandate.ended",
        "position",
        mandate.position_id,
        person=mandate.person_id,
        mandate=mandate.id,
        at=moment,
    )
    defer(work.session, Job.HAND_OVER, position_id=mandate.position_id)
    return mandate


def end_all_mandates(work: Work, person_id: UUID) -> None:
    """Ends what a person holds now and was going to hold."""
    query = select(Mandate.id).where(
        Mandate.person_id == person_id, or_(Mandate.ends_at.is_(None), Mandate.ends_at > work.now)
    )
    for mandate_id in work.session.scalars(query).all():
        end_mandate(work, mandate_id)


def grant_role(
    work: Work,
    person_id: UUID,
    role: Role,
    *,
    unit_id: UUID | None = None,
    cleared: bool = False,
    counts_from: datetime | None = None,
) -> RoleGrant:
    """Gives a role, an operator's for one unit, to count at once or from a later moment.

    Who holds it already keeps the grant: it may come to count sooner, and be `cleared` or not.
    Whether it may be given is judged in identity/grants.py.
    """
    live_person(work, person_id)
    if (role is Role.OPERATOR) != (unit_id is not None):
        raise UNIT_REQUIRED()
    if unit_id is not None:
        units.live_unit(work, unit_id)
    begins, cleared = counts_from or work.now, cleared and role is Role.OPERATOR
    held = held_grant(work, person_id, role, unit_id)
    if held is not None and held.cleared == cleared and held.counts_from <= begins:
        return held
    grant = held or RoleGrant(
        person_id=person_id,
        role=role,
        unit_id=unit_id,
        granted_at=work.now,
        granted_by=work.actor.person_id,
        counts_from=begins,
    )
    grant.cleared, grant.counts_from = cleared, min(grant.counts_from, begins)
    work.session.add(grant)
    work.session.flush()
    record(
        work,
        "role.changed" if held else "role.granted",
        "person",
        person_id,
        role=role,
        unit=unit_id,
        counts_from=grant.counts_from,
        cleared=cleared,
    )
    return grant


def holders_of(work: Work, role: Role, *more: ColumnElement[bool]) -> list[UUID]:
    """People of the house whose grant of a role counts now. `more`: what else must be true of it."""
    return list(
        work.session.scalars(
            select(RoleGrant.person_id)
            .join(Person, Person.id == RoleGrant.person_id)
            .where(
                RoleGrant.role == role,
                RoleGrant.revoked_at.is_(None),
                RoleGrant.counts_from <= work.now,
                or_(Person.left_at.is_(None), Person.left_at > work.now),
                *more,
            )
            .order_by(RoleGrant.person_id)
            .distinct()
        )
    )


def held_grant(
    work: Work, person_id: UUID, role: Role, unit_id: UUID | None = None
) -> RoleGrant | None:
    """The open grant of a role, whether it counts yet or not."""
    return work.session.scalar(
        select(RoleGrant).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role,
            RoleGrant.unit_id == unit_id,
            RoleGrant.revoked_at.is_(None),
        )
    )


def revoke_role(work: Work, grant_id: UUID) -> RoleGrant:
    """Takes a role back; it ends with this transaction."""
    grant = work.session.get(RoleGrant, grant_id, with_for_update=True)
    if grant is None or grant.revoked_at is not None:
        raise NOT_FOUND()
    grant.revoked_at = work.now
    record(work, "role.revoked", "person", grant.person_id, role=grant.role, unit=grant.unit_id)
    return grant


def live_person(work: Work, person_id: UUID) -> Person:
    """A person who has not left, locked. Raises NOT_FOUND."""
    person = work.session.get(Person, person_id, with_for_update={"key_share": True})
    if person is None or person.left_at is not None:
        raise NOT_FOUND()
    return person

"""Giving roles and positions, so that no one person's word makes an officer or turns one into another.

The first two officers are the administrator's to name, while nobody's identity was ever checked
here. From then on two officers name a third (see decisions.py). Where fewer than two are left, an
administrator's grant counts after a day in which every guardian can object. The operator of the
machine, who acts without an account, may do what the machine's owner could do anyway; it is told
to the guardians all the same.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.core.masterkey import MasterKey
from backend.identity import decisions, officers
from backend.identity.models import (
    DecisionKind,
    DecisionState,
    SecurityEventKind,
    TwoOfficerDecision,
)
from backend.identity.problems import (
    IDENTITY_CHECKED,
    LAST_ADMINISTRATOR,
    OBJECTION_LATE,
    OFFICERS_DECIDE,
    OWN_CASE,
    OWN_RIGHTS,
)
from backend.identity.security import announce
from backend.organisation import appointments, directory, nik
from backend.organisation.models import Mandate, MandateKind, Person, Role, RoleGrant

_LOCK = 0x4F464643  # «OFFC»: the advisory lock on naming officers.


def give_role(
    work: Work,
    person_id: UUID,
    role: Role,
    *,
    unit_id: UUID | None = None,
    cleared: bool = False,
) -> RoleGrant:
    """Gives a role. Raises OWN_RIGHTS, OFFICERS_DECIDE and what appointments raises.

    Giving what is held changes nothing but whether an operator is cleared for secret papers, of
    which the head of the unit is told.
    """
    _not_to_oneself(work, person_id)
    held = appointments.held_grant(work, person_id, role, unit_id)
    known, begins = held.counts_from if held else None, work.now
    newly_cleared = cleared and not (held and held.cleared)
    if role is Role.REGISTRATION_OFFICER:
        if held is not None and work.actor.person_id is not None:
            return held
        begins = _officer_from(work)
    grant = appointments.grant_role(
        work, person_id, role, unit_id=unit_id, cleared=cleared, counts_from=begins
    )
    if known is None or grant.counts_from < known:
        officers.tell(work, grant, SecurityEventKind.ROLE_GRANTED)
    if newly_cleared:
        announce(work, person_id, SecurityEventKind.OPERATOR_CLEARED)
    return grant


def take_role(work: Work, grant_id: UUID) -> RoleGrant:
    """Takes a role back, and with an officer's role what the officer proposed.

    Raises NOT_FOUND, or LAST_ADMINISTRATOR when nobody could let the next one in.
    """
    grant = work.session.get(RoleGrant, grant_id)
    if grant is not None and grant.role is Role.ADMINISTRATOR:
        keep_an_administrator(work, grant.person_id)
    grant = appointments.revoke_role(work, grant_id)
    if grant.role is Role.REGISTRATION_OFFICER:
        decisions.withdraw_proposals(work, grant.person_id)
    officers.tell(work, grant, SecurityEventKind.ROLE_REVOKED)
    return grant


def take_all_roles(work: Work, person_id: UUID) -> None:
    """Takes back every role of a person. Raises LAST_ADMINISTRATOR."""
    query = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)
    )
    for grant_id in work.session.scalars(query).all():
        take_role(work, grant_id)


def objectionable(work: Work, grant_id: UUID) -> RoleGrant:
    """An officer's grant, for the guardians who were told of it. NOT_FOUND to everybody else."""
    grant = work.session.get(RoleGrant, grant_id, with_for_update=True)
    asker = work.actor.known_id
    if grant is None or grant.role is not Role.REGISTRATION_OFFICER:
        raise NOT_FOUND()
    if asker == grant.person_id or asker not in officers.guardians(work):
        raise NOT_FOUND()
    return grant


def object_to(work: Work, grant_id: UUID, note: str) -> RoleGrant:
    """One guardian's no, with the reason: the grant never counts. Raises OBJECTION_LATE."""
    grant = objectionable(work, grant_id)
    if not officers.is_waiting(work, grant):
        raise OBJECTION_LATE()
    appointments.revoke_role(work, grant_id)
    record(work, "role.objected", "person", grant.person_id, role=grant.role, note=note)
    officers.tell(work, grant, SecurityEventKind.ROLE_OBJECTED, note=note)
    return grant


def appoint(
    work: Work,
    person_id: UUID,
    position_id: UUID,
    kind: MandateKind,
    decree_number: str,
    *,
    starts_at: datetime,
    ends_at: datetime | None = None,
) -> Mandate:
    """Puts somebody else on a position, and tells those who would notice a puppet there."""
    _not_to_oneself(work, person_id)
    mandate = appointments.give_mandate(
        work, person_id, position_id, kind, decree_number, starts_at=starts_at, ends_at=ends_at
    )
    announce(
        work, person_id, SecurityEventKind.MANDATE_GIVEN, position=str(position_id),
        title=mandate.position.title, decree=decree_number,
    )  # fmt: skip
    return mandate


def change_facts(work: Work, person_id: UUID, **facts: str | None) -> Person:
    """Corrects a person's facts; whom an officer checked keeps name and NIP until two correct it.

    Raises IDENTITY_CHECKED and what directory.change raises.
    """
    person = appointments.live_person(work, person_id)
    changed = {name: value for name, value in facts.items() if getattr(person, name) != value}
    card_read = person.nik_mark is not None or _checked(work, person_id)
    if changed.keys() & directory.IDENTITY and card_read:
        raise IDENTITY_CHECKED()
    return directory.change(work, person_id, **changed) if changed else person


def enter_nik(work: Work, person_id: UUID, number: str, *, keys: MasterKey) -> None:
    """Another person's citizen's number, as an officer read it on the identity card.

    It says as whom a signing service signs: another number than before is told as a correction.
    Raises OWN_CASE and what nik.put raises.
    """
    if officers.require(work.actor) == person_id:
        raise OWN_CASE()
    person = appointments.live_person(work, person_id)
    before = person.nik_mark
    nik.put(work, person_id, number, keys=keys)
    if before not in {None, person.nik_mark}:
        announce(work, person_id, SecurityEventKind.IDENTITY_CORRECTED)


def keep_an_administrator(work: Work, leaving_id: UUID) -> None:
    """Raises LAST_ADMINISTRATOR when nobody else could let the next one in."""
    administrators = (
        select(RoleGrant.person_id)
        .where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
        .with_for_update()
    )
    if set(work.session.scalars(administrators)) == {leaving_id}:
        raise LAST_ADMINISTRATOR()


def _officer_from(work: Work) -> datetime:
    if work.actor.person_id is None:
        return work.now
    # Of two administrators at once the second counts whom the first named.
    work.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if len(officers.active(work)) >= 2:
        raise OFFICERS_DECIDE()
    return work.now + officers.DELAY if _checked(work) else work.now


def _checked(work: Work, person_id: UUID | None = None) -> bool:
    """Whether two officers ever agreed on a certificate: for anybody, or for this person.

    Of a person, from the first officer's word on: what one saw is what the other agrees to.
    """
    said = [DecisionState.AGREED]
    if person_id is not None:
        said.append(DecisionState.PROPOSED)
    checked = exists().where(
        TwoOfficerDecision.kind == DecisionKind.ISSUE_CERTIFICATE,
        TwoOfficerDecision.state.in_(said),
    )
    if person_id is not None:
        checked = checked.where(TwoOfficerDecision.person_id == person_id)
    return bool(work.session.scalar(select(checked)))


def _not_to_oneself(work: Work, person_id: UUID) -> None:
    if work.actor.person_id == person_id:
        raise OWN_RIGHTS()

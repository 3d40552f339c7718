"""When a person leaves: everything they could do ends with this transaction.

What they signed stays. What waits for them waits for their positions, and with it the next holder.
"""

from uuid import UUID

from sqlalchemy import select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.identity import decisions, devices, sessions
from backend.identity.models import Account, Device
from backend.identity.problems import LAST_ADMINISTRATOR
from backend.organisation import appointments
from backend.organisation.models import Person, Role, RoleGrant


def leave(work: Work, person_id: UUID) -> Person:
    """Ends mandates, roles, sessions, devices and account; hands the certificates over to end.

    Raises NOT_FOUND, or LAST_ADMINISTRATOR when nobody could let the next one in.
    """
    person = appointments.live_person(work, person_id)
    _keep_an_administrator(work, person_id)
    appointments.end_all_mandates(work, person_id)
    appointments.revoke_all_roles(work, person_id)
    decisions.withdraw_proposals(work, person_id)
    decisions.withdraw_about(work, person_id)
    sessions.revoke_all(work, person_id)
    owned = select(Device.id).where(Device.person_id == person_id, Device.revoked_at.is_(None))
    for device_id in work.session.scalars(owned).all():
        devices.revoke(work, device_id, person_id=person_id)
    account = work.session.get(Account, person_id, with_for_update=True)
    if account is not None:
        account.closed_at = account.closed_at or work.now
    person.left_at = work.now
    record(work, "person.left", "person", person_id)
    defer(work.session, Job.PERSON_LEFT, person_id=person_id)
    return person


def revoke_role(work: Work, grant_id: UUID) -> RoleGrant:
    """Takes a role back, and with an officer's role what the officer proposed."""
    grant = work.session.get(RoleGrant, grant_id)
    if grant is not None and grant.role is Role.ADMINISTRATOR:
        _keep_an_administrator(work, grant.person_id)
    grant = appointments.revoke_role(work, grant_id)
    if grant.role is Role.REGISTRATION_OFFICER:
        decisions.withdraw_proposals(work, grant.person_id)
    return grant


def _keep_an_administrator(work: Work, leaving_id: UUID) -> None:
    administrators = (
        select(RoleGrant.person_id)
        .where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
        .with_for_update()
    )
    held = set(work.session.scalars(administrators))
    if held == {leaving_id}:
        raise LAST_ADMINISTRATOR()

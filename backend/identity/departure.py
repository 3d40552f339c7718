"""When a person leaves: everything they could do ends with this transaction.

What they signed stays. What waits for them waits for their positions, and with it the next holder.
"""

from uuid import UUID

from sqlalchemy import select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.identity import decisions, devices, grants, sessions
from backend.identity.models import Account, Device
from backend.organisation import appointments
from backend.organisation.models import Person


def leave(work: Work, person_id: UUID) -> Person:
    """Ends mandates, roles, sessions, devices and account; hands the certificates over to end.

    Raises NOT_FOUND, or LAST_ADMINISTRATOR when nobody could let the next one in.
    """
    person = appointments.live_person(work, person_id)
    grants.take_all_roles(work, person_id)
    appointments.end_all_mandates(work, person_id)
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

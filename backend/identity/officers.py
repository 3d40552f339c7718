"""Who is a registration officer, and who watches over it that nobody becomes one unseen.

Officers together decide who somebody is. What would give one person two officers of their own is
therefore told to every guardian, and each of them can say no (see grants.py).
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from backend.core.db import Actor, Work
from backend.core.errors import FORBIDDEN, DomainError
from backend.identity.models import SecurityEventKind
from backend.identity.problems import OFFICER_WAITS
from backend.identity.security import announce
from backend.organisation import appointments
from backend.organisation.models import Mandate, Position, Role, RoleGrant

DELAY = timedelta(hours=24)
"""How long an officer named by one person waits for objections."""
WATCHED = frozenset({Role.REGISTRATION_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR})
"""Roles whose giving and taking is told to every guardian."""


def require(actor: Actor) -> UUID:
    """The acting officer. Raises FORBIDDEN, or OFFICER_WAITS while the role does not count yet."""
    if Role.REGISTRATION_OFFICER not in actor.roles:
        raise refusal(actor, [Role.REGISTRATION_OFFICER])
    return actor.known_id


def refusal(actor: Actor, wanted: Iterable[str]) -> DomainError:
    """Why somebody may not act who has none of the wanted roles."""
    if actor.officer_from is not None and Role.REGISTRATION_OFFICER in wanted:
        return OFFICER_WAITS(counts_from=actor.officer_from.isoformat())
    return FORBIDDEN()


def active(work: Work) -> set[UUID]:
    """The officers whose role counts now."""
    return set(appointments.holders_of(work, Role.REGISTRATION_OFFICER))


def guardians(work: Work) -> set[UUID]:
    """Officers, auditors and heads of units: now, or until less than a day ago.

    So nobody is pushed out first in order that nobody hears of what follows.
    """
    since = work.now - DELAY
    granted = select(RoleGrant.person_id).where(
        RoleGrant.role.in_([Role.REGISTRATION_OFFICER, Role.AUDITOR]),
        RoleGrant.counts_from <= work.now,
        or_(RoleGrant.revoked_at.is_(None), RoleGrant.revoked_at > since),
    )
    heads = (
        select(Mandate.person_id)
        .join(Position, Position.id == Mandate.position_id)
        .where(
            Position.head_of_unit,
            Mandate.starts_at <= work.now,
            or_(Mandate.ends_at.is_(None), Mandate.ends_at > since),
        )
    )
    return set(work.session.scalars(granted.union(heads)))


def name(work: Work, person_id: UUID) -> RoleGrant:
    """Two officers agreed: the role counts at once."""
    grant = appointments.grant_role(work, person_id, Role.REGISTRATION_OFFICER)
    tell(work, grant, SecurityEventKind.ROLE_GRANTED)
    return grant


def tell(work: Work, grant: RoleGrant, kind: SecurityEventKind, **data: str) -> None:
    """Announces what happened to a watched role; others are nobody's business."""
    if grant.role in WATCHED:
        facts = {"role": grant.role.value, "grant": str(grant.id)}
        waits = {"counts_from": grant.counts_from.isoformat()} if is_waiting(work, grant) else {}
        announce(work, grant.person_id, kind, **facts, **waits, **data)


def is_waiting(work: Work, grant: RoleGrant) -> bool:
    """Whether the grant does not count yet, so that it can be objected to."""
    return grant.revoked_at is None and grant.counts_from > work.now

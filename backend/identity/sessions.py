"""Signed-in browsers: opened, renewed by rotating tokens, listed, ended at once.

A refresh token is good once. Poor lines lose answers, so for a minute the token just used answers
again with the same successor, to a browser that proves its device key, until the successor was
used. Any other second use means that a copy is about: the session ends and the person is told.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from backend.audit.trail import record
from backend.core import limits
from backend.core.db import Actor, Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.core.ids import new_id
from backend.identity import statements
from backend.identity.models import (
    Account,
    Device,
    RefreshToken,
    SecurityEventKind,
    SignInSession,
)
from backend.identity.problems import DEVICE_OVER, SESSION_ENDED
from backend.identity.security import announce
from backend.organisation.models import Mandate, Person, Role, RoleGrant

ACCESS_LIFETIME = timedelta(minutes=15)
IDLE_LIFETIME = timedelta(days=14)
LIFETIME = timedelta(days=90)
GRACE = timedelta(seconds=60)
PROOF = "device-proof+jwt"


@dataclass(frozen=True)
class Live:
    """A session that may act now, and as whom."""

    session: SignInSession
    account: Account
    actor: Actor


@dataclass(frozen=True)
class Rights:
    """Roles that count, the units operated, and from when a new officer's role counts."""

    roles: frozenset[str] = frozenset()
    unit_ids: frozenset[UUID] = frozenset()
    cleared_unit_ids: frozenset[UUID] = frozenset()
    officer_from: datetime | None = None


def open_session(
    work: Work, person_id: UUID, device: Device | None, *, user_agent: str
) -> tuple[SignInSession, RefreshToken]:
    """A new session and its first refresh token."""
    session = SignInSession(
        id=new_id(),
        person_id=person_id,
        device_id=device.id if device else None,
        created_at=work.now,
        last_seen_at=work.now,
        expires_at=work.now + LIFETIME,
        user_agent=user_agent[:200],
        network=limits.network(work.actor.address),
        csrf=secrets.token_urlsafe(24),
    )
    if device:
        device.last_used_at = work.now
    work.session.add(session)
    work.session.flush()
    opener = replace(work, actor=Actor(person_id=person_id, device_id=session.device_id))
    record(opener, "session.opened", "person", person_id, session=session.id)
    return session, _issue(work, session)


def live(
    session: Session, session_id: UUID, now: datetime, *, request_id: str, address: str
) -> Live | None:
    """Who acts under this session at this moment; None once it, its person or device ended.

    Asked anew at every request, so that access ends the moment somebody ends it.
    """
    row = session.execute(
        select(SignInSession, Account)
        .join(Account, Account.person_id == SignInSession.person_id)
        .join(Person, Person.id == SignInSession.person_id)
        .outerjoin(Device, Device.id == SignInSession.device_id)
        .where(
            SignInSession.id == session_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > now,
            Account.closed_at.is_(None),
            or_(Person.left_at.is_(None), Person.left_at > now),
            Device.revoked_at.is_(None),
            Device.lost_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    found, account = row
    enrolling = account.totp_confirmed_at is None
    rights = Rights() if enrolling else rights_of(session, found.person_id, now)
    actor = Actor(
        person_id=found.person_id,
        session_id=found.id,
        device_id=found.device_id,
        roles=rights.roles,
        unit_ids=rights.unit_ids,
        cleared_unit_ids=rights.cleared_unit_ids,
        officer_from=rights.officer_from,
        request_id=request_id,
        address=address,
        enrolling=enrolling,
    )
    return Live(found, account, actor)


def rights_of(session: Session, person_id: UUID, now: datetime) -> Rights:
    """What a person may do now.

    Who holds a mandate is an official for as long as it lasts, without a grant.
    """
    grants = session.execute(
        select(RoleGrant.role, RoleGrant.unit_id, RoleGrant.counts_from, RoleGrant.cleared).where(
            RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)
        )
    ).all()
    counting = [grant for grant in grants if grant.counts_from <= now]
    roles: set[str] = {grant.role for grant in counting}
    acts = exists().where(
        Mandate.person_id == person_id,
        Mandate.starts_at <= now,
        or_(Mandate.ends_at.is_(None), Mandate.ends_at > now),
    )
    if Role.OFFICIAL not in roles and session.scalar(select(acts)):
        roles.add(Role.OFFICIAL)
    operated = [g for g in counting if g.role is Role.OPERATOR]
    return Rights(
        roles=frozenset(roles),
        unit_ids=frozenset(g.unit_id for g in operated if g.unit_id),
        cleared_unit_ids=frozenset(g.unit_id for g in operated if g.unit_id and g.cleared),
        officer_from=min((g.counts_from for g in grants if g.counts_from > now), default=None),
    )


def rotate(
    work: Work, jti: UUID | None, csrf: str, proof: str | None, *, audience: str
) -> tuple[Live, RefreshToken]:
    """A refresh token's successor. Raises SESSION_ENDED; reuse ends the session for good.

    A phone that was revoked or reported lost, and proves its key, hears DEVICE_OVER: it is to empty
    itself, with whatever cookies it still has.
    """
    if proof and _is_over(work, proof, audience):
        raise DEVICE_OVER()
    token = work.session.get(RefreshToken, jti, with_for_update=True) if jti else None
    if token is None or token.expires_at <= work.now:
        raise SESSION_ENDED()
    found = live(
        work.session,
        token.session_id,
        work.now,
        request_id=work.actor.request_id or "",
        address=work.actor.address or "",
    )
    if found is None or not secrets.compare_digest(found.session.csrf, csrf):
        raise SESSION_ENDED()
    if token.rotated_at is not None:
        return found, _again(work, found.session, token, proof, audience)
    work.session.execute(
        update(RefreshToken).where(RefreshToken.successor == jti).values(successor_used=True)
    )
    successor = _issue(work, found.session)
    token.rotated_at, token.successor = work.now, successor.jti
    found.session.last_seen_at = work.now
    if found.session.device_id:
        device = work.session.get_one(Device, found.session.device_id)
        device.last_used_at = work.now
    return found, successor


def _again(
    work: Work, session: SignInSession, token: RefreshToken, proof: str | None, audience: str
) -> RefreshToken:
    """The successor once more, for a browser whose line lost the answer."""
    within = token.rotated_at is not None and work.now - token.rotated_at <= GRACE
    if within and not token.successor_used and proof and _proves(work, session, proof, audience):
        return work.session.get_one(RefreshToken, token.successor)
    session.revoked_at = work.now
    record(work, "session.reuse-detected", "person", session.person_id, session=session.id)
    announce(work, session.person_id, SecurityEventKind.SESSION_REUSED)
    raise SESSION_ENDED()


def _proves(work: Work, session: SignInSession, proof: str, audience: str) -> bool:
    try:
        device, _ = statements.verify(work, session.person_id, proof, PROOF, audience=audience)
    except DomainError:
        return False
    return device.id == session.device_id


def _is_over(work: Work, proof: str, audience: str) -> bool:
    """Whether this is the word of a device whose life here ended. It need not be fresh: all it brings
    is that news, and a phone that was switched off for long may have any clock.
    """
    try:
        kid = str(statements.header_of(proof).get("kid"))
        device = work.session.scalar(select(Device).where(Device.thumbprint == kid))
        if device is None or (device.revoked_at is None and device.lost_at is None):
            return False
        claims = statements.claims_signed_by(device.public_jwk, proof, PROOF)
    except DomainError:
        return False
    return claims.get("aud") == audience and claims.get("sub") == str(device.person_id)


def listed(work: Work, person_id: UUID) -> Sequence[SignInSession]:
    """A person's open sessions, the one used last first."""
    return work.session.scalars(
        select(SignInSession)
        .where(_open(work, person_id))
        .order_by(SignInSession.last_seen_at.desc())
    ).all()


def revoke(work: Work, session_id: UUID, *, person_id: UUID) -> None:
    """Ends one of a person's own sessions."""
    session = work.session.get(SignInSession, session_id)
    if session is None or session.person_id != person_id:
        raise NOT_FOUND()
    if session.revoked_at is None:
        session.revoked_at = work.now
        record(work, "session.ended", "person", person_id, session=session_id)


def revoke_all(
    work: Work, person_id: UUID, *, keep: UUID | None = None, device_id: UUID | None = None
) -> None:
    """Ends a person's sessions: all but one, or only those of one device."""
    query = update(SignInSession).where(_open(work, person_id))
    if keep is not None:
        query = query.where(SignInSession.id != keep)
    if device_id is not None:
        query = query.where(SignInSession.device_id == device_id)
    work.session.execute(query.values(revoked_at=work.now))


def _open(work: Work, person_id: UUID) -> ColumnElement[bool]:
    return and_(
        SignInSession.person_id == person_id,
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > work.now,
    )


def _issue(work: Work, session: SignInSession) -> RefreshToken:
    token = RefreshToken(
        jti=new_id(),
        session_id=session.id,
        issued_at=work.now,
        expires_at=min(session.expires_at, work.now + IDLE_LIFETIME),
    )
    work.session.add(token)
    work.session.flush()
    return token

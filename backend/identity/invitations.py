"""One-time links with which a person chooses a password: for a new account, or after a reset."""

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from backend.audit.trail import record
from backend.core.db import Actor, Work
from backend.core.errors import NOT_FOUND
from backend.identity import passwords
from backend.identity.models import Account, Invitation
from backend.identity.problems import ACCOUNT_EXISTS, INVITATION_ENDED, USERNAME_TAKEN
from backend.identity.sign_in import normalise
from backend.organisation.models import Person

LIFETIME = timedelta(days=3)


def invite(work: Work, person_id: UUID, username: str) -> str:
    """A new person's link token; it is told once and only its hash is kept.

    Raises ACCOUNT_EXISTS once the account is in use: reopening one takes two officers.
    """
    person = work.session.get(Person, person_id, with_for_update=True)
    if person is None or person.left_at is not None:
        raise NOT_FOUND()
    if work.session.get(Account, person_id) is not None:
        raise ACCOUNT_EXISTS()
    name = normalise(username)
    if _taken(work, name, person_id):
        raise USERNAME_TAKEN()
    return issue(work, person_id, name)


def issue(work: Work, person_id: UUID, username: str) -> str:
    """The token of a fresh link; the person's earlier links end."""
    work.session.execute(
        update(Invitation)
        .where(Invitation.person_id == person_id, Invitation.used_at.is_(None))
        .values(used_at=work.now)
    )
    token = secrets.token_urlsafe(32)
    work.session.add(
        Invitation(
            token_hash=_hash(token),
            person_id=person_id,
            username=username,
            created_at=work.now,
            expires_at=work.now + LIFETIME,
        )
    )
    work.session.flush()
    record(work, "account.invited", "person", person_id)
    return token


def look(work: Work, token: str) -> tuple[Invitation, Person]:
    """Whom a link is for. Raises INVITATION_ENDED when it was used, replaced or is too old."""
    invitation = work.session.scalar(
        select(Invitation).where(Invitation.token_hash == _hash(token)).with_for_update()
    )
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= work.now:
        raise INVITATION_ENDED()
    person = work.session.get_one(Person, invitation.person_id)
    if person.left_at is not None:
        raise INVITATION_ENDED()
    return invitation, person


def accept(work: Work, token: str, password: str) -> Account:
    """The person chose a password. The second factor is enrolled at the sign-in that follows."""
    invitation, person = look(work, token)
    account = work.session.get(Account, person.id)
    if account is None:
        account = Account(
            person_id=person.id,
            username=invitation.username,
            password_hash=passwords.NOBODY,
            created_at=work.now,
        )
        work.session.add(account)
    passwords.choose(account, password, person.name, person.nip, person.email)
    invitation.used_at = work.now
    invited = replace(work, actor=Actor(person_id=person.id))
    record(invited, "account.opened", "person", person.id)
    return account


def _taken(work: Work, name: str, person_id: UUID) -> bool:
    accounts = select(Account.person_id).where(Account.username == name)
    numbers = select(Person.id).where(Person.nip == name, Person.id != person_id)
    waiting = select(Invitation.person_id).where(
        Invitation.username == name,
        Invitation.person_id != person_id,
        Invitation.used_at.is_(None),
        Invitation.expires_at > work.now,
    )
    return work.session.scalar(accounts.union_all(numbers, waiting).limit(1)) is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

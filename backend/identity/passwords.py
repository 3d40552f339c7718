"""Passwords: Argon2id (RFC 9106, second recommended option), and what is too easy to guess."""

from functools import cache
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from backend.audit.trail import record
from backend.core.db import Work
from backend.identity import failures, sessions
from backend.identity.models import Account, SecurityEventKind
from backend.identity.problems import WEAK_PASSWORD, WRONG_PASSWORD
from backend.identity.security import announce
from backend.identity.strength import LEAST, easy_to_guess
from backend.identity.totp import account_of

NOBODY = "!"
"""In place of a hash: no password opens this account."""

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_turns = BoundedSemaphore(2)
"""Each hash takes 64 MiB: a flood of sign-ins waits instead of filling the memory."""


def hash_password(password: str) -> str:
    with _turns:
        return _hasher.hash(password)


def matches(account: Account | None, password: str) -> bool:
    """Whether this is the account's password; as much work for an account that does not exist."""
    known = account.password_hash if account and account.password_hash != NOBODY else None
    compared = known or _nobodys_hash()
    try:
        with _turns:
            right = _hasher.verify(compared, password)
    except (VerificationError, InvalidHashError):
        return False
    if known is None or account is None:
        return False
    if _hasher.check_needs_rehash(known):
        account.password_hash = hash_password(password)
    return right


def choose(account: Account, password: str, *about: str | None) -> None:
    """Sets a password. Raises WEAK_PASSWORD for one that is easy to guess."""
    if easy_to_guess(password, account.username, *about):
        raise WEAK_PASSWORD(least=LEAST)
    account.password_hash = hash_password(password)


def change(work: Work, person_id: UUID, old: str, new: str) -> None:
    """Changes one's own password; every other session of the person ends."""
    account = account_of(work, person_id)
    name = failures.subject("password", person_id)
    failures.check(work, name)
    if not matches(account, old):
        failures.count(work, name)
        raise WRONG_PASSWORD()
    choose(account, new, account.person.name, account.person.nip, account.person.email)
    failures.clear(work, name)
    sessions.revoke_all(work, person_id, keep=work.actor.session_id)
    record(work, "password.changed", "person", person_id)
    announce(work, person_id, SecurityEventKind.PASSWORD_CHANGED)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(
        "nobody's password, hashed so that unknown names cost as much as known ones"
    )

"""Signing in: password, and on a device not seen before a one-time or recovery code."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select

from backend.core import limits
from backend.core.db import Work
from backend.core.errors import DomainError
from backend.core.ids import new_id
from backend.core.masterkey import MasterKey
from backend.identity import failures, passwords, recovery, sessions, statements, totp
from backend.identity.models import (
    Account,
    Device,
    RefreshToken,
    SecurityEventKind,
    SignInSession,
)
from backend.identity.problems import (
    CODE_REQUIRED,
    WRONG_CODE,
    WRONG_CREDENTIALS,
    WRONG_RECOVERY_CODE,
)
from backend.identity.security import announce
from backend.organisation.models import Person

KNOWN_NETWORK = timedelta(days=90)
"""A network the person signed in from within this time is not a stranger's."""


@dataclass(frozen=True)
class Credentials:
    """What somebody typed, and what their device proves. Its repr shows no secret."""

    username: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    recovery_code: str | None = field(default=None, repr=False)
    device_proof: str | None = field(default=None, repr=False)
    user_agent: str = ""


def sign_in(
    work: Work, given: Credentials, *, keys: MasterKey, audience: str
) -> tuple[SignInSession, RefreshToken]:
    """Opens a session. Answers and effort are the same whether or not the name exists.

    Raises LOCKED, WRONG_CREDENTIALS, CODE_REQUIRED, WRONG_CODE, CODE_USED, WRONG_RECOVERY_CODE.
    """
    name = normalise(given.username)
    account = _find(work, name)
    device = _known_device(work, account, given, audience)
    throttle = _Throttle(work, account, name, device)
    throttle.check()
    if not passwords.matches(account, given.password) or account is None:
        throttle.count()
        raise WRONG_CREDENTIALS()
    if account.totp_confirmed_at is not None and device is None:
        _second_factor(work, account, given, keys, throttle)
    throttle.clear()
    return sessions.open_session(work, account.person_id, device, user_agent=given.user_agent)


def normalise(username: str) -> str:
    """A user name, or a NIP however it was spaced, as it is stored."""
    folded = username.strip().casefold()
    compact = folded.replace(" ", "").replace(".", "")
    return compact if compact.isdigit() else folded


def _find(work: Work, name: str) -> Account | None:
    return work.session.scalar(
        select(Account)
        .join(Account.person)
        .where(
            or_(Account.username == name, Person.nip == name),
            Account.closed_at.is_(None),
            or_(Person.left_at.is_(None), Person.left_at > work.now),
        )
        .order_by((Account.username == name).desc())
        .limit(1)
    )


def _known_device(
    work: Work, account: Account | None, given: Credentials, audience: str
) -> Device | None:
    """The live device of this account that signed the proof; an unusable proof counts as none."""
    if given.device_proof is None:
        return None
    try:
        device, claims = statements.read(work, given.device_proof, sessions.PROOF)
        statements.accept_claims(
            work, claims, sessions.PROOF, subject=given.username, audience=audience
        )
    except DomainError:
        return None
    return device if account is not None and device.person_id == account.person_id else None


def _second_factor(
    work: Work, account: Account, given: Credentials, keys: MasterKey, throttle: "_Throttle"
) -> None:
    totp.account_of(work, account.person_id)
    throttle.check()  # again, under the lock: guesses sent at once are judged one by one
    if given.code:
        if totp.accept(work, account, given.code, work.now, keys=keys) is None:
            throttle.count()
            raise WRONG_CODE()
    elif given.recovery_code:
        if not recovery.accept(work, account.person_id, given.recovery_code, keys=keys):
            throttle.count()
            raise WRONG_RECOVERY_CODE()
    else:
        raise CODE_REQUIRED()


class _Throttle:
    """The counters of one attempt: this source's, and for strangers the account's as well."""

    def __init__(
        self, work: Work, account: Account | None, name: str, device: Device | None
    ) -> None:
        self._work = work
        who = account.person_id if account else name
        network = limits.network(work.actor.address)
        source = device.id if device else network
        self._source = failures.subject("sign-in", who, source)
        person_id = account.person_id if account else new_id()
        stranger = device is None and not _familiar(work, person_id, network)
        self._account = failures.subject("sign-in", who) if stranger else None
        self._person = account.person_id if account else None

    def check(self) -> None:
        failures.check(self._work, self._source)
        if self._account:
            failures.check(self._work, self._account)

    def count(self) -> None:
        failures.count(self._work, self._source)
        if self._account is None:
            return
        tries = failures.count(self._work, self._account, failures.ACCOUNT)
        if self._person and tries == failures.ACCOUNT.free + 1:
            announce(self._work, self._person, SecurityEventKind.SIGN_IN_GUESSED)

    def clear(self) -> None:
        failures.clear(self._work, self._source)


def _familiar(work: Work, person_id: UUID, network: str) -> bool:
    return bool(
        work.session.scalar(
            select(
                exists().where(
                    SignInSession.person_id == person_id,
                    SignInSession.network == network,
                    SignInSession.created_at > work.now - KNOWN_NETWORK,
                )
            )
        )
    )

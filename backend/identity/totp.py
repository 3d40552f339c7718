"""Time-based one-time codes (RFC 6238): six digits, thirty seconds, each step accepted once."""

import hmac
from datetime import UTC, datetime
from uuid import UUID

import pyotp
import segno
from sqlalchemy.dialects.postgresql import insert

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.masterkey import MasterKey
from backend.identity import failures, recovery
from backend.identity.models import Account, UsedTotpStep
from backend.identity.problems import (
    CODE_USED,
    NO_SECOND_FACTOR,
    PROVE_SECOND_FACTOR,
    WRONG_CODE,
)
from backend.identity.security import SecurityEventKind, announce

INTERVAL = 30
WINDOW = 1
"""Steps accepted on either side: phones' clocks differ (RFC 6238 §5.2)."""
PURPOSE = "totp"


def consume(work: Work, person_id: UUID, code: str, at: datetime, *, keys: MasterKey) -> int:
    """Accepts a code for the moment `at`, once, and returns its time step.

    Wrong codes are counted for the person; raises LOCKED, NO_SECOND_FACTOR, WRONG_CODE, CODE_USED.
    """
    account = account_of(work, person_id)
    name = failures.subject("totp", person_id)
    failures.check(work, name)  # under the lock: guesses sent at once are judged one by one
    step = accept(work, account, code, at, keys=keys)
    if step is None:
        failures.count(work, name)
        raise WRONG_CODE()
    failures.clear(work, name)
    return step


def accept(work: Work, account: Account, code: str, at: datetime, *, keys: MasterKey) -> int | None:
    """The time step of a right code, marked as used; None for a wrong one. Counts nothing.

    Raises CODE_USED when the code is right but its step was used before.
    """
    if account.totp_sealed is None or account.totp_confirmed_at is None:
        raise NO_SECOND_FACTOR()
    step = _matching_step(_open(account.person_id, account.totp_sealed, keys), code, at)
    if step is not None:
        _use(work, account.person_id, step, at)
    return step


def wait_until(work: Work, person_id: UUID) -> datetime | None:
    """When the next code comes, if the one on the person's phone now was used already."""
    step = int(work.now.timestamp()) // INTERVAL
    if work.session.get(UsedTotpStep, (person_id, step)) is None:
        return None
    return datetime.fromtimestamp((step + 1) * INTERVAL, UTC)


def begin_enrolment(
    work: Work,
    person_id: UUID,
    *,
    keys: MasterKey,
    issuer: str,
    code: str | None = None,
    recovery_code: str | None = None,
) -> tuple[str, str, str]:
    """A new secret, waiting for its first code: (secret, otpauth URI, QR as SVG).

    Replacing a confirmed one takes a code of the old, or a recovery code. With a recovery code
    the old authenticator is not proven, so signing is suspended until two officers lift it.
    """
    account = account_of(work, person_id)
    if account.totp_confirmed_at is not None:
        if code:
            consume(work, person_id, code, work.now, keys=keys)
        elif recovery_code:
            recovery.consume(work, person_id, recovery_code, keys=keys)
            account.signing_suspended_at = work.now
            announce(work, person_id, SecurityEventKind.SECOND_FACTOR_REPLACED)
        else:
            raise PROVE_SECOND_FACTOR()
    secret = pyotp.random_base32(32)
    account.totp_pending_sealed = _seal(person_id, secret, keys)
    record(work, "second-factor.begun", "person", person_id)
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=issuer)
    return secret, uri, segno.make(uri, error="m").svg_inline(scale=4, border=4)


def confirm(work: Work, person_id: UUID, code: str, *, keys: MasterKey) -> list[str]:
    """The first code of a new secret makes it the person's; returns recovery codes, shown once."""
    account = account_of(work, person_id)
    if account.totp_pending_sealed is None:
        raise NO_SECOND_FACTOR()
    name = failures.subject("totp-confirm", person_id)
    failures.check(work, name)
    step = _matching_step(_open(person_id, account.totp_pending_sealed, keys), code, work.now)
    if step is None:
        failures.count(work, name)
        raise WRONG_CODE()
    failures.clear(work, name)
    _use(work, person_id, step, work.now)
    account.totp_sealed, account.totp_pending_sealed = account.totp_pending_sealed, None
    account.totp_confirmed_at = work.now
    record(work, "second-factor.confirmed", "person", person_id)
    return recovery.issue(work, person_id, keys=keys)


def set_confirmed(work: Work, account: Account, secret: str, *, keys: MasterKey) -> None:
    """Gives an account a secret that is already in its owner's authenticator (the demo's)."""
    account.totp_sealed = _seal(account.person_id, secret, keys)
    account.totp_confirmed_at = work.now


def account_of(work: Work, person_id: UUID) -> Account:
    """The person's account, locked for this transaction. Raises NO_SECOND_FACTOR without one."""
    account = work.session.get(Account, person_id, with_for_update={"key_share": True})
    if account is None or account.closed_at is not None:
        raise NO_SECOND_FACTOR()
    return account


def _matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The newest step around `at` whose code this is. Every candidate is compared, in full."""
    given = "".join(code.split()).encode()
    generator = pyotp.TOTP(secret)
    now = int(at.timestamp()) // INTERVAL
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), given):
            found = step
    return found


def _use(work: Work, person_id: UUID, step: int, at: datetime) -> None:
    row = insert(UsedTotpStep).values(person_id=person_id, step=step, used_at=work.now)
    if work.session.execute(row.on_conflict_do_nothing().returning(UsedTotpStep.step)).first():
        return
    raise CODE_USED(wait=max(1, (step + 1) * INTERVAL - int(at.timestamp())))


def _seal(person_id: UUID, secret: str, keys: MasterKey) -> bytes:
    return keys.seal(PURPOSE, secret.encode(), person_id.bytes)


def _open(person_id: UUID, sealed: bytes, keys: MasterKey) -> str:
    return keys.open(PURPOSE, sealed, person_id.bytes).decode()

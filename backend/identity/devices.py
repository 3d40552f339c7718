"""Devices: browser profiles whose P-256 key never leaves them.

A new device reads at once. It signs after an approval, from an older device or by two officers, or
after a delay during which its owner, told on every other device, can revoke it. The one exception
is a person's very first device: there is no older one to warn, and nothing to steal yet, since a
certificate is proposed only for a person who has a device (see decisions.py). Two officers look at
the person, and at that device's fingerprint, before anything can be signed with it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from sqlalchemy import and_, bindparam, exists, select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.core.jobs import Job, defer
from backend.identity import sessions, statements
from backend.identity.models import Account, Device, SecurityEventKind, SignInSession
from backend.identity.problems import (
    DEVICE_BOUND,
    DEVICE_TAKEN,
    DEVICE_UNKNOWN,
    DEVICE_WAITS,
    SIGNING_SUSPENDED,
    STATEMENT_INVALID,
)
from backend.identity.security import announce
from backend.identity.totp import account_of

APPROVAL = "device-approval+jwt"
DELAY = timedelta(hours=24)
"""Before a new device signs, where no setting says otherwise."""

MAY_SIGN = and_(
    Device.revoked_at.is_(None),
    Device.lost_at.is_(None),
    Device.may_sign_from <= bindparam("at"),
    Account.person_id.is_not(None),
    Account.closed_at.is_(None),
    Account.signing_suspended_at.is_(None),
)
"""Whether a device joined with its owner's account may sign at the moment `at`; where it may not,
`require_may_sign` says why."""


def enrol(
    work: Work,
    name: str,
    public_jwk: dict[str, Any],
    proof: str,
    *,
    audience: str,
    delay: timedelta,
) -> Device:
    """Enrols the browser of the acting session, which proves that it holds the private key.

    Raises STATEMENT_INVALID (and its kin), DEVICE_BOUND, DEVICE_TAKEN.
    """
    person_id = work.actor.known_id
    jwk, thumbprint = _public_key(public_jwk)
    if statements.header_of(proof).get("kid") != thumbprint:
        raise STATEMENT_INVALID()
    claims = statements.claims_signed_by(jwk, proof, sessions.PROOF)
    statements.accept_claims(
        work, claims, sessions.PROOF, subject=str(person_id), audience=audience
    )
    account_of(work, person_id)
    session = work.session.get(SignInSession, work.actor.session_id, with_for_update=True)
    if session is None or session.device_id is not None:
        raise DEVICE_BOUND()
    if work.session.scalar(select(exists().where(Device.thumbprint == thumbprint))):
        raise DEVICE_TAKEN()
    first = not work.session.scalar(select(exists().where(Device.person_id == person_id)))
    device = Device(
        person_id=person_id,
        name=name,
        public_jwk=jwk,
        thumbprint=thumbprint,
        enrolled_at=work.now,
        last_used_at=work.now,
        may_sign_from=work.now if first else work.now + delay,
    )
    work.session.add(device)
    work.session.flush()
    session.device_id = device.id
    record(
        work,
        "device.enrolled",
        "device",
        device.id,
        person=person_id,
        thumbprint=thumbprint,
        may_sign_from=device.may_sign_from,
    )
    announce(work, person_id, SecurityEventKind.DEVICE_ENROLLED, device=name)
    return device


def require_may_sign(work: Work, device: Device) -> None:
    """Raises DEVICE_UNKNOWN, DEVICE_WAITS or SIGNING_SUSPENDED unless this device may sign now."""
    account = work.session.get(Account, device.person_id, populate_existing=True)
    if device.revoked_at is not None or device.lost_at is not None:
        raise DEVICE_UNKNOWN()
    if account is None or account.closed_at is not None:
        raise DEVICE_UNKNOWN()
    if account.signing_suspended_at is not None:
        raise SIGNING_SUSPENDED()
    if device.may_sign_from > work.now:
        raise DEVICE_WAITS(may_sign_from=device.may_sign_from.isoformat())


def require_acting(work: Work) -> Device:
    """The device of the acting session, which may decide in its owner's name.

    A tick says «I have read exactly this» and moves nothing; what moves a paper (initial, return,
    reject, signature) waits until the device may sign. Raises as `require_may_sign`.
    """
    device_id = work.actor.device_id
    device = work.session.get(Device, device_id) if device_id else None
    if device is None or device.person_id != work.actor.known_id:
        raise DEVICE_UNKNOWN()
    require_may_sign(work, device)
    return device


def approve(work: Work, device_id: UUID, statement: str, *, audience: str) -> Device:
    """Lets a newer device sign at once, by a statement of an older one that may sign itself."""
    person_id = work.actor.known_id
    device = live_device(work, device_id, person_id=person_id)
    by, claims = statements.verify(work, person_id, statement, APPROVAL, audience=audience)
    if claims.get("device") != str(device_id) or by.id == device.id:
        raise STATEMENT_INVALID()
    require_may_sign(work, by)
    device.approved_by_device_id = by.id
    return let_sign(work, device)


def let_sign(work: Work, device: Device) -> Device:
    """The approval itself, whoever gave it."""
    device.may_sign_from = min(device.may_sign_from, work.now)
    record(work, "device.approved", "device", device.id, person=device.person_id)
    announce(work, device.person_id, SecurityEventKind.DEVICE_APPROVED, device=device.name)
    return device


def revoke(work: Work, device_id: UUID, *, person_id: UUID | None, lost: bool = False) -> Device:
    """Ends a device and its sessions. Without `person_id` an officer ends anybody's.

    What a lost device says afterwards counts for nothing, whatever time it claims.
    """
    device = work.session.get(Device, device_id, with_for_update=True)
    if device is None or person_id not in {None, device.person_id}:
        raise NOT_FOUND()
    if lost and device.lost_at is None:
        device.lost_at = work.now
    elif device.revoked_at is not None:
        return device
    device.revoked_at = device.revoked_at or work.now
    sessions.revoke_all(work, device.person_id, device_id=device.id)
    kind = SecurityEventKind.DEVICE_LOST if lost else SecurityEventKind.DEVICE_REVOKED
    record(work, kind.value.replace("-", "."), "device", device.id, person=device.person_id)
    announce(work, device.person_id, kind, device=device.name)
    defer(work.session, Job.END_DEVICE, device_id=device.id)
    return device


def stop_cloned(work: Work, device: Device, **facts: Any) -> None:
    """Two phones speak with one key: both are treated as lost, and their owner is told.

    `facts` say in the audit trail how it was noticed.
    """
    device.lost_at = device.lost_at or work.now
    device.revoked_at = device.revoked_at or work.now
    sessions.revoke_all(work, device.person_id, device_id=device.id)
    record(work, "device.cloned", "device", device.id, person=device.person_id, **facts)
    announce(work, device.person_id, SecurityEventKind.DEVICE_CLONED, device=device.name)
    defer(work.session, Job.END_DEVICE, device_id=device.id)


def listed(work: Work, person_id: UUID) -> Sequence[Device]:
    """A person's devices, revoked ones included, the one used last first."""
    return work.session.scalars(
        select(Device).where(Device.person_id == person_id).order_by(Device.last_used_at.desc())
    ).all()


def live_device(work: Work, device_id: UUID, *, person_id: UUID) -> Device:
    """One of this person's devices that was not revoked. Raises NOT_FOUND."""
    device = work.session.get(Device, device_id, with_for_update=True)
    if device is None or device.person_id != person_id or device.revoked_at is not None:
        raise NOT_FOUND()
    return device


def _public_key(given: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A P-256 public key as JWK with nothing else in it, and its RFC 7638 thumbprint."""
    jwk = {name: given.get(name) for name in ("kty", "crv", "x", "y")}
    if "d" in given or jwk["kty"] != "EC" or jwk["crv"] != "P-256":
        raise STATEMENT_INVALID()
    try:
        key = ECKey.import_key(jwk)  # type: ignore[arg-type]
        return jwk, key.thumbprint()
    except (JoseError, ValueError, TypeError) as error:
        raise STATEMENT_INVALID() from error

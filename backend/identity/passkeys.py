"""Passkeys (WebAuthn level 3): that its owner, recognised by the phone itself, meant this statement.

One for each device. The challenge is never a number of ours: it is the SHA-256 of the signing input
(RFC 7515 §5.1) of a statement that the device signs as well, so a confirmation belongs to exactly one
statement and can be given without a line. Only a verified user counts (finger, face, or the phone's
lock). Attestation is not asked for: which make of phone an official carries is none of our business.

Whoever takes a passkey off a device makes that device as one just enrolled: it signs again after an
approval or the delay. Otherwise a thief would simply remove what stands in the way.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
)
from sqlalchemy import exists, select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.core.masterkey import MasterKey
from backend.identity import once, statements, totp
from backend.identity.models import Device, Passkey, SecurityEventKind
from backend.identity.problems import (
    DEVICE_UNKNOWN,
    PASSKEY_COPIED,
    PASSKEY_EXISTS,
    PASSKEY_INVALID,
    PASSKEY_MISSING,
    PASSKEY_OTHER,
    PASSKEY_UNANSWERED,
    PASSKEY_UNKNOWN,
    PASSKEY_UNVERIFIED,
)
from backend.identity.security import announce

ENROLMENT = "passkey+jwt"
NAME = "Centang"
KEPT_COUNTS = timedelta(days=8)
"""Longer than anything made without a line may take to arrive."""


class PasskeyRule(StrEnum):
    """When a consent to sign needs its owner's passkey beside everything else."""

    NEVER = "never"
    ENROLLED = "enrolled"
    """On devices that have one."""
    ALWAYS = "always"


@dataclass(frozen=True)
class Confirmation:
    """What an authenticator said (an assertion), base64url. It holds no secret."""

    credential_id: str
    client_data: str
    authenticator_data: str
    signature: str

    @classmethod
    def of(cls, given: Mapping[str, str] | None) -> "Confirmation | None":
        return cls(**given) if given else None

    @property
    def plain(self) -> dict[str, str]:
        return asdict(self)


def enrol(
    work: Work,
    statement: str,
    *,
    client_data: str,
    attestation: str,
    code: str,
    audience: str,
    keys: MasterKey,
) -> Passkey:
    """The acting device's passkey, whose challenge is the digest of this statement of the device.

    Takes a one-time code, so that an unlocked phone alone gets none. Raises PASSKEY_EXISTS,
    PASSKEY_INVALID and its kin, and what statements.verify and totp.consume refuse.
    """
    person_id = work.actor.known_id
    device, _ = statements.verify(work, person_id, statement, ENROLMENT, audience=audience)
    if device.id != work.actor.device_id:
        raise DEVICE_UNKNOWN()
    # In this order wherever both are locked: the account, then its device.
    totp.account_of(work, person_id)
    work.session.refresh(device, with_for_update=True)
    if of_device(work, device.id) is not None:
        raise PASSKEY_EXISTS()
    totp.consume(work, person_id, code, work.now, keys=keys)
    challenge = challenge_of(statement)
    with _judging(client_data, challenge):
        given = _server(audience).register_complete(
            _expected(challenge),
            {
                "id": "",
                "rawId": "",
                "response": {"clientDataJSON": client_data, "attestationObject": attestation},
            },
        )
    if given.credential_data is None:
        raise PASSKEY_INVALID()
    credential_id = websafe_encode(given.credential_data.credential_id)
    if work.session.scalar(select(exists().where(Passkey.credential_id == credential_id))):
        raise PASSKEY_EXISTS()
    made = Passkey(
        device_id=device.id,
        person_id=person_id,
        credential_id=credential_id,
        attested=bytes(given.credential_data),
        sign_count=given.counter,
        backed_up=bool(given.flags & AuthenticatorData.FLAG.BS),
        enrolled_at=work.now,
        last_used_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    record(work, "passkey.enrolled", "device", device.id, passkey=made.id, synced=made.backed_up)
    announce(work, person_id, SecurityEventKind.PASSKEY_ENROLLED, device=device.name)
    return made


def of_device(work: Work, device_id: UUID | None) -> Passkey | None:
    """The passkey that counts on this device now."""
    return work.session.scalar(
        select(Passkey).where(Passkey.device_id == device_id, Passkey.removed_at.is_(None))
    )


def listed(work: Work) -> Sequence[Passkey]:
    """Those of the acting person's devices that were not revoked."""
    return work.session.scalars(
        select(Passkey)
        .join(Device, Device.id == Passkey.device_id)
        .where(
            Passkey.person_id == work.actor.known_id,
            Passkey.removed_at.is_(None),
            Device.revoked_at.is_(None),
        )
        .order_by(Passkey.last_used_at.desc())
    ).all()


def remove(work: Work, passkey_id: UUID, *, delay: timedelta) -> None:
    """Takes one's own passkey off its device, which then waits like a new one. Raises NOT_FOUND."""
    found = work.session.get(Passkey, passkey_id)
    if found is None or found.person_id != work.actor.known_id:
        raise NOT_FOUND()
    # The device, then its passkey, as whoever judges a confirmation does.
    work.session.get_one(Device, found.device_id, with_for_update=True)
    work.session.refresh(found, with_for_update=True)
    if found.removed_at is not None:
        raise NOT_FOUND()
    device = _take_off(work, found, delay)
    record(work, "passkey.removed", "device", device.id, passkey=found.id)
    announce(work, found.person_id, SecurityEventKind.PASSKEY_REMOVED, device=device.name)


def asked_of(work: Work, device_id: UUID | None, rule: PasskeyRule) -> Passkey | None:
    """The passkey with which this device must confirm; None where it need not.

    Raises PASSKEY_MISSING where it must have one and has none.
    """
    if rule is PasskeyRule.NEVER:
        return None
    found = of_device(work, device_id)
    if found is None and rule is PasskeyRule.ALWAYS:
        raise PASSKEY_MISSING()
    return found


def require(
    work: Work,
    device: Device,
    rule: PasskeyRule,
    statement: str,
    said: Confirmation | None,
    *,
    audience: str,
    delay: timedelta,
    late: bool = False,
) -> Passkey | None:
    """Whether its owner confirmed exactly this statement of the device, where the rule asks for it.

    `late`: it was made without a line, and later ones may have arrived before. Raises
    PASSKEY_MISSING, PASSKEY_UNANSWERED, PASSKEY_UNKNOWN, PASSKEY_OTHER, PASSKEY_UNVERIFIED,
    PASSKEY_INVALID; PASSKEY_COPIED, which is kept.
    """
    asked = asked_of(work, device.id, rule)
    if asked is None:
        return None
    if said is None:
        raise PASSKEY_UNANSWERED()
    if said.credential_id != asked.credential_id:
        raise PASSKEY_UNKNOWN()
    work.session.refresh(asked, with_for_update=True)
    challenge = challenge_of(statement)
    with _judging(said.client_data, challenge, said.authenticator_data):
        _server(audience).authenticate_complete(
            _expected(challenge),
            [AttestedCredentialData(asked.attested)],
            {
                "id": said.credential_id,
                "rawId": said.credential_id,
                "response": {
                    "clientDataJSON": said.client_data,
                    "authenticatorData": said.authenticator_data,
                    "signature": said.signature,
                },
            },
        )
        count = AuthenticatorData(websafe_decode(said.authenticator_data)).counter
    if not _counts_on(work, asked, count, late=late):
        seen, asked.sign_count = asked.sign_count, max(asked.sign_count, count)
        _take_off(work, asked, delay)
        record(
            work, "passkey.copied", "device", device.id, passkey=asked.id, count=count, seen=seen
        )
        announce(work, asked.person_id, SecurityEventKind.PASSKEY_COPIED, device=device.name)
        raise PASSKEY_COPIED()
    asked.last_used_at = work.now
    return asked


def challenge_of(statement: str) -> bytes:
    """SHA-256 of a compact JWS without its signature."""
    return hashlib.sha256(statement.rpartition(".")[0].encode()).digest()


def _counts_on(work: Work, passkey: Passkey, count: int, *, late: bool) -> bool:
    """Whether the signature counter went on (WebAuthn §6.1.1); authenticators that keep none say 0.

    Every count is good once. What was made first may arrive last, so a late one may be lower.
    """
    if count == 0 and passkey.sign_count == 0:
        return True
    went_on = late or count > passkey.sign_count
    passkey.sign_count = max(passkey.sign_count, count)
    name = f"{passkey.id} {count}"
    return went_on and once.consume(work, "passkey-count", name, work.now + KEPT_COUNTS)


def _take_off(work: Work, passkey: Passkey, delay: timedelta) -> Device:
    passkey.removed_at = work.now
    device = work.session.get_one(Device, passkey.device_id, with_for_update=True)
    device.may_sign_from = max(device.may_sign_from, work.now + delay)
    return device


def _server(audience: str) -> Fido2Server:
    """The ceremonies' rules for our own origin: the relying party's id is its host name."""
    entity = PublicKeyCredentialRpEntity(name=NAME, id=urlsplit(audience).hostname or "")
    return Fido2Server(entity, verify_origin=lambda origin: origin == audience)


def _expected(challenge: bytes) -> dict[str, Any]:
    return {"challenge": websafe_encode(challenge), "user_verification": "required"}


@contextmanager
def _judging(client_data: str, challenge: bytes, authenticator_data: str = "") -> Iterator[None]:
    """Names the refusals that a person can do something about; the library says the rest."""
    try:
        _look(client_data, challenge, authenticator_data)
        yield
    except DomainError:
        raise
    except Exception as error:  # bytes of strangers; whatever broke, nothing was confirmed
        raise PASSKEY_INVALID() from error


def _look(client_data: str, challenge: bytes, authenticator_data: str) -> None:
    client = CollectedClientData(websafe_decode(client_data))
    if client.challenge != challenge:
        raise PASSKEY_OTHER()
    if client.cross_origin:
        raise PASSKEY_INVALID()
    if authenticator_data:
        said = AuthenticatorData(websafe_decode(authenticator_data))
        if said.is_user_present() and not said.is_user_verified():
            raise PASSKEY_UNVERIFIED()

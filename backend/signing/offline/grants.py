"""Grants: each lets one authorisation be made without a line, until a time, by one phone.

A grant is a name and a MAC (HMAC-SHA-256) over who, which phone, which papers and until when. Its
key is derived from the master key, so nothing that is stored lets anyone make one. Each is used
once; what it bounds is when, and about what, a statement can have been made.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.masterkey import MasterKey
from backend.identity import devices, once
from backend.identity.models import Device
from backend.routing.authority import held_positions
from backend.routing.machine import ACTIVE
from backend.routing.models import Step, StepAction
from backend.signing.offline.models import OfflineMinting
from backend.signing.offline.policy import LONGEST_WINDOW, current
from backend.signing.offline.problems import CLOCK_FAR, GRANT_UNKNOWN, GRANT_USED

MOST = 10
"""At each sync."""
FARTHEST_CLOCK = timedelta(hours=24)
"""A phone whose clock is further off gets none: its codes would be those of another day."""
PURPOSE = "offline-grants"
KIND = "offline-grant"
KEPT = LONGEST_WINDOW * 2 + timedelta(days=1)
"""How long after its minting a grant may still arrive, at most."""


@dataclass(frozen=True)
class Minted:
    grants: list[str]
    expires_at: datetime
    skew: int
    """Seconds by which the phone's clock is ahead."""


@dataclass(frozen=True)
class Grant:
    """A genuine grant of this phone; whether it was used is not said."""

    name: str
    minting: OfflineMinting


def mint(work: Work, device_time: datetime, wanted: int, *, keys: MasterKey) -> Minted | None:
    """Grants for the acting phone, which may sign now, over what waits for its owner.

    None where the policy allows no signing without a line. Raises CLOCK_FAR, and what
    devices.require_acting refuses.
    """
    policy = current(work.session)
    if not policy.signing:
        return None
    device = devices.require_acting(work)
    skew = device_time - work.now
    if abs(skew) > FARTHEST_CLOCK:
        raise CLOCK_FAR()
    minting = OfflineMinting(
        person_id=device.person_id,
        device_id=device.id,
        steps=_waiting(work, device.person_id),
        skew=round(skew.total_seconds()),
        issued_at=work.now,
        expires_at=work.now + policy.window,
    )
    work.session.add(minting)
    work.session.flush()
    count = min(wanted, MOST)
    record(
        work,
        "offline.grants-minted",
        "device",
        device.id,
        minting=minting.id,
        count=count,
        skew=minting.skew,
        documents=len(minting.steps),
        expires_at=minting.expires_at,
    )
    names = [f"{minting.id}.{number}" for number in range(1, count + 1)]
    return Minted(
        [f"{name}.{_mac(name, minting, keys)}" for name in names], minting.expires_at, minting.skew
    )


def read(work: Work, grant: str, device: Device, *, keys: MasterKey) -> Grant:
    """A grant that was minted for this phone. Raises GRANT_UNKNOWN."""
    name, _, mac = grant.rpartition(".")
    try:
        minting = work.session.get(OfflineMinting, UUID(name.partition(".")[0]))
    except ValueError:
        minting = None
    if minting is None or minting.device_id != device.id or not mac.isascii():
        raise GRANT_UNKNOWN()
    if not hmac.compare_digest(mac, _mac(name, minting, keys)):
        raise GRANT_UNKNOWN()
    return Grant(name, minting)


def use(work: Work, grant: Grant) -> None:
    """Uses a grant up. Raises GRANT_USED."""
    if not once.consume(work, KIND, grant.name, grant.minting.issued_at + KEPT):
        raise GRANT_USED()


def forget_old(work: Work) -> None:
    """Removes mintings whose grants are refused for their age."""
    work.session.execute(delete(OfflineMinting).where(OfflineMinting.issued_at < work.now - KEPT))


def _waiting(work: Work, person_id: UUID) -> list[str]:
    held = held_positions(work, person_id)
    steps = work.session.scalars(
        select(Step.id).where(
            Step.position_id.in_(held), Step.state.in_(ACTIVE), Step.action == StepAction.SIGN
        )
    )
    return sorted(str(step) for step in steps)


def _mac(name: str, minting: OfflineMinting, keys: MasterKey) -> str:
    said = json.dumps(
        [
            name,
            str(minting.person_id),
            str(minting.device_id),
            minting.steps,
            minting.skew,
            int(minting.issued_at.timestamp()),
            int(minting.expires_at.timestamp()),
        ]
    )
    made = hmac.new(keys.derive(PURPOSE), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

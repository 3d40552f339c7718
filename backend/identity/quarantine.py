"""What a device sends after it was reported lost, or found to be copied: kept, never carried out.

Whatever time it claims; a thief's clock proves nothing. Secrets that came with it are dropped by
whoever received it and never reach this module. Its owner looks at it from another device, and
discards it or does the same anew.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.core.ids import new_id
from backend.identity import devices
from backend.identity.models import (
    Device,
    Quarantined,
    QuarantineKind,
    QuarantineState,
    SecurityEventKind,
)
from backend.identity.problems import QUARANTINE_DECIDED
from backend.identity.security import announce

MOST = 200
"""Kept of one device; the rest is refused alone."""


def keep(
    work: Work,
    device: Device,
    kind: QuarantineKind,
    *,
    entry: str,
    steps: Collection[str],
    statement: str | None = None,
    claimed: datetime | None = None,
) -> None:
    """Sets one entry apart; the same one again changes nothing. The owner is told of the first."""
    mine = select(func.count()).where(Quarantined.device_id == device.id)
    before = work.session.scalar(mine) or 0
    if before >= MOST:
        return
    row = insert(Quarantined).values(
        id=new_id(),
        person_id=device.person_id,
        device_id=device.id,
        kind=kind,
        entry=entry[:64],
        steps=[step[:40] for step in steps][:MOST],
        statement=statement,
        claimed_at=claimed,
        arrived_at=work.now,
        state=QuarantineState.WAITING,
    )
    kept = row.on_conflict_do_nothing().returning(Quarantined.id)
    quarantined_id = work.session.scalar(kept)
    if quarantined_id is None:
        return
    record(
        work,
        "quarantine.kept",
        "device",
        device.id,
        item=quarantined_id,
        kind=kind,
        person=device.person_id,
        steps=list(steps)[:MOST],
        claimed_at=claimed,
    )
    if not before:
        announce(work, device.person_id, SecurityEventKind.SENT_FROM_LOST, device=device.name)


def waiting(work: Work) -> Sequence[tuple[Quarantined, Device]]:
    """The acting person's own entries that nobody decided on, the newest first."""
    rows = work.session.execute(
        select(Quarantined, Device)
        .join(Device, Device.id == Quarantined.device_id)
        .where(
            Quarantined.person_id == work.actor.known_id,
            Quarantined.state == QuarantineState.WAITING,
        )
        .order_by(Quarantined.id.desc())
    )
    return [(row, device) for row, device in rows]


def own(work: Work, quarantined_id: UUID) -> Quarantined:
    """One of one's own that waits, locked, for a device that may act.

    Raises NOT_FOUND, QUARANTINE_DECIDED, and what devices.require_acting refuses.
    """
    devices.require_acting(work)
    row = work.session.get(
        Quarantined, quarantined_id, with_for_update=True, populate_existing=True
    )
    if row is None or row.person_id != work.actor.person_id:
        raise NOT_FOUND()
    if row.state is not QuarantineState.WAITING:
        raise QUARANTINE_DECIDED()
    return row


def decide(work: Work, row: Quarantined, state: QuarantineState) -> None:
    """What its owner made of it."""
    row.state, row.decided_at = state, work.now
    row.decided_device_id = work.actor.device_id
    record(work, f"quarantine.{state.value}", "device", row.device_id, item=row.id, kind=row.kind)

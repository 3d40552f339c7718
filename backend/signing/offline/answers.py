"""What became of each authorisation that was made without a line, so that it is answered once.

An answer may be lost, and the phone sends the same entry again: it hears the same. A refusal is
final as well: what its owner was told is off never takes effect later, whatever changes.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import DomainError, Problem
from backend.identity.models import Device
from backend.signing.offline import problems
from backend.signing.offline.models import OfflineEnvelope

SPARED = 9
"""Wrong passphrases of one replay that are not counted beside the first: a sync gives ten grants."""


class AnsweredError(Exception):
    """The very same entry was carried out before; its documents are in this batch."""

    def __init__(self, batch_id: UUID) -> None:
        super().__init__("answered before")
        self.batch_id = batch_id


def digest(sad: str) -> str:
    return hashlib.sha256(sad.encode()).hexdigest()


def require_new(work: Work, raw: dict[str, Any], sad: str, entry: str) -> None:
    """Raises AnsweredError or the earlier refusal for the same entry, REPLAYED for another's."""
    row = _of(work, raw)
    if row is None:
        return
    if row.entry != entry or row.sad_digest != digest(sad):
        raise problems.REPLAYED()
    if row.batch_id is not None:
        raise AnsweredError(row.batch_id)
    failure = row.problem or {}
    raise Problem.registry[failure["code"]](**failure["params"])


def note(
    work: Work,
    device: Device,
    jti: str,
    *,
    entry: str,
    sad_digest: str,
    grant: str,
    made_at: datetime,
    batch_id: UUID | None = None,
    problem: DomainError | None = None,
    counted: bool = False,
) -> None:
    """Keeps what an authorisation came to: its batch, or the refusal that is final."""
    work.session.add(
        OfflineEnvelope(
            person_id=device.person_id,
            device_id=device.id,
            jti=jti,
            entry=entry,
            sad_digest=sad_digest,
            grant=grant,
            made_at=made_at,
            arrived_at=work.now,
            batch_id=batch_id,
            problem={"code": problem.code, "params": problem.params} if problem else None,
            counted=counted,
        )
    )
    work.session.flush()


def note_refusal(
    work: Work, device: Device, raw: dict[str, Any], *, sad: str, entry: str, refusal: DomainError
) -> None:
    """Makes the refusal of a whole authorisation final, unless one is noted already."""
    if _of(work, raw) is not None:
        return
    note(
        work,
        device,
        _jti(raw),
        entry=entry,
        sad_digest=digest(sad),
        grant=str(raw.get("grant")).rpartition(".")[0][:64],
        made_at=claimed(raw) or work.now,
        problem=refusal,
    )
    record(
        work,
        "offline.authorisation-refused",
        "device",
        device.id,
        jti=_jti(raw),
        code=refusal.code,
        made_at=claimed(raw) or work.now,
    )


def is_same_batch(work: Work, device: Device, made_at: datetime) -> bool:
    """Whether it was made before its phone could be told of the wrong passphrase counted last.

    At most SPARED of them are not counted, so that a thief gains little.
    """
    wrong = OfflineEnvelope.problem["code"].astext == problems.PASSPHRASE_WRONG.code
    mine = (OfflineEnvelope.device_id == device.id, wrong)
    last = work.session.scalar(
        select(func.max(OfflineEnvelope.arrived_at)).where(*mine, OfflineEnvelope.counted)
    )
    if last is None or made_at >= last:
        return False
    spared = select(func.count()).where(
        *mine, ~OfflineEnvelope.counted, OfflineEnvelope.arrived_at >= last
    )
    return (work.session.scalar(spared) or 0) < SPARED


def _of(work: Work, raw: dict[str, Any]) -> OfflineEnvelope | None:
    return work.session.scalar(
        select(OfflineEnvelope).where(
            OfflineEnvelope.person_id == work.actor.known_id,
            OfflineEnvelope.jti == _jti(raw),
        )
    )


def _jti(raw: dict[str, Any]) -> str:
    return str(raw.get("jti"))[:64]


def claimed(raw: dict[str, Any]) -> datetime | None:
    """The corrected time of a statement that nobody has judged; None where it says no time."""
    try:
        return datetime.fromtimestamp(int(raw["claimed_at"]) - int(raw["skew"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None

"""The audit trail: entries chained by SHA-256, written at the very end of the transaction.

`record` only notes what happened. Just before the commit everything noted is given its place in
the chain under one advisory lock, which PostgreSQL releases with the commit: writers queue for the
length of a few inserts, readers never wait. What a savepoint rolled back is forgotten with it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from backend.audit.models import AuditEntry
from backend.core.db import Work
from backend.core.swift import Driver, SwiftInsert, driver

GENESIS = "0" * 64
LOCK = 0x43454E54  # «CENT»: the advisory lock that orders the chain.
_NOTED = "audit.noted"
_DIGESTED = [column.name for column in AuditEntry.__table__.columns if column.name != "digest"]
_INSERT = SwiftInsert(AuditEntry, *_DIGESTED, "digest")
_LOCK = b"SELECT pg_advisory_xact_lock(%d)" % LOCK
_READ = b"SELECT seq, digest FROM audit_entry ORDER BY seq DESC LIMIT 1"


@dataclass
class _Noted:
    """An entry without its place in the chain, and the transaction it lives and dies with."""

    transaction: SessionTransaction | None
    facts: dict[str, Any]


def record(work: Work, action: str, subject_type: str, subject_id: object, **data: Any) -> None:
    """Notes who did what to which subject; it is written when, and only if, the work commits.

    `data` holds facts (digests, versions, reasons), never a secret. Raises TypeError for values
    that would not survive JSON exactly, floats among them.
    """
    session = work.session
    session.info.setdefault(_NOTED, []).append(
        _Noted(
            transaction=session.get_nested_transaction(),
            facts={
                "at": work.now,
                "actor_person_id": work.actor.person_id,
                "actor_device_id": work.actor.device_id,
                "action": action,
                "subject_type": subject_type,
                "subject_id": str(subject_id),
                "data": _plain(data),
            },
        )
    )


def settle(session: Session) -> None:
    """Writes what was noted, now. The lock is held from here to the end of the transaction."""
    noted: list[_Noted] = session.info.pop(_NOTED, [])
    if not noted:
        return
    session.flush()  # Whatever may wait for row locks does so before we hold the chain's.
    swift = driver(session)
    seq, previous = _newest(swift)
    rows = []
    for item in noted:
        seq += 1
        row = item.facts | {"seq": seq, "previous": previous}
        row["digest"] = previous = _digest(row)
        rows.append(row)
    _INSERT.later(swift, rows)


def _newest(swift: Driver) -> tuple[int, str]:
    """The chain's end, which is ours until the end of the transaction."""
    # Two statements: the second sees what others committed while we waited for the lock.
    swift.later(_LOCK)
    found = swift.rows(swift.run(_READ))
    return cast("tuple[int, str]", found[0]) if found else (0, GENESIS)


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 (hex) over the entry's canonical JSON, the digest before it included."""
    return _digest({name: getattr(entry, name) for name in _DIGESTED})


def _digest(entry: dict[str, Any]) -> str:
    person_id, device_id = entry["actor_person_id"], entry["actor_device_id"]
    facts = entry | {
        "at": entry["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_person_id": str(person_id) if person_id else None,
        "actor_device_id": str(device_id) if device_id else None,
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A value as PostgreSQL's jsonb gives it back unchanged, so that digests can be computed anew."""
    match value:
        case None | bool():
            return value
        case Enum():
            return _plain(value.value)
        case int():
            return value
        case str():
            return value.replace("\x00", "\ufffd")
        case datetime():
            return value.astimezone(UTC).isoformat()
        case UUID() | date():
            return str(value)
        case dict():
            return {str(k): _plain(v) for k, v in value.items()}
        case list() | tuple():
            return [_plain(v) for v in value]
        case set() | frozenset():
            return sorted(_plain(v) for v in value)
    raise TypeError(f"{type(value).__name__} does not belong in the audit trail")


@event.listens_for(Session, "before_commit")
def _settle_before_commit(session: Session) -> None:
    inner = session.get_nested_transaction()
    if inner is None:
        settle(session)
        return
    for item in session.info.get(_NOTED, []):  # A savepoint is released: its notes outlive it.
        if item.transaction is inner:
            item.transaction = inner.parent if inner.parent and inner.parent.nested else None


@event.listens_for(Session, "after_soft_rollback")
def _forget_rolled_back(session: Session, ended: SessionTransaction) -> None:
    noted: list[_Noted] = session.info.get(_NOTED, [])
    if ended.nested:
        noted[:] = [item for item in noted if item.transaction is not ended]
    else:
        noted.clear()

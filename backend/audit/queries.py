"""Reading the audit trail, and proving that nobody rewrote it."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.audit.models import AuditEntry
from backend.audit.trail import GENESIS, digest_of

BATCH = 1_000


@dataclass(frozen=True)
class Verification:
    """What a walk over the whole chain found."""

    entries: int
    head: str
    """Digest of the newest entry; 64 zeros when there is none. Note it down elsewhere to compare."""
    broken_at: int | None
    """The first sequence number whose entry is missing, moved or changed."""

    @property
    def intact(self) -> bool:
        return self.broken_at is None


def verify(session: Session, heads: Mapping[int, str] | None = None) -> Verification:
    """Recomputes every digest in order. Reads in batches; takes no lock.

    `heads` are digests noted elsewhere, by sequence number (see heads.py): the chain must still
    contain them, so that an end cut off or a chain written anew shows as well.
    """
    heads = heads or {}
    count, previous = 0, GENESIS
    query = select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=BATCH)
    with closing(session.scalars(query)) as rows:
        for entry in rows:
            expected = count + 1
            chained = entry.seq == expected and entry.previous == previous
            kept = heads.get(expected, entry.digest) == entry.digest
            if not chained or not kept or entry.digest != digest_of(entry):
                return Verification(entries=count, head=previous, broken_at=expected)
            count, previous = expected, entry.digest
    cut_off = max(heads, default=0) > count
    return Verification(entries=count, head=previous, broken_at=count + 1 if cut_off else None)


def entries(
    session: Session,
    *,
    subject_type: str | None = None,
    subject_id: object | None = None,
    person_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[AuditEntry]:
    """Entries newest first, below the sequence number `before` if one is given.

    `since` is the first moment wanted, `until` the first no longer wanted.
    """
    query = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(limit)
    if subject_type is not None:
        query = query.where(AuditEntry.subject_type == subject_type)
    if subject_id is not None:
        query = query.where(AuditEntry.subject_id == str(subject_id))
    if person_id is not None:
        query = query.where(AuditEntry.actor_person_id == person_id)
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    return session.scalars(query).all()

"""Care for stored files: what no row names is collected.

A file is stored before the row that names it, so a transaction that fails leaves one behind. The
collector marks (every column of `stored_files.references`) and sweeps in two steps, because a
writer who stores bytes that lie here already may be about to name the very file that is collected:

1. A file older than a day that no row names is *retired*: out of its place, but still readable.
   A writer who saw it just before keeps a digest that can be read.
2. A day later it is looked at again. If a row names it by then, it goes back to its place, whatever
   happened in between; otherwise it is deleted. Whoever stores the same bytes meanwhile writes them
   anew, for a retired file does not count as stored.

No upload or job takes a day from storing a file to naming it (core.scratch assumes the same), so
nothing that is named is ever deleted. A 24th of all files is looked at in each hour.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select

from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.stored_files import references

log = structlog.get_logger(__name__)

OpenWork = Callable[[], AbstractContextManager[Work]]
PATIENCE = timedelta(days=1)


@dataclass(frozen=True)
class Collected:
    retired: int
    restored: int
    deleted: int


def collect(
    open_work: OpenWork, blobs: BlobStore, *, age: timedelta = PATIENCE, hour: int | None = None
) -> Collected:
    """One hour's share of the collection; safe at any time, and beside any writer.

    `age` of files that no row names before they are retired.
    """
    with open_work() as work:
        now = work.now
    share = now.hour if hour is None else hour
    restored, deleted = _review(open_work, blobs, now - PATIENCE)
    shelves = [f"{n:02x}" for n in range(256) if n % 24 == share]
    old = {d for shelf in shelves for d, stored_at in blobs.shelf(shelf) if stored_at < now - age}
    lost = old - named(open_work, shelves) if old else set()
    for digest in sorted(lost):
        blobs.retire(digest)
    log.info("blobs.collected", retired=len(lost), restored=restored, deleted=deleted)
    return Collected(len(lost), restored, deleted)


def _review(open_work: OpenWork, blobs: BlobStore, before: datetime) -> tuple[int, int]:
    restored = deleted = 0
    waiting = dict(blobs.retired())
    kept = named(open_work, {digest[:2] for digest in waiting})
    for digest, retired_at in waiting.items():
        if digest in kept:
            blobs.restore(digest)
            restored += 1
        elif retired_at < before:
            blobs.discard(digest)
            deleted += 1
    return restored, deleted


def named(open_work: OpenWork, shelves: Iterable[str]) -> set[str]:
    """The digests on these shelves that rows name."""
    wanted = list(shelves)
    if not wanted:
        return set()
    with open_work() as work:
        return {
            digest
            for column in references()
            for digest in work.session.scalars(
                select(column).where(func.left(column, 2).in_(wanted)).distinct()
            )
            if digest
        }

"""Looks whether stored files still are what they were: bit rot is found before somebody needs them.

Every file that a row names is read again and compared with its digest, a part in each run in the
order of the digests, and then from the beginning. What is wrong is kept in
`FileDamage`, told to the administrators, and shown by `centang doctor` and the metrics until the
file is whole again.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import structlog
from sqlalchemy import select

from backend.audit.trail import record
from backend.core.blobs import FAILURES, BlobStore
from backend.core.db import Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.core.jobs import Job, defer
from backend.core.models import FileDamage, InstallationFact
from backend.upkeep import named

log = structlog.get_logger(__name__)

OpenWork = Callable[[], AbstractContextManager[Work]]
BUDGET = 512 * 1024 * 1024
"""Bytes of one run; with one an hour, 12 GB a day."""
_PLACE = "files-checked-until"


@dataclass(frozen=True)
class Scrubbed:
    checked: int
    damaged: int


def scrub(open_work: OpenWork, blobs: BlobStore, *, budget: int = BUDGET) -> Scrubbed:
    """One run, from where the last one ended, of at least one file and at most one full turn."""
    with open_work() as work:
        after = _place(work)
        known = list(
            work.session.scalars(select(FileDamage.digest).where(FileDamage.mended_at.is_(None)))
        )
    checked = damaged = spent = 0
    last = after
    for digest in known:
        _keep(open_work, digest, _look(blobs, digest)[0])
    for digest in _turn(open_work, after):
        problem, size = _look(blobs, digest)
        _keep(open_work, digest, problem)
        checked, damaged, spent = checked + 1, damaged + (problem is not None), spent + size
        last = digest
        if spent >= budget:
            break
    with open_work() as work:
        work.session.merge(
            InstallationFact(name=_PLACE, value={"digest": last}, updated_at=work.now)
        )
    log.info("files.checked", checked=checked, damaged=damaged, bytes=spent)
    return Scrubbed(checked, damaged)


def _place(work: Work) -> str:
    fact = work.session.get(InstallationFact, _PLACE)
    return str(fact.value["digest"]) if fact else ""


def _turn(open_work: OpenWork, after: str) -> Iterator[str]:
    """Every named digest once, beginning after this one."""
    start = int(after[:1], 16) if after else 0
    for number in range(start, start + 17):
        aisle = number % 16
        first, again = number == start, number == start + 16
        for digest in sorted(named(open_work, [f"{aisle:x}{n:x}" for n in range(16)])):
            if not ((first and digest <= after) or (again and digest > after)):
                yield digest


def _look(blobs: BlobStore, digest: str) -> tuple[str | None, int]:
    """What is wrong with a file, and how many bytes were read."""
    found, size = hashlib.sha256(), 0
    try:
        for piece in blobs.stream(digest):
            found.update(piece)
            size += len(piece)
    except DomainError as error:
        if error.problem is not NOT_FOUND:
            raise
        return "missing", size
    except FAILURES as error:
        # A failing disk refuses to read a file; a store that is away does not even find it.
        if not blobs.exists(digest):
            raise
        log.warning("file unreadable", digest=digest, error=type(error).__name__)
        return "unreadable", size
    return (None if found.hexdigest() == digest else "differs"), size


def _keep(open_work: OpenWork, digest: str, problem: str | None) -> None:
    """Writes down what changed: a file newly damaged, or whole again."""
    with open_work() as work:
        known = work.session.get(FileDamage, digest, with_for_update=True)
        was = known is not None and known.mended_at is None
        if (problem is not None) == was:
            return
        if problem is None and known is not None:
            known.mended_at = work.now
            record(work, "file.mended", "file", digest)
            return
        if known is None:
            known = FileDamage(digest=digest)
            work.session.add(known)
        known.problem, known.found_at, known.mended_at = str(problem), work.now, None
        record(work, "file.damaged", "file", digest, problem=problem)
        defer(work.session, Job.ANNOUNCE_DAMAGE, digest=digest)
        log.error("file damaged", digest=digest, problem=problem)

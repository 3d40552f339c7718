"""Public answers that a process keeps for as long as nothing they were made of has changed.

What is handed out was true at most `max_age` seconds ago, in every process, whoever changed it and
however: triggers note each change in the changing transaction (migrations/guards.sql), and before
a kept answer is used, one query asks which papers changed since the last look. Looks compare
snapshots, so that whoever began early and committed late is not skipped. See docs/adr/0026.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Engine, delete, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.core.db import Work
from backend.core.ids import normalise_code
from backend.documents.models import Document
from backend.verification.models import PublicChange, ValidationReport
from backend.verification.records import PublicRecord, public_record
from backend.verification.registry import Found, recognise

MAX_AGE = 0.25
MOST = 1000
"""Answers a process keeps; a few kilobytes each."""
_EVERY_PAPER = UUID(int=0)
_MANY = 1000
_LONG_AGO = 3600.0
"""Seconds after which nothing is compared any more: far within what the notes cover."""
_NOTED_FOR = timedelta(days=1)

# Notes from a restored database's former life name transactions that are still to come.
_LOOK = text("""
SELECT concat_ws('/', (pg_control_system()).system_identifier,
                 (pg_control_checkpoint()).timeline_id) AS life,
       now.seen::text AS seen,
       ARRAY(SELECT document_id FROM public_change
             WHERE changed_in >= pg_snapshot_xmin(now.last)::text::bigint
               AND changed_in < pg_snapshot_xmax(now.seen)::text::bigint
               AND NOT pg_visible_in_snapshot(changed_in::text::xid8, now.last)
             LIMIT :many) AS changed
FROM (SELECT pg_current_snapshot() AS seen,
             coalesce(CAST(:last AS pg_snapshot), pg_current_snapshot()) AS last) now
""")

T = TypeVar("T")


@dataclass(frozen=True)
class Kept(Generic[T]):
    """What was read, about which papers, and what the edge made of it."""

    value: T
    papers: frozenset[UUID]
    forms: dict[Any, Any] = field(default_factory=dict)


class Published:
    """One process's kept answers. Safe for threads."""

    def __init__(self, engine: Engine, *, max_age: float = MAX_AGE, most: int = MOST) -> None:
        # A look is one statement: no transaction around it.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._max_age, self._most = max_age, most
        self._kept: dict[str, Kept[Any]] = {}
        self._lock = threading.Lock()
        self._life = ""
        self._seen: str | None = None
        self._looked_at = float("-inf")
        self._looks = 0

    def known(self, code: str) -> Kept[PublicRecord] | None:
        """The record under a code, if it is at hand."""
        return self._fresh(f"code {normalise_code(code)}")

    def record(self, work: Work, code: str) -> Kept[PublicRecord]:
        """The record under a code, at hand or read now. Raises UNKNOWN_CODE."""
        wanted = normalise_code(code)
        about = Document.public_code == wanted
        return self._get(work, f"code {wanted}", about, lambda: public_record(work, wanted))

    def file(self, work: Work, sha256: str) -> Found | None:
        """What is known about a file by its digest; see registry.recognise."""
        about = Document.id.in_(
            select(ValidationReport.document_id).where(ValidationReport.file_sha256 == sha256)
        )
        return self._get(work, f"file {sha256}", about, lambda: recognise(work, sha256)).value

    def _get(self, work: Work, key: str, about: Any, read: Callable[[], T]) -> Kept[T]:
        if (kept := self._fresh(key)) is not None:
            return kept
        looks = self._looks
        papers = work.session.execute(select(Document.id, Document.superseded_by).where(about))
        found = Kept(read(), frozenset(each for row in papers for each in row if each))
        if found.papers:
            self._keep(key, found, looks)
        return found

    def _keep(self, key: str, found: Kept[Any], looks: int) -> None:
        with self._lock:
            # A look since then may have told of a change that was not read yet, and will not again.
            if self._looks != looks or self._seen is None:
                return
            while len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = found

    def _fresh(self, key: str) -> Kept[Any] | None:
        """What is kept under a key, after a look if the last one is too long ago."""
        if time.monotonic() - self._looked_at > self._max_age:
            with self._lock:
                if time.monotonic() - self._looked_at > self._max_age:
                    self._look()
        return self._kept.get(key)

    def _look(self) -> None:
        """Drops what changed since the last look; everything where that cannot be told."""
        started = time.monotonic()
        try:
            with self._engine.connect() as connection:
                look = connection.execute(_LOOK, {"last": self._seen, "many": _MANY}).one()
        except SQLAlchemyError:
            self._kept.clear()
            self._seen = None
            raise
        changed = set(look.changed)
        lost = look.life != self._life or started - self._looked_at > _LONG_AGO
        if lost or len(look.changed) >= _MANY or _EVERY_PAPER in changed:
            self._kept.clear()
        elif changed:
            for key in [key for key, kept in self._kept.items() if kept.papers & changed]:
                del self._kept[key]
        self._life, self._seen, self._looked_at = look.life, look.seen, started
        self._looks += 1


def forget_old(session: Session, now: datetime) -> None:
    """Removes notes that no process asks for any more."""
    session.execute(delete(PublicChange).where(PublicChange.at < now - _NOTED_FOR))

"""Counting failures and making their source wait, longer each time.

Failures are counted for each pair of account and source (a known device, or a network), so that a
stranger who guesses does not lock out the owner. What strangers together try on one account counts
as well, with more patience and a shorter wait, and never touches known devices and networks.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.core.db import Work
from backend.identity.models import FailureCounter
from backend.identity.problems import LOCKED


@dataclass(frozen=True)
class Policy:
    """After `free` failures the wait starts at `first` and doubles up to `longest`."""

    free: int
    first: timedelta
    longest: timedelta
    forget_after: timedelta
    """A failure this long after the one before starts counting anew."""

    def wait(self, failures: int) -> timedelta:
        """How long to wait after so many failures in a row."""
        beyond = failures - self.free
        if beyond <= 0:
            return timedelta(0)
        return min(self.longest, self.first * (1 << min(beyond - 1, 16)))


SOURCE = Policy(
    free=4,
    first=timedelta(seconds=30),
    longest=timedelta(minutes=15),
    forget_after=timedelta(hours=24),
)
ACCOUNT = Policy(
    free=40,
    first=timedelta(seconds=15),
    longest=timedelta(minutes=2),
    forget_after=timedelta(hours=1),
)


def subject(*parts: object) -> str:
    """A counter's name; hashed, for people type passwords into the wrong field."""
    text = "\x1f".join(map(str, parts))
    return hashlib.sha256(text.encode()).hexdigest()


def check(work: Work, name: str) -> None:
    """Raises LOCKED(retry_after in seconds) while this source has to wait."""
    counter = work.session.get(FailureCounter, name, populate_existing=True)
    if counter and counter.locked_until and counter.locked_until > work.now:
        left = (counter.locked_until - work.now).total_seconds()
        raise LOCKED(retry_after=max(1, math.ceil(left)))


def count(work: Work, name: str, policy: Policy = SOURCE) -> int:
    """One more failure; returns how many in a row. The update locks the row: none is lost."""
    now = work.now
    fresh = FailureCounter.updated_at < now - policy.forget_after
    row = insert(FailureCounter).values(subject=name, failures=1, updated_at=now)
    failures = work.session.execute(
        row.on_conflict_do_update(
            index_elements=[FailureCounter.subject],
            set_={
                "failures": case((fresh, 1), else_=FailureCounter.failures + 1),
                "updated_at": now,
            },
        ).returning(FailureCounter.failures)
    ).scalar_one()
    if wait := policy.wait(failures):
        counter = work.session.get_one(FailureCounter, name, populate_existing=True)
        counter.locked_until = now + wait
    return failures


def clear(work: Work, name: str) -> None:
    """The right answer came from this source: its failures are forgotten."""
    work.session.execute(delete(FailureCounter).where(FailureCounter.subject == name))


def forget_old(session: Session, now: datetime) -> None:
    """Removes counters that no longer make anybody wait."""
    session.execute(
        delete(FailureCounter).where(FailureCounter.updated_at < now - timedelta(days=2))
    )

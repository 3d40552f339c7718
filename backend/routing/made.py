"""What was done on a phone without a line, and when, as far as its clock can be believed.

Evidence alone: whether something may happen is judged at the moment it arrives. The one exception
is the mandate, which must have begun when the thing was done.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.core.db import Work
from backend.identity.problems import STATEMENT_STALE
from backend.organisation.models import Mandate
from backend.routing import problems
from backend.routing.models import Step
from backend.routing.rounds import Round

AHEAD = timedelta(minutes=10)
LONGEST_AWAY = timedelta(days=31)
"""How old a tick may be that arrives late."""


@dataclass(frozen=True)
class Made:
    """A phone's word on when something was done."""

    at: datetime
    """By the phone's clock."""
    skew: timedelta
    """How far that clock was ahead at the last sync."""
    version_id: UUID | None = None
    """What was on the screen."""

    @property
    def corrected(self) -> datetime:
        return self.at - self.skew

    def require_recent(self, work: Work) -> None:
        """Raises STATEMENT_STALE for what no phone keeps so long, or was made in the future."""
        if not -AHEAD <= work.now - self.corrected <= LONGEST_AWAY:
            raise STATEMENT_STALE()

    def marks(self, work: Work) -> dict[str, Any]:
        """For the timeline and the trail; a time that cannot be is not called one."""
        said = {"device_clock": self.at.isoformat(), "skew": int(self.skew.total_seconds())}
        if self.corrected > work.now + AHEAD:
            return said
        return said | {"made_at": min(self.corrected, work.now).isoformat()}

    def by(self, at: datetime) -> "Made":
        """The same, of a statement that carries its own time."""
        return replace(self, at=at)


def check(made: Made | None, round_: Round, step: Step, mandate: Mandate) -> None:
    """Whether what was done then can be meant for what is there now.

    Raises VERSION_REPLACED or NO_MANDATE_THEN.
    """
    if made is None:
        return
    if made.version_id not in {None, step.version_id}:
        raise round_.explain(problems.VERSION_REPLACED, step)
    if mandate.starts_at > made.corrected:
        raise problems.NO_MANDATE_THEN(position=step.position.title)


def marks(made: Made | None, work: Work) -> dict[str, Any]:
    """As Made.marks; nothing of what was done on the line."""
    return made.marks(work) if made else {}

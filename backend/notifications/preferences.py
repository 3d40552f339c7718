"""What a person wants to be told of, where, and at which hours not."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.audit.trail import record
from backend.core.db import Work
from backend.notifications import problems
from backend.notifications.models import NoticeKind, Preference


class Topic(StrEnum):
    """What a person may switch off. Kinds without a topic are always told."""

    WAITS = "waits"
    RETURNED = "returned"
    DECIDED = "decided"
    REMINDERS = "reminders"
    DIGEST = "digest"


TOPICS = {
    NoticeKind.YOUR_TURN: Topic.WAITS,
    NoticeKind.RETURNED: Topic.RETURNED,
    NoticeKind.REFUSED: Topic.RETURNED,
    NoticeKind.SIGNED: Topic.DECIDED,
    NoticeKind.REJECTED: Topic.DECIDED,
    NoticeKind.DUE_SOON: Topic.REMINDERS,
    NoticeKind.OVERDUE: Topic.REMINDERS,
    NoticeKind.LATE: Topic.REMINDERS,
    NoticeKind.DIGEST: Topic.DIGEST,
}
ALWAYS = frozenset({NoticeKind.SECURITY})
"""Who takes over an account must not find its owner's phone silent, nor be able to silence it."""


@dataclass(frozen=True)
class Quiet:
    """Hours of the agency's clock, possibly over midnight; the end is exclusive."""

    start: time
    end: time

    def ends(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """When one may ring who is not rung at this moment; the moment itself outside of them."""
        local = moment.astimezone(zone)
        at = local.time()
        if self.start < self.end:
            within = self.start <= at < self.end
        else:
            within = at >= self.start or at < self.end
        if not within:
            return moment
        end = datetime.combine(local.date(), self.end, zone)
        return (end if end > local else end + timedelta(days=1)).astimezone(UTC)


@dataclass(frozen=True)
class Preferences:
    muted: frozenset[Topic] = field(default_factory=frozenset)
    push: bool = True
    email: bool = True
    quiet: Quiet | None = None
    urgent_passes: bool = True

    def wants(self, kind: NoticeKind) -> bool:
        return TOPICS.get(kind) not in self.muted

    def rings(self, kind: NoticeKind) -> bool:
        return self.push or kind in ALWAYS

    def mails(self, kind: NoticeKind) -> bool:
        return self.email or kind in ALWAYS

    def rings_from(
        self, kind: NoticeKind, moment: datetime, zone: ZoneInfo, *, urgent: bool
    ) -> datetime:
        """The first moment from this one on at which the person may be rung about it."""
        passes = kind in ALWAYS or (urgent and self.urgent_passes)
        return moment if passes or not self.quiet else self.quiet.ends(moment, zone)


def preferences_of(session: Session, person_id: UUID) -> Preferences:
    """A person's choices; everything on where none were made."""
    row = session.get(Preference, person_id)
    if row is None:
        return Preferences()
    hours = row.quiet_from, row.quiet_until
    quiet = None if hours[0] is None or hours[1] is None else Quiet(hours[0], hours[1])
    # A topic of an earlier release is nothing any more.
    muted = frozenset(Topic(name) for name in row.muted if name in set(Topic))
    return Preferences(muted, row.push, row.email, quiet, row.urgent_passes)


def prefer(work: Work, chosen: Preferences) -> None:
    """Keeps the actor's choices, all of them. Raises QUIET_ALL_DAY."""
    if chosen.quiet and chosen.quiet.start == chosen.quiet.end:
        raise problems.QUIET_ALL_DAY()
    row = work.session.get(Preference, work.actor.known_id, with_for_update=True)
    if row is None:
        row = Preference(person_id=work.actor.known_id)
        work.session.add(row)
    row.muted = sorted(chosen.muted)
    row.push, row.email = chosen.push, chosen.email
    row.quiet_from = chosen.quiet.start if chosen.quiet else None
    row.quiet_until = chosen.quiet.end if chosen.quiet else None
    row.urgent_passes = chosen.urgent_passes
    record(work, "notifications.preferred", "person", work.actor.known_id, push=row.push)

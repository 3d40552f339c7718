"""When a turn is due, by the paper's urgency, counted on working days of the agency's zone.

The urgency gives the time: Amat Segera 24 hours, Segera 2 × 24 hours from the moment the turn
began; Biasa has none. A deadline that somebody wrote on the paper or on the step counts instead.
Saturdays and Sundays do not count; public holidays do, for they are decreed anew each year.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backend.documents.models import Urgency

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Rhythm:
    limit: timedelta | None
    """How long a turn may take; None without a limit of its own."""
    ahead: timedelta
    """How long before the deadline its holder is reminded."""


RHYTHMS = {
    Urgency.AMAT_SEGERA: Rhythm(timedelta(hours=24), timedelta(hours=6)),
    Urgency.SEGERA: Rhythm(timedelta(hours=48), timedelta(hours=12)),
    Urgency.BIASA: Rhythm(None, timedelta(hours=24)),
}


@dataclass(frozen=True)
class Deadline:
    at: datetime
    remind_at: datetime
    """Never before half of the turn's time has passed: who was just told is not reminded."""


def deadline(
    urgency: Urgency, opened_at: datetime, set_for: datetime | None, zone: ZoneInfo
) -> Deadline | None:
    """A turn's deadline, or None where nothing limits it. `set_for`: what somebody wrote down.

    A deadline that had passed when the turn began leaves its holder some time all the same.
    """
    rhythm = RHYTHMS[urgency]
    if set_for is not None:
        at = set_for if set_for > opened_at else after(opened_at, rhythm.ahead, zone)
    elif rhythm.limit is not None:
        at = after(opened_at, rhythm.limit, zone)
    else:
        return None
    half = opened_at + (at - opened_at) / 2
    return Deadline(at, max(before(at, rhythm.ahead, zone), half))


def is_working_day(moment: datetime, zone: ZoneInfo) -> bool:
    return moment.astimezone(zone).weekday() < SATURDAY


def after(start: datetime, span: timedelta, zone: ZoneInfo) -> datetime:
    """The moment when so much working time has passed, every hour of a working day counting."""
    at = start.astimezone(zone)
    while True:
        midnight = datetime.combine(at.date() + DAY, time(), zone)
        if at.weekday() < SATURDAY:
            if span <= midnight - at:
                return (at + span).astimezone(UTC)
            span -= midnight - at
        at = midnight


def before(end: datetime, span: timedelta, zone: ZoneInfo) -> datetime:
    """The moment from which so much working time is left."""
    at = end.astimezone(zone)
    while True:
        midnight = datetime.combine(at.date(), time(), zone)
        if at == midnight:
            midnight -= DAY
        if midnight.weekday() < SATURDAY:
            if span <= at - midnight:
                return (at - span).astimezone(UTC)
            span -= at - midnight
        at = midnight

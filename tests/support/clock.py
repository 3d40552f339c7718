"""Time that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

# A Monday morning in an office: 09.00 WIB.
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


class SettableClock:
    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def set(self, moment: datetime) -> None:
        self._now = moment

    def advance(self, delta: timedelta | None = None, **parts: float) -> datetime:
        """Moves on by a timedelta or its parts, such as `hours=2`; returns the new time."""
        self._now += delta or timedelta(**parts)
        return self._now

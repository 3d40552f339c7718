"""The one source of time, so that tests can move it."""

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

# The three Indonesian zones; an agency keeps its papers in one of them.
ZONES = {
    "WIB": ZoneInfo("Asia/Jakarta"),
    "WITA": ZoneInfo("Asia/Makassar"),
    "WIT": ZoneInfo("Asia/Jayapura"),
}


class Clock(Protocol):
    def now(self) -> datetime:
        """The current time, in UTC, aware."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

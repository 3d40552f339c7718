"""Evidence that was asked for a moment ago, so that 500 papers need it once."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.certificates.revocation import Evidence, RevocationSource
from backend.core.clock import Clock

FRESH_FOR = timedelta(minutes=1)
"""What ends meanwhile is noticed before a signature counts: its certificate is looked up again."""


class RecentEvidence:
    """A `RevocationSource` that asks another one again after a minute."""

    def __init__(self, source: RevocationSource, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._known: dict[tuple[bytes, ...], tuple[datetime, Evidence]] = {}
        self._lock = threading.Lock()

    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        """Raises what the source raises; a refusal is not remembered."""
        wanted, now = tuple(certificates), self._clock.now()
        with self._lock:
            known = self._known.get(wanted)
        if known is not None and timedelta(0) <= now - known[0] < FRESH_FOR:
            return known[1]
        found = self._source.evidence(wanted)
        with self._lock:
            recent = {k: v for k, v in self._known.items() if now - v[0] < FRESH_FOR}
            self._known = recent | {wanted: (now, found)}
        return found

"""How many strangers' files are taken at once by a process, and judged at once on this machine.

A flood of uploads waits or is turned away; it takes neither the threads nor the processors from
people at work.
"""

import contextlib
import fcntl
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from backend.core.errors import UNAVAILABLE

_PATIENCE = 4.0
_PAUSE = 0.05


@contextlib.contextmanager
def slot(scratch: Path, count: int | None = None, patience: float = _PATIENCE) -> Iterator[None]:
    """Holds one of `count` slots (as many as processors). Raises UNAVAILABLE after `patience` s."""
    folder = scratch / "slots"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    until = time.monotonic() + patience
    while True:
        for number in range(count or os.cpu_count() or 1):
            handle = os.open(folder / str(number), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                continue
            try:
                yield
            finally:
                os.close(handle)
            return
        if time.monotonic() > until:
            raise UNAVAILABLE()
        time.sleep(_PAUSE)


class Door:
    """Lets so many in at a time, and half as many from one place; whoever else comes is turned away."""

    def __init__(self, most: int) -> None:
        self._most = max(1, most)
        self._inside: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def enter(self, place: str) -> Iterator[None]:
        """Raises UNAVAILABLE at once."""
        with self._lock:
            full = self._inside.total() >= self._most
            if full or self._inside[place] >= max(1, self._most // 2):
                raise UNAVAILABLE()
            self._inside[place] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside[place] -= 1
                self._inside += Counter()  # forgets who is gone

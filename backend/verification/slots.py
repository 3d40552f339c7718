"""How many strangers' files are judged at once on this machine, whichever process was asked.

A flood of uploads waits or is turned away; it does not take the processors from people at work.
"""

import contextlib
import fcntl
import os
import time
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

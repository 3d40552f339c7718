"""One process at a time owns a folder: an advisory lock that ends with its owner (flock(2))."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path


class TakenError(Exception):
    """Another process holds the lock."""


class FolderLock:
    """The lock on a file that stays where it is; only holding it means anything."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, wait: float, tell: Callable[[], None]) -> None:
        """Takes the lock, waiting up to `wait` seconds; `tell` is called once when it has to.

        Raises TakenError.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode=0o600)
        deadline, told = time.monotonic() + wait, False
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise TakenError
            if not told:
                tell()
                told = True
            time.sleep(0.1)
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def taken(self) -> bool:
        """Whether some process holds the lock now."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            return not _locked(descriptor)
        finally:
            os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

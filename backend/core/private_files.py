"""Folders and files that only their owner reaches."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


def private(folder: Path) -> None:
    """Makes a folder that is only its owner's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextlib.contextmanager
def private_file(path: Path) -> Iterator[int]:
    """A descriptor to write a new 0600 file with, replacing what stood there."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode=0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)

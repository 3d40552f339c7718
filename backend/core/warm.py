"""Processes that have a module imported and wait to fork for a request (core.sandboxed).

One is taken for each run and put back after it, so that as many exist as runs were made at once; few
stay, and those go by themselves when nothing comes.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import threading
import time
from pathlib import Path

from backend.core.sandboxed import ORDER, READY

Key = tuple[str, str, tuple[Path, ...]]
"""An interpreter, a module, and the folders that it is imported from."""

_START = 60.0
_GRACE = 10.0
_KEPT = 2


class GoneError(Exception):
    """It ended without a word: it had waited long enough, or the system ended it."""


class WarmProcess:
    """One process with its module; answers one run at a time."""

    def __init__(self, key: Key) -> None:
        interpreter, module, code = key
        self.key = key
        self._process = subprocess.Popen(
            [interpreter, "-P", "-s", "-B", "-m", "backend.core.sandboxed", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            bufsize=0,
            env={
                "PYTHONPATH": os.pathsep.join(map(str, code)),
                "LANG": "C.UTF-8",
                "PYTHONHASHSEED": "0",
            },
            start_new_session=True,
        )
        if self._line(_START) != READY:
            self.end()
            raise GoneError

    def run(self, folder: Path, seconds: float) -> tuple[int, bool]:
        """The exit code of the fork that worked in `folder`, and whether it ended in time."""
        order = json.dumps({"folder": str(folder), "seconds": seconds}).encode() + b"\n"
        try:
            self._process.stdin.write(order)  # type: ignore[union-attr]
        except BrokenPipeError as error:
            raise GoneError from error
        said = self._line(seconds + _GRACE).split()
        if len(said) != 2:
            raise GoneError
        return int(said[0]), said[1] == b"1"

    def _line(self, seconds: float) -> bytes:
        """One line; nothing when there is none in time."""
        pipe = self._process.stdout
        poll = select.poll()
        poll.register(pipe, select.POLLIN)  # type: ignore[arg-type]
        return os.read(pipe.fileno(), 64) if poll.poll(seconds * 1000) else b""  # type: ignore[union-attr]

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()  # type: ignore[union-attr]
        self._process.stdout.close()  # type: ignore[union-attr]
        self._process.wait()


_idle: list[WarmProcess] = []
_lock = threading.Lock()


def run(key: Key, folder: Path, seconds: float) -> tuple[int, bool]:
    """Has a waiting process do it, or a new one. Raises GoneError."""
    process = _taken(key)
    if process is not None:
        try:
            return _kept(process, process.run(folder, seconds))
        except GoneError:
            process.end()
            if not (folder / ORDER).exists():
                raise  # it had begun
    began = time.monotonic()
    process = WarmProcess(key)
    try:
        left = seconds - (time.monotonic() - began)  # whoever waits, waits for the start as well
        return _kept(process, process.run(folder, max(left, 1.0)))
    except BaseException:
        process.end()
        raise


def _taken(key: Key) -> WarmProcess | None:
    with _lock:
        found = next((p for p in reversed(_idle) if p.key == key), None)
        if found is not None:
            _idle.remove(found)
        return found


def _kept(process: WarmProcess, said: tuple[int, bool]) -> tuple[int, bool]:
    with _lock:
        _idle.append(process)
        surplus = [_idle.pop(0) for _ in range(len(_idle) - _KEPT)]
    for one in surplus:
        one.end()
    return said


def close() -> None:
    """Ends those that wait."""
    with _lock:
        ending, _idle[:] = _idle[:], []
    for process in ending:
        process.end()


atexit.register(close)
os.register_at_fork(after_in_child=_idle.clear)

"""The check of finished files, in a process beside the one that signs the next.

To judge a file takes longer than to sign it, and one interpreter does one thing at a time. The
process is started for an activation of many papers; until it is ready, and should it end, files are
checked here: it makes nothing different but the time.
"""

import contextlib
import os
import select
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any, Self, cast

import cbor2
import structlog

from backend.signing.pdf import selfcheck
from backend.signing.pdf.checker import READY, STAMPED
from backend.signing.pdf.proofs import SelfCheckError
from backend.signing.pdf.selfcheck import Expected

log = structlog.get_logger(__name__)

PROGRAM = "backend.signing.pdf.checker"
PATIENCE_SECONDS = 30
"""For one answer, which takes milliseconds."""
_OURS = ("CENTANG_", "DATABASE_")


class Checker:
    """Checks files for several threads at once; use it in a `with`."""

    def __init__(self) -> None:
        self._asking = Lock()
        self._process: _Process | None = None

    def start(self) -> None:
        """Has a process check, from when it is ready."""
        self._process = _Process()

    def is_ready(self, seconds: float = 0) -> bool:
        """Whether the process checks by now, or so much later."""
        return self._process is not None and self._process.is_ready(seconds)

    @property
    def pid(self) -> int | None:
        """The number of the process, if there is one."""
        return self._process.pid if self._process else None

    def check(self, data: bytes, expected: Expected) -> datetime:
        """As selfcheck.check."""
        if not self.is_ready():
            return selfcheck.check(data, expected)
        if not isinstance(expected.base, bytes):
            expected = replace(expected, base=b"".join(expected.base))
        with self._asking:
            verdict = self._ask(data, expected)
        if verdict is None:
            return selfcheck.check(data, expected)
        kind, found = verdict
        if kind != STAMPED:
            raise SelfCheckError(found)
        return cast("datetime", found)

    def _ask(self, data: bytes, expected: Expected) -> Any:
        """What the process says; None when it has ended."""
        if self._process is None:
            return None
        try:
            return self._process.ask(data, expected)
        except (OSError, EOFError, cbor2.CBORDecodeError):
            log.warning("the process that checks files ended")
            self.end()
            return None

    def end(self) -> None:
        """Has everything checked here again."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


class _Process:
    """One process, which answers one at a time; see pdf/checker.py."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={k: v for k, v in os.environ.items() if not k.startswith(_OURS)},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.pid = self._process.pid
        self._ours.settimeout(PATIENCE_SECONDS)
        self._channel: Any = self._ours.makefile("rwb")
        self._ready = False

    def is_ready(self, seconds: float) -> bool:
        """It says so once, of itself."""
        if not self._ready:
            poll = select.poll()
            poll.register(self._ours, select.POLLIN)
            self._ready = bool(poll.poll(seconds * 1000))
        return self._ready

    def ask(self, data: bytes, expected: Expected) -> Any:
        cbor2.dump([data, vars(expected)], self._channel)
        self._channel.flush()
        answer = cbor2.load(self._channel)
        return cbor2.load(self._channel) if answer == READY else answer

    def end(self) -> None:
        """At once: it keeps nothing."""
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._channel.close()
        self._ours.close()

"""Keeps a few child processes running and ends them in order."""

import contextlib
import json
import logging.handlers
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click

from backend.core import launch
from mobile_api.cli.failures import CommandError

LOG_BYTES, LOG_FILES = 10 * 1024 * 1024, 5
STEADY_SECONDS = 60
"""A child that ran this long before it ended is restarted at once."""
MAX_DELAY = 30


@dataclass
class Child:
    """One process, restarted with growing delays when it ends by itself."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    patience: float = 45
    """Seconds it gets to finish what it is doing when asked to end."""
    serves_others: bool = False
    """Ends only after the children that may be asking it something."""
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    failures: int = 0
    restart_at: float = field(default=0)

    def start(self, log: "Log") -> None:
        """Call from the main thread: the child ends with the thread that made it (prctl(2))."""
        launcher = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid())]
        launcher += [str(int(signal.SIGTERM)), "same", "0", "0", str(self.folder), "--"]
        self.process = subprocess.Popen(
            [*launcher, *self.command],
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            # Ctrl-C reaches the supervisor only, which ends the children in order.
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        log.follow(self)

    def note_end(self) -> None:
        """Plans the restart of a process that ended by itself."""
        steady = time.monotonic() - self.started_at > STEADY_SECONDS
        self.failures = 1 if steady else self.failures + 1
        self.restart_at = time.monotonic() + min(MAX_DELAY, 2 ** (self.failures - 1) - 1)
        self.process = None

    def ask_to_end(self) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()

    def await_end(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


class Log:
    """What the children write to stderr, in one rotating file; errors are shown as well."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "centang.log"
        self._handler = logging.handlers.RotatingFileHandler(
            self.path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
        self._threads: list[threading.Thread] = []

    def follow(self, child: Child) -> None:
        thread = threading.Thread(target=self._pump, args=(child.name, child.process), daemon=True)
        thread.start()
        self._threads = [t for t in self._threads if t.is_alive()] + [thread]

    def close(self) -> None:
        for thread in self._threads:
            thread.join(5)
        self._handler.close()

    def _pump(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None  # noqa: S101
        with process.stderr:
            for raw in process.stderr:
                line = raw.decode(errors="replace").rstrip("\n")
                record = logging.makeLogRecord({"msg": line})
                self._handler.handle(record)
                self._show(name, line)

    def _show(self, name: str, line: str) -> None:
        try:
            entry = json.loads(line)
            if entry.get("level") not in {"error", "critical"}:
                return
            text = entry.get("message", "")
        except (ValueError, AttributeError):
            # Not one of our lines: a crash before logging was set up.
            text = line
        click.echo(f"  [{name}] {text}", err=True)


class Supervisor:
    """Starts children in order, watches them, ends them in reverse order."""

    def __init__(self, log: Log) -> None:
        self._children: list[Child] = []
        self._log = log
        self._asked_to_stop = threading.Event()

    def catch_signals(self) -> None:
        """From now on SIGINT and SIGTERM ask `run` to return instead of breaking in anywhere."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self._asked_to_stop.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)

    @property
    def stopping(self) -> bool:
        return self._asked_to_stop.is_set()

    def start(self, *children: Child) -> None:
        for child in children:
            child.start(self._log)
            self._children.append(child)

    def reload(self, name: str) -> None:
        """Asks a child to read its configuration and certificates again (SIGHUP)."""
        for child in self._children:
            if child.name == name and child.process:
                child.process.send_signal(signal.SIGHUP)

    def await_ready(self, ready: Callable[[], bool], seconds: float) -> None:
        """Waits until `ready` holds. Raises CommandError when a child ends or time is over."""
        deadline = time.monotonic() + seconds
        while not self.stopping and not ready():
            for child in self._children:
                if child.process is None or child.process.poll() is not None:
                    raise CommandError(
                        f"The {child.name} process ended while starting. See {self._log.path}."
                    )
            if time.monotonic() > deadline:
                raise CommandError(f"Starting takes too long. See {self._log.path}.")
            time.sleep(0.05)

    def run(self, each_minute: Callable[[], None], alive: Callable[[], bool]) -> None:
        """Watches until asked to stop. Raises CommandError when `alive` no longer holds."""
        next_minute = time.monotonic() + 60
        while not self._asked_to_stop.wait(0.25):
            now = time.monotonic()
            if not alive():
                raise CommandError("The database ended unexpectedly; see postgres/server.log.")
            for child in self._children:
                if child.process is not None and child.process.poll() is not None:
                    code = child.process.returncode
                    child.note_end()
                    click.echo(f"  [{child.name}] ended (code {code}), starting it again", err=True)
                elif child.process is None and now >= child.restart_at:
                    child.start(self._log)
            if now >= next_minute:
                next_minute = now + 60
                each_minute()

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """Ends the children when the block does, however it does."""
        try:
            yield
        finally:
            click.echo("\n  stopping …", err=True)
            self._stop()

    def _stop(self) -> None:
        for needed in (False, True):
            ending = [c for c in reversed(self._children) if c.serves_others is needed]
            for child in ending:
                child.ask_to_end()
            for child in ending:
                child.await_end()
        self._log.close()

"""Processes of a real installation, for tests that start and kill one."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


def alive_below(home: Path) -> dict[int, str]:
    """Processes that mention this home in their command line or environment, by number."""
    needle, found = os.fsencode(home), {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes()
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            if state != "Z" and (
                needle in command or b"CENTANG_HOME=" + needle in (entry / "environ").read_bytes()
            ):
                found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def await_end_below(home: Path, *, seconds: float) -> None:
    """Waits until no process of this home is left; names those that are."""
    deadline = time.monotonic() + seconds
    while left := alive_below(home):
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still running: {left}"
        time.sleep(0.05)


@contextlib.contextmanager
def started(
    arguments: list[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A Python program in a session of its own; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()

"""A command in a terminal of its own, as a person runs it: a pseudo-terminal, and Ctrl-C."""

import fcntl
import os
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROWS, COLUMNS = 60, 200
CTRL_C = b"\x03"


class Terminal:
    """Runs until it ends; at the end of the `with` block it is gone in any case."""

    def __init__(self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        self._keyboard, screen = os.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *command],
            cwd=cwd,
            env=dict(env),
            stdin=screen,
            stdout=screen,
            stderr=screen,
        )
        os.close(screen)
        self._seen = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
            self.process.wait()
        self._reader.join(5)
        os.close(self._keyboard)

    def _read(self) -> None:
        while True:
            try:
                self._seen += os.read(self._keyboard, 65536)
            except OSError:  # nobody holds the other end any more
                return

    @property
    def text(self) -> str:
        return self._seen.decode(errors="replace").replace("\r\n", "\n")

    def await_text(self, text: str, *, seconds: float) -> float:
        """Waits until this was said. Seconds it took."""
        began = time.monotonic()
        while text not in self.text:
            ended = self.process.poll() is not None
            assert not ended, f"it ended without saying {text!r}:\n{self.text}"
            assert time.monotonic() - began < seconds, f"{text!r} was not said:\n{self.text}"
            time.sleep(0.05)
        return time.monotonic() - began

    def press_ctrl_c(self, *, seconds: float) -> None:
        """As a person does: the terminal sends SIGINT to everything in the foreground."""
        os.write(self._keyboard, CTRL_C)
        self.process.wait(seconds)
        self._reader.join(5)

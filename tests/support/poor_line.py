"""A phone's line at the edge of coverage: a SOCKS proxy as slow as 2G that loses requests.

Whatever the browser sends goes through it, the service worker's requests too, and every byte is
counted as it goes over the air: with headers, and what is sent again.
"""

import contextlib
import random
import socket
import threading
import time
from dataclasses import dataclass, field

from tests.support.line import Line

METHODS = (b"GET ", b"POST ", b"PUT ", b"PATCH ", b"DELETE ")
PIECE = 1024
"""Bytes that go at once, so that connections share the line."""
GAP = 1.0
"""Seconds without a line after a lost request: browsers repeat what breaks on a used connection."""


@dataclass
class Air:
    """One direction: so many bits a second, for all connections together."""

    bits_per_second: int
    carried: int = 0
    _free_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, data: bytes, to: socket.socket) -> None:
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            with self._lock:
                self.carried += len(piece)
                begin = max(time.monotonic(), self._free_at)
                self._free_at = begin + len(piece) * 8 / self.bits_per_second
                wait = self._free_at - time.monotonic()
            time.sleep(max(0.0, wait))
            to.sendall(piece)


class PoorLine(Line):
    """Slow, late and leaky from `worsen` on; until then it carries as any line does."""

    def __init__(self, *, bits_per_second: int, latency: float, failing: float, seed: int) -> None:
        """`latency` in seconds, there and back; `failing` is a share of the requests."""
        self.poor = False
        self.up, self.down = Air(bits_per_second), Air(bits_per_second)
        self.requests = self.lost = 0
        self._latency, self._failing = latency, failing
        self._dice = random.Random(seed)
        self._until = 0.0
        self._asked: dict[socket.socket, bool] = {}
        super().__init__()

    def worsen(self) -> None:
        self.poor = True
        self.cut()  # what is open was opened on a better line
        self.mend()

    @property
    def carried(self) -> int:
        """Bytes both ways since it got poor."""
        return self.up.carried + self.down.carried

    def _carry(self, browser: socket.socket) -> None:
        if self.poor:
            if time.monotonic() < self._until:
                browser.close()
                return
            time.sleep(self._latency)  # to be connected takes a way there and back
        super()._carry(browser)

    def _upwards(self, browser: socket.socket, server: socket.socket) -> None:
        if not self.poor:
            super()._upwards(browser, server)
            return
        with contextlib.suppress(OSError):
            while data := browser.recv(65536):
                fate = self._fate() if data.startswith(METHODS) else "fine"
                if fate == "lost":
                    break
                time.sleep(self._latency / 2)
                self.up.carry(data, server)
                self._asked[server] = True
                if fate == "unanswered":
                    server.recv(1)
                    break
            else:
                server.shutdown(socket.SHUT_WR)
                return
            self._break(browser, server)

    def _downwards(self, server: socket.socket, browser: socket.socket) -> None:
        if not self.poor:
            super()._downwards(server, browser)
            return
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if self._asked.pop(server, False):
                    time.sleep(self._latency / 2)
                self.down.carry(data, browser)
            browser.shutdown(socket.SHUT_WR)

    def _fate(self) -> str:
        """Half of the failing requests never arrive; the others do, and their answers do not."""
        self.requests += 1
        in_gap = time.monotonic() < self._until
        if not in_gap and self._dice.random() >= self._failing:
            return "fine"
        self.lost += 1
        if not in_gap:
            self._until = time.monotonic() + GAP
        return self._dice.choice(("lost", "unanswered"))

    @staticmethod
    def _break(*ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

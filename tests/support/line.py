"""A browser's line to the server: a SOCKS proxy whose cable a test can hold or cut at one byte."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass

CONNECTED = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00"
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of a socket that ends without a goodbye, as a cut cable does."""


@dataclass
class _Trap:
    """Springs so many bytes after `marker` went up, or when the answer to it comes down."""

    marker: bytes
    after: int | None
    then: Callable[[], None]
    on: socket.socket | None = None
    sent: int = 0


class Line:
    """Carries everything, until told to hold or cut one request; `mend` carries on."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        """Set when the armed request got to its byte."""
        self._down = False
        self._trap: _Trap | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def proxy(self) -> str:
        return f"socks5://127.0.0.1:{self._server.getsockname()[1]}"

    def close(self) -> None:
        self._server.close()
        self.cut()

    # -- what a test does to it --------------------------------------------------------------

    def cut_after(self, marker: bytes, count: int) -> None:
        """Cut once `count` bytes of the request that begins with `marker` have gone."""
        self._arm(_Trap(marker, count, self.cut))

    def hold_after(self, marker: bytes, count: int) -> None:
        """The same, but the line only stops carrying it, until it is cut."""
        self._arm(_Trap(marker, count, lambda: None))

    def cut_before_answer(self, marker: bytes) -> None:
        """The whole request arrives; its answer does not."""
        self._arm(_Trap(marker, None, self.cut))

    def cut(self) -> None:
        """Everything that is open ends at once, and nothing new gets through."""
        self._down = True
        with self._lock:
            ending = list(self._open)
        for each in ending:
            with contextlib.suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._down = False

    def _arm(self, trap: _Trap) -> None:
        self.reached.clear()
        self._trap = trap

    # -- carrying ----------------------------------------------------------------------------

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self._server.accept()
                threading.Thread(target=self._carry, args=(browser,), daemon=True).start()

    def _carry(self, browser: socket.socket) -> None:
        with browser, contextlib.suppress(OSError):
            if self._down:
                return
            with self._introduced(browser) as server:
                with self._lock:
                    self._open |= {browser, server}
                down = threading.Thread(target=self._downwards, args=(server, browser), daemon=True)
                down.start()
                self._upwards(browser, server)
                down.join()
                with self._lock:
                    self._open -= {browser, server}

    @staticmethod
    def _introduced(browser: socket.socket) -> socket.socket:
        """SOCKS5 without a password (RFC 1928): whom to connect to, and the connection."""
        _, methods = browser.recv(2)
        browser.recv(methods)
        browser.sendall(b"\x05\x00")
        _, _, _, kind = browser.recv(4)
        if kind == 3:
            browser.recv(browser.recv(1)[0])  # a name: every name is this machine here
        else:
            browser.recv(4 if kind == 1 else 16)
        (port,) = struct.unpack("!H", browser.recv(2))
        server = socket.create_connection(("127.0.0.1", port))
        browser.sendall(CONNECTED)
        return server

    def _upwards(self, browser: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := browser.recv(65536):
                trap = self._trap
                if trap and trap.on is None and trap.marker in data:
                    trap.on = browser
                if trap and trap.on is browser and trap.after is not None:
                    rest = trap.after - trap.sent
                    server.sendall(data[:rest])
                    trap.sent += len(data[:rest])
                    if len(data) >= rest:
                        self._spring(trap)
                        return
                else:
                    server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _downwards(self, server: socket.socket, browser: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                trap = self._trap
                if trap and trap.on is browser and trap.after is None:
                    self._spring(trap)
                    return
                browser.sendall(data)
            browser.shutdown(socket.SHUT_WR)

    def _spring(self, trap: _Trap) -> None:
        self._trap = None
        trap.then()
        self.reached.set()

"""Gunicorn with the deployed configuration, for what shows only between processes or over a socket."""

import contextlib
import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.core.settings import Settings
from tests.support.processes import started

START_LIMIT = 90
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class WebServer:
    port: int
    pid: int

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Over a connection of its own, which any of the processes may take."""
        with contextlib.closing(self.connect()) as connection:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def cpu_seconds(self) -> float:
        """What its processes have used, user and system."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(_cpu_seconds(int(pid)) for pid in children)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextlib.contextmanager
def web_server(
    application: str, settings: Settings, database_url: str, *, processes: int = 2
) -> Iterator[WebServer]:
    """`application` (module:name) behind gunicorn, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "CENTANG_HOME": str(settings.root),
        "CENTANG_HOST": "127.0.0.1",
        "CENTANG_WEB_PROCESSES": str(processes),
        "CENTANG_LOG_LEVEL": "ERROR",
        "DATABASE_URL": database_url,
        "PORT": str(port),
    }
    configured = ["-c", "python:mobile_api.gunicorn_conf"]
    # Loaded once for all its processes, only because that takes half as long.
    command = ["-m", "gunicorn", *configured, "--preload", application]
    with started(command, environment) as process:
        server = WebServer(port, process.pid)
        try:
            _await_answer(server)
            yield server
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(60)


def _await_answer(server: WebServer) -> None:
    deadline = time.monotonic() + START_LIMIT
    while True:
        with contextlib.suppress(OSError):
            server.get("/healthz")
            return
        assert time.monotonic() < deadline, f"no answer within {START_LIMIT} s"
        time.sleep(0.05)

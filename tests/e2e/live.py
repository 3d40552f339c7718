"""A whole installation, as an office starts it: `centang serve` on an empty home with the demo."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from tests.support.processes import alive_below

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 180
"""Seconds; the first start makes the database, the authorities and the demo."""


@dataclass(frozen=True)
class Account:
    username: str
    name: str
    password: str
    totp_secret: str
    title: str | None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Live:
    """One running installation below `home`."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.port = free_port()
        self.origin = f"http://localhost:{self.port}"
        self.environment = {
            **os.environ,
            "CENTANG_HOME": str(home),
            "PORT": str(self.port),
            "DEMO": "1",
            "PYTHONPATH": str(ROOT),
            # Push services on this machine's loopback stand in for the browsers' own.
            "CENTANG_PUSH_HOSTS": '["127.0.0.1"]',
            **settings,
        }
        self.output = home / "serve.out"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "mobile_api.cli", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.await_ready()

    def await_ready(self) -> None:
        """Returns when it answers, at its start and after a part of it was killed."""
        assert self._process is not None
        deadline = time.monotonic() + START_LIMIT
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the installation did not start:\n{self.output.read_text()}")
            time.sleep(0.25)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/readyz", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)

    def kill_web_server(self) -> None:
        """Without a word of warning; the supervisor starts another."""
        web = {number for number, name in alive_below(self.home).items() if "gunicorn" in name}
        assert web
        for number in web:
            os.kill(number, signal.SIGKILL)

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs `centang …` on this installation."""
        return subprocess.run(
            [sys.executable, "-m", "mobile_api.cli", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=check,
            timeout=120,
        )

    def accounts(self) -> dict[str, Account]:
        given = json.loads(self.command("demo", "accounts", "--json").stdout)
        names = Account.__dataclass_fields__
        return {
            each["username"]: Account(**{k: v for k, v in each.items() if k in names})
            for each in given
        }

    def setup_link(self) -> str:
        """What the terminal printed for the first administrator."""
        return next(word for word in self.output.read_text().split() if "/mulai#" in word)

    def root_certificate(self) -> x509.Certificate:
        """The installation's own root, as the command line gives it."""
        pem = self.command("certificate", "root").stdout
        return x509.load_pem_x509_certificate(pem.encode())

"""The whole installation as one command: started, killed, started again, ended."""

import json
import os
import signal
import socket
import ssl
import urllib.request
from pathlib import Path

import pytest

from tests.support.processes import alive_below, await_end_below, started

SERVE = ["-m", "mobile_api.cli", "serve"]
READY = 120  # two busy cores load four processes


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def environment(tmp_path: Path, port: int) -> dict[str, str]:
    return {
        "CENTANG_HOME": str(tmp_path / "home"),
        "CENTANG_HOST": "127.0.0.1",
        "CENTANG_WEB_PROCESSES": "1",
        "PORT": str(port),
        "DEMO": "0",
        "PYTHONUNBUFFERED": "1",
    }


def read_until(process, text: str) -> str:
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"it ended without saying {text!r}:\n{seen}")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_it_survives_a_kill_without_orphans_and_ends_cleanly(
    environment: dict[str, str], port: int, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with started(SERVE, environment) as first:
        said = read_until(first, "Ctrl-C stops everything")
        link = next(word for word in said.split() if "/mulai#" in word)
        assert link.startswith(f"http://localhost:{port}/mulai#")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            assert json.load(answer)["database"] is True
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        await_end_below(home, seconds=75)

    with started(SERVE, environment) as second:
        said = read_until(second, "Ctrl-C stops everything")
        assert link not in said  # each start prints a fresh one
        os.kill(second.pid, signal.SIGINT)
        assert second.wait(90) == 0
        assert "everything is saved" in second.stdout.read()
    assert not alive_below(home)

    secrets = {path.name: path.stat().st_mode & 0o777 for path in (home / "secrets").iterdir()}
    assert secrets["master.key"] == 0o600
    log = (home / "log" / "centang.log").read_text()
    assert link.split("#")[1] not in log


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_https_is_trusted_through_its_own_root_and_the_page_hands_it_out(
    environment: dict[str, str], port: int, tmp_path: Path
) -> None:
    with started(SERVE, {**environment, "HTTPS": "1"}) as process:
        said = read_until(process, "Ctrl-C stops everything")
        assert "fingerprint" in said
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port + 1}/centang-root.crt", timeout=10
        ) as answer:
            root = ssl.DER_cert_to_PEM_cert(answer.read())
        context = ssl.create_default_context(cadata=root)
        with urllib.request.urlopen(
            f"https://localhost:{port}/healthz", timeout=10, context=context
        ) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(90) == 0

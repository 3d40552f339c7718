"""What is particular to the process that holds the keys."""

import os
import select
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from backend.certificates.issuer import LocalIssuer
from backend.certificates.issuer_process import (
    ATTACHED,
    RemoteIssuer,
    _Server,
    is_answering,
    running,
)
from backend.certificates.problems import AUTHORITY_MISSING, ISSUER_UNAVAILABLE
from backend.certificates.profiles import Addresses
from backend.core.clock import SystemClock
from backend.core.errors import DomainError
from backend.core.local_socket import short_address
from backend.core.settings import Settings
from tests.factories.pki import ORGANISATION

PARENT = f"""
import subprocess, sys
command = [sys.executable, "-m", "backend.certificates.issuer_process", "{ATTACHED}"]
child = subprocess.Popen(command, stdin=subprocess.PIPE)
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # A home so deep that a socket's full name would not fit the kernel's 107 bytes.
    return Settings(home=tmp_path / ("dalam" * 20) / "home", _env_file=None)


def test_it_says_when_nobody_answers(settings: Settings) -> None:
    with pytest.raises(DomainError) as refused:
        RemoteIssuer(settings.issuer_socket).authorities()

    assert refused.value.problem is ISSUER_UNAVAILABLE


def test_one_process_serves_all_and_leaves_only_keys_for_its_owner(settings: Settings) -> None:
    with running(settings):
        with pytest.raises(DomainError) as refused:
            RemoteIssuer(settings.issuer_socket).timestamp(b"")
        assert refused.value.problem is AUTHORITY_MISSING
        RemoteIssuer(settings.issuer_socket).establish(ORGANISATION)
        with running(settings):
            assert len(RemoteIssuer(settings.issuer_socket).authorities()) == 7
        assert is_answering(settings.issuer_socket)

    assert not settings.issuer_socket.exists()
    files = list(settings.authority_dir.iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files if file.suffix} == {0o600}
    assert stat.S_IMODE(settings.authority_dir.stat().st_mode) == 0o700


def test_it_survives_callers_that_speak_nonsense(settings: Settings) -> None:
    with running(settings):
        with pytest.raises(ValueError, match="KeyError"):
            RemoteIssuer(settings.issuer_socket)._ask("_signing", "root")
        for nonsense in (b"", b"\xff" * 9, struct.pack(">I", 3) + b"\x01\x02\x03"):
            with (
                short_address(settings.issuer_socket) as address,
                socket.socket(socket.AF_UNIX) as channel,
            ):
                channel.connect(address)
                channel.sendall(nonsense)
                with suppress(ConnectionError):  # unread bytes make the kernel reset
                    channel.shutdown(socket.SHUT_WR)
                    assert channel.recv(100) == b""
        assert len(RemoteIssuer(settings.issuer_socket).establish(ORGANISATION)) == 7


def test_it_does_not_hear_strangers(settings: Settings) -> None:
    issuer = LocalIssuer(settings.authority_dir, Addresses(settings.origin), SystemClock())
    settings.issuer_socket.parent.mkdir(parents=True)
    with short_address(settings.issuer_socket) as address:
        server = _Server(address, issuer, frozenset({os.getuid() + 1}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        with pytest.raises(DomainError) as refused:
            RemoteIssuer(settings.issuer_socket).authorities()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

    assert refused.value.problem is ISSUER_UNAVAILABLE


def test_it_ends_with_a_parent_that_was_killed(settings: Settings) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            PARENT,
        ],
        env=os.environ | {"CENTANG_HOME": str(settings.root)},
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    gone = os.pidfd_open(child)
    parent.send_signal(signal.SIGKILL)
    parent.communicate()

    assert select.select([gone], [], [], 20)[0]
    os.close(gone)

"""The caller's side of a session process: starting it, asking it, ending it."""

import os
import socket
import subprocess
import sys
import weakref
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, Protocol, Self

import cbor2
import structlog

from backend.signing.problems import KEY_BLOCKED, VAULT_FULL, VAULT_UNAVAILABLE
from backend.signing.vaults.pkcs11_session import FULL, LOCKED, WRONG_PIN
from backend.signing.vaults.vault import WrongPassphraseError

log = structlog.get_logger(__name__)

PROGRAM = "backend.signing.vaults.pkcs11_session"
PATIENCE_SECONDS = 30
"""For one answer; making an RSA key in a slow module takes the longest."""
ENDING_SECONDS = 5
MOST_SESSIONS = 4
"""Of one opened key: as many signatures may be under way at once."""
_OURS = ("CENTANG_", "DATABASE_")


class SessionProcess:
    """A process that holds one session; see pkcs11_session.py. It ends with this object."""

    def __init__(self, module: Path) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM, str(theirs.fileno()), str(module)],
                pass_fds=[theirs.fileno()],
                # A module finds its configuration in the environment; ours is none of its business.
                env={k: v for k, v in os.environ.items() if not k.startswith(_OURS)},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        ours.settimeout(PATIENCE_SECONDS)
        self._channel: Any = ours.makefile("rwb")
        self.close = weakref.finalize(self, _end, process, ours, self._channel)

    def ask(self, method: str, *arguments: Any) -> Any:
        """Raises WrongPassphraseError, KEY_BLOCKED, VAULT_FULL or VAULT_UNAVAILABLE."""
        try:
            cbor2.dump([method, list(arguments)], self._channel)
            self._channel.flush()
            kind, value, *detail = cbor2.load(self._channel)
        except (OSError, ValueError, cbor2.CBORDecodeError) as error:
            self.close()
            log.warning("the session on the token ended", during=method)
            raise VAULT_UNAVAILABLE() from error
        if kind == "value":
            return value
        log.warning("the token refused", during=method, kind=value, detail=detail)
        if value == WRONG_PIN:
            raise WrongPassphraseError
        raise {LOCKED: KEY_BLOCKED, FULL: VAULT_FULL}.get(value, VAULT_UNAVAILABLE)()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Connect(Protocol):
    """Opens a further logged-in session."""

    def __call__(self) -> SessionProcess: ...


class Sessions:
    """The logged-in sessions of one opened key, made as they are needed; safe between threads."""

    def __init__(self, connect: Connect) -> None:
        self._connect: Connect | None = connect
        self._idle: LifoQueue[SessionProcess | None] = LifoQueue()
        for _ in range(MOST_SESSIONS - 1):
            self._idle.put(None)
        self._idle.put(connect())

    def sign(self, mechanism: str, data: bytes) -> bytes:
        session = self._idle.get()
        try:
            if session is None:
                session = self._open()
            return bytes(session.ask("sign", mechanism, data))
        except BaseException:
            if session is not None:
                session.close()
            session = None
            raise
        finally:
            self._idle.put(session)
            if self._connect is None:
                self.close()

    def close(self) -> None:
        """Logs out. A session that signs at this moment ends when it has."""
        self._connect = None
        try:
            while True:
                if (session := self._idle.get_nowait()) is not None:
                    session.close()
        except Empty:
            pass

    def _open(self) -> SessionProcess:
        if self._connect is None:
            raise RuntimeError("this key was forgotten")
        return self._connect()


def _end(process: "subprocess.Popen[bytes]", ours: socket.socket, channel: Any) -> None:
    try:
        channel.close()
    except OSError:
        log.debug("the session ended before its last message")
    ours.close()
    try:
        process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

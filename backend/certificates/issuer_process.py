"""The issuing key in a process of its own, behind a Unix socket.

    python -m backend.certificates.issuer_process

Only callers whose user id the kernel vouches for (SO_PEERCRED) are heard. One message each way. The
process needs no database and no network.
"""

import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import UUID

import cbor2

from backend.certificates.claims import Claim
from backend.certificates.issuer import Established, IssuingKey, LocalIssuer
from backend.certificates.kinds import AuthorityKind
from backend.certificates.problems import ISSUER_UNAVAILABLE
from backend.certificates.profiles import Addresses, Profile, Subject
from backend.certificates.status import Revoked, Standing
from backend.core.clock import SystemClock
from backend.core.errors import DomainError, Problem
from backend.core.local_socket import connected, peer_uid, receive, send, short_address
from backend.core.settings import Settings

ATTACHED = "--attached"
"""The process was started by another and ends with it."""
TIMEOUT_SECONDS = 10


class RemoteIssuer:
    """An `IssuingKey` that asks the process behind the socket."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def establish(self, organisation: str) -> list[Established]:
        return [_established(item) for item in self._ask("establish", organisation)]

    def authorities(self) -> list[Established]:
        return [_established(item) for item in self._ask("authorities")]

    def issue(self, profile: Profile, subject: Subject, public_key: bytes) -> bytes:
        fields = [subject.common_name, subject.organisation, subject.identifier]
        return bytes(self._ask("issue", str(profile), fields, public_key))

    def crl(self, kind: AuthorityKind, number: int, entries: Sequence[Revoked]) -> bytes:
        lines = [[e.serial, e.at, e.reason] for e in entries]
        return bytes(self._ask("crl", str(kind), number, lines))

    def ocsp(self, serial: int, standing: Standing, algorithm: str, nonce: bytes | None) -> bytes:
        revoked = standing.revoked
        line = [revoked.serial, revoked.at, revoked.reason] if revoked else None
        return bytes(self._ask("ocsp", serial, standing.issued, line, algorithm, nonce))

    def timestamp(self, request: bytes) -> bytes:
        return bytes(self._ask("timestamp", request))

    def claim(self, code: str, claim: Claim) -> bytes:
        return bytes(self._ask("claim", code, claim.fields))

    def status_list(self, packed: bytes) -> bytes:
        return bytes(self._ask("status_list", packed))

    def report(self, digest: bytes) -> bytes:
        return bytes(self._ask("report", digest))

    def _ask(self, method: str, *arguments: Any) -> Any:
        try:
            with connected(self._path, TIMEOUT_SECONDS) as channel:
                send(channel, [method, list(arguments)])
                kind, value = receive(channel)
        except (OSError, cbor2.CBORDecodeError) as error:
            raise ISSUER_UNAVAILABLE() from error
        if kind == "problem":
            raise Problem.registry[value]()
        if kind == "value-error":
            raise ValueError(value)
        return value


class _Dispatcher:
    """Turns messages into calls: the whole list of what the key may be used for."""

    def __init__(self, issuer: IssuingKey) -> None:
        self._issuer = issuer

    def __call__(self, method: str, arguments: list[Any]) -> Any:
        allowed: dict[str, Callable[..., Any]] = {
            "establish": self._establish,
            "authorities": self._authorities,
            "issue": self._issue,
            "crl": self._crl,
            "ocsp": self._ocsp,
            "timestamp": self._issuer.timestamp,
            "claim": self._claim,
            "status_list": self._issuer.status_list,
            "report": self._issuer.report,
        }
        return allowed[method](*arguments)

    def _establish(self, organisation: str) -> list[Any]:
        return [_plain(item) for item in self._issuer.establish(organisation)]

    def _authorities(self) -> list[Any]:
        return [_plain(item) for item in self._issuer.authorities()]

    def _issue(self, profile: str, fields: list[str], public_key: bytes) -> bytes:
        return self._issuer.issue(Profile(profile), Subject(*fields), public_key)

    def _crl(self, kind: str, number: int, lines: list[Any]) -> bytes:
        return self._issuer.crl(AuthorityKind(kind), number, [Revoked(*line) for line in lines])

    def _ocsp(
        self, serial: int, issued: bool, line: list[Any] | None, algorithm: str, nonce: bytes | None
    ) -> bytes:
        standing = Standing(issued, Revoked(*line) if line else None)
        return self._issuer.ocsp(serial, standing, algorithm, nonce)

    def _claim(self, code: str, fields: list[Any]) -> bytes:
        return self._issuer.claim(code, Claim.of(fields))


class _Handler(socketserver.BaseRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        channel: socket.socket = self.request
        channel.settimeout(TIMEOUT_SECONDS)
        if peer_uid(channel) not in self.server.callers:
            return
        try:
            method, arguments = receive(channel)
            send(channel, self._answer(method, arguments))
        except (OSError, ValueError, TypeError):
            # A caller that hangs up or speaks nonsense gets no answer.
            return

    def _answer(self, method: str, arguments: list[Any]) -> list[Any]:
        try:
            return ["value", self.server.dispatch(method, arguments)]
        except DomainError as refusal:
            return ["problem", refusal.code]
        except (ValueError, TypeError, KeyError) as error:
            return ["value-error", f"{type(error).__name__}: {error}"]


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: str, issuer: IssuingKey, callers: frozenset[int]) -> None:
        self.dispatch = _Dispatcher(issuer)
        self.callers = callers
        super().__init__(address, _Handler)


def serve(issuer: IssuingKey, path: Path, callers: frozenset[int]) -> None:
    """Answers until SIGTERM or SIGINT. `callers`: user ids that are heard."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with short_address(path) as address:
        path.unlink(missing_ok=True)
        with _Server(address, issuer, callers) as server:
            # Other users reach the socket only where the operator shares its folder with them.
            path.chmod(0o600 if callers == {os.getuid()} else 0o666)

            def stop(_signum: int, _frame: FrameType | None) -> None:
                raise SystemExit(0)

            signal.signal(signal.SIGTERM, stop)
            signal.signal(signal.SIGINT, stop)
            try:
                server.serve_forever(poll_interval=3600)
            finally:
                path.unlink(missing_ok=True)


def is_answering(path: Path) -> bool:
    """Whether an issuer process answers behind this socket."""
    try:
        with connected(path, TIMEOUT_SECONDS):
            return True
    except OSError:
        return False


@contextmanager
def running(settings: Settings, *, start_seconds: float = 20) -> Iterator[None]:
    """An issuer process for as long as the block runs; one that already answers is used.

    A Ctrl-C at the terminal does not reach it, so that it outlives the requests under way; it ends
    with its parent, even a killed one, because its standard input ends then.
    """
    path = settings.issuer_socket
    if is_answering(path):
        yield
        return
    environment = os.environ | {"CENTANG_HOME": str(settings.root)}
    child = subprocess.Popen(
        [sys.executable, "-m", "backend.certificates.issuer_process", ATTACHED],
        env=environment,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + start_seconds
        while not is_answering(path):
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the issuer process did not start")
            time.sleep(0.02)
        yield
    finally:
        child.terminate()
        child.communicate()


def main() -> None:
    if ATTACHED in sys.argv:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    settings = Settings()
    issuer = LocalIssuer(settings.authority_dir, Addresses(settings.origin), SystemClock())
    serve(issuer, settings.issuer_socket, frozenset({os.getuid(), *settings.issuer_callers}))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _plain(item: Established) -> list[Any]:
    return [item.id.bytes, str(item.kind), item.certificate, item.key_name]


def _established(item: list[Any]) -> Established:
    identifier, kind, certificate, key_name = item
    return Established(UUID(bytes=identifier), AuthorityKind(kind), certificate, key_name)


if __name__ == "__main__":
    main()

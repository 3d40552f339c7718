"""The desk behind a Unix socket: the worker opens envelopes, the web process never does.

The web process hands over what a phone sent, still sealed, with who sent it. Only this
installation's own user is heard (SO_PEERCRED). The answer is a refusal or the acceptance, and at
the end of everything a last word, for whoever still listens.
"""

import contextlib
import os
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Engine as Database

from backend.core import crashpoints
from backend.core.db import Actor
from backend.core.errors import DomainError, Problem
from backend.core.folder_lock import FolderLock, TakenError
from backend.core.local_socket import connected, peer_uid, receive, send, short_address
from backend.signing import signing
from backend.signing.presence import Presence
from backend.signing.problems import DESK_AWAY, DESK_SILENT
from backend.signing.seal import seal_activation
from backend.signing.seal.seals import Tools
from backend.signing.signing import Accepted, Engine, Envelope, OpenWork

log = structlog.get_logger(__name__)

REACH_SECONDS = 5
ACCEPT_SECONDS = 60
"""Behind others who sign, with a slow hash, for 500 papers."""
AT_ONCE = 8
"""Activations performed at the same time; more wait before anything of theirs is used up."""
GRACE_SECONDS = 20
"""How long activations under way may go on after the desk was asked to close; then they pause."""
PAUSE_SECONDS = 10


class RemoteDesk:
    """A `Desk` in the worker of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def authorise(self, actor: Actor, envelope: Envelope, *, patience: float) -> Accepted:
        with self._asked("sign", actor, envelope) as (channel, answer):
            accepted = Accepted(*answer)
            crashpoints.reach("desk.told")
            if len(accepted.attempt_ids) == 1:
                # Cut off here, the activation goes on all the same: the database tells how it ended.
                with contextlib.suppress(OSError):
                    channel.settimeout(patience)
                    receive(channel)
            return accepted

    def activate_seal(self, actor: Actor, envelope: Envelope) -> UUID:
        with self._asked("activate-seal", actor, envelope) as (_, answer):
            activation_id: UUID = answer[0]
            return activation_id

    @contextmanager
    def _asked(
        self, what: str, actor: Actor, envelope: Envelope
    ) -> Iterator[tuple[socket.socket, list[Any]]]:
        with contextlib.ExitStack() as closing:
            try:
                channel = closing.enter_context(connected(self._path, REACH_SECONDS))
                crashpoints.reach("desk.reached")
                send(channel, [what, _plain(actor), _sealed(envelope)])
                crashpoints.reach("desk.handed-over")
            except OSError as error:
                raise DESK_AWAY() from error
            try:
                channel.settimeout(ACCEPT_SECONDS)
                kind, *rest = receive(channel)
            except (OSError, ValueError) as error:
                raise DESK_SILENT() from error
            if kind == "problem":
                code, params = rest
                raise Problem.registry[code](**params)
            yield channel, rest


class _Desk:
    """What the socket's handlers share."""

    def __init__(
        self, open_work: OpenWork, engine: Engine, database: Database, seal: Tools
    ) -> None:
        self._open_work, self._engine, self._seal = open_work, engine, seal
        self._presence = Presence(database)
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._closing = threading.Event()

    def perform(self, actor: Actor, envelope: Envelope, channel: socket.socket) -> None:
        """Performs one envelope and says on the channel what becomes of it."""
        accepted = threading.Event()

        def on_acceptance(answer: Accepted) -> None:
            accepted.set()
            _say(channel, ["accepted", answer.batch_id, answer.attempt_ids])

        try:
            with self._places:
                signing.authorise(
                    self._open_work,
                    self._engine,
                    actor,
                    envelope,
                    desk=self._presence.key,
                    on_acceptance=on_acceptance,
                    going_on=lambda: not self._closing.is_set(),
                )
        except DomainError as refusal:
            _say(channel, ["problem", refusal.code, refusal.params])
        except Exception:
            log.exception("the desk was interrupted")
            if accepted.is_set():
                # What it left open could not be closed: whoever sweeps next finds nobody present.
                self._presence.close()
        else:
            _say(channel, ["ended"])

    def activate_seal(self, actor: Actor, envelope: Envelope, channel: socket.socket) -> None:
        """A custodian's consent; with the second, this process can seal for as long as it lives."""
        try:
            with self._places, self._open_work(actor) as work:
                desk = self._presence.key
                activation_id = seal_activation.activate(work, envelope, self._seal, desk).id
        except DomainError as refusal:
            _say(channel, ["problem", refusal.code, refusal.params])
        else:
            _say(channel, ["activated", activation_id])

    def close(self) -> None:
        """Activations under way stop after the document they are at, and pause."""
        self._closing.set()

    def leave(self) -> None:
        self._presence.close()


class _Handler(socketserver.BaseRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        channel: socket.socket = self.request
        channel.settimeout(REACH_SECONDS)
        if peer_uid(channel) != os.getuid():
            return
        try:
            what, actor, envelope = receive(channel)
            given = _actor(actor), Envelope(**envelope)
        except (OSError, ValueError, TypeError):
            return  # Whoever hangs up or speaks nonsense gets no answer.
        with structlog.contextvars.bound_contextvars(request_id=given[0].request_id):
            if what == "activate-seal":
                self.server.desk.activate_seal(*given, channel)
            else:
                self.server.desk.perform(*given, channel)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: str, desk: _Desk) -> None:
        self.desk = desk
        self._under_way: set[threading.Thread] = set()
        super().__init__(address, _Handler)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        thread = threading.current_thread()
        self._under_way.add(thread)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._under_way.discard(thread)

    def await_all(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        for thread in list(self._under_way):
            thread.join(max(0.0, deadline - time.monotonic()))


@contextmanager
def serving(
    path: Path,
    open_work: OpenWork,
    engine: Engine,
    database: Database,
    seal: Tools,
    *,
    grace: float = GRACE_SECONDS,
) -> Iterator[Callable[[], None]]:
    """A desk at this socket for as long as the block runs; call what it yields to close it earlier.

    Of several workers on a machine one has the desk; another takes its place when it ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    stopping = threading.Event()
    thread = threading.Thread(
        target=_serve,
        args=(path, _Desk(open_work, engine, database, seal), stopping, grace),
        name="signing desk",
        daemon=True,
    )
    thread.start()
    try:
        yield stopping.set
    finally:
        stopping.set()
        thread.join()


def _serve(path: Path, desk: _Desk, stopping: threading.Event, grace: float) -> None:
    lock = FolderLock(path.with_suffix(".lock"))
    while not _took(lock):
        if stopping.wait(1):
            return
    try:
        path.unlink(missing_ok=True)
        with short_address(path) as address, _Server(address, desk) as server:
            path.chmod(0o600)
            listening = threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True)
            listening.start()
            stopping.wait()
            server.shutdown()
            path.unlink(missing_ok=True)
            server.await_all(grace)
            desk.close()
            server.await_all(PAUSE_SECONDS)
    finally:
        desk.leave()
        lock.release()


def is_answering(path: Path) -> bool:
    """Whether a desk answers behind this socket."""
    try:
        with connected(path, REACH_SECONDS):
            return True
    except OSError:
        return False


def _took(lock: FolderLock) -> bool:
    try:
        lock.take(0, lambda: None)
    except TakenError:
        return False
    return True


def _say(channel: socket.socket, message: list[Any]) -> None:
    """Tells whoever still listens."""
    with contextlib.suppress(OSError):
        send(channel, message)


def _plain(actor: Actor) -> dict[str, Any]:
    return vars(actor) | {"roles": sorted(actor.roles), "unit_ids": sorted(actor.unit_ids)}


def _actor(given: dict[str, Any]) -> Actor:
    sets = {name: frozenset(given[name]) for name in ("roles", "unit_ids")}
    return Actor(**(given | sets))


def _sealed(envelope: Envelope) -> dict[str, Any]:
    return vars(envelope)

"""Proof that a process lives: an advisory lock that PostgreSQL drops with its connection.

No clock, no heartbeat: a process that was killed, or lost the database, is gone at once.
"""

import contextlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import psycopg
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session


class Presence:
    """One process's lock, taken anew, under another key, when the database was away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: psycopg.Connection | None = None
        self._key = 0
        self._turn = threading.Lock()

    @property
    def key(self) -> int:
        """The key of the lock that is held now."""
        with self._turn:
            if self._connection is None or not _answers(self._connection):
                self._drop()
                self._key = secrets.randbits(62)
                self._connection = self._take(self._key)
            return self._key

    def _take(self, key: int) -> psycopg.Connection:
        # Never back to the pool: the lock ends with the connection itself.
        pooled = self._engine.raw_connection()
        connection = cast("psycopg.Connection", pooled.driver_connection)
        pooled.detach()
        try:
            connection.autocommit = True
            # A machine that vanished is noticed in half a minute (ignored on Unix sockets).
            connection.execute("SET tcp_keepalives_idle = 10")
            connection.execute("SET tcp_keepalives_interval = 10")
            connection.execute("SET tcp_keepalives_count = 2")
            connection.execute("SELECT pg_advisory_lock(%s)", [key])
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """From here on nobody is present under the last key."""
        with self._turn:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            # A closed connection's backend lives on for a moment, and with it the lock.
            with contextlib.suppress(psycopg.Error):
                self._connection.execute("SELECT pg_advisory_unlock_all()")
            self._connection.close()
            self._connection = None


@contextmanager
def presence(engine: Engine) -> Iterator[Presence]:
    """A presence that ends with the block."""
    one = Presence(engine)
    try:
        yield one
    finally:
        one.close()


def is_present(session: Session, key: int) -> bool:
    """Whether some process still holds this key. Asks under the caller's transaction."""
    return not session.scalar(select(func.pg_try_advisory_xact_lock(key)))


def _answers(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True

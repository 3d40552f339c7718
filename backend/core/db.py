"""The declarative base, column habits and the unit of work."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import DateTime, Engine, Enum, LargeBinary, MetaData, Uuid, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.orm.util import identity_key

from backend.core.clock import Clock
from backend.core.errors import DomainError
from backend.core.ids import new_id


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads a plain dict)
        datetime: DateTime(timezone=True),
        bytes: LargeBinary,
        UUID: Uuid,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Identified:
    """A row with a time-ordered identifier."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


def choice(kind: type[StrEnum]) -> Enum:
    """A column of a closed set of words, stored as text and checked by the database."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=kind.__name__.lower(),
        values_callable=lambda members: [m.value for m in members],
    )


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person on a device, or the system itself when both are None."""

    person_id: UUID | None = None
    session_id: UUID | None = None
    device_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    unit_ids: frozenset[UUID] = frozenset()
    """The units they operate."""
    cleared_unit_ids: frozenset[UUID] = frozenset()
    """Of those, the units whose secret papers are theirs to handle too."""
    officer_from: datetime | None = None
    """Named registration officer, but not before this moment."""
    request_id: str | None = None
    address: str | None = None
    """The client's network address, for throttling; kept out of the audit trail's payload."""
    enrolling: bool = False
    """Signed in, but without a confirmed second factor: may do nothing but enrol one."""

    @property
    def known_id(self) -> UUID:
        """The acting person; use where the access rule already promised one."""
        if self.person_id is None:
            raise RuntimeError("no person acts here")
        return self.person_id


SYSTEM = Actor()


@dataclass
class Work:
    """One transaction's worth of work. Use cases take it, change rows, and commit nothing."""

    session: Session
    clock: Clock
    actor: Actor = field(default=SYSTEM)

    @property
    def now(self) -> datetime:
        return self.clock.now()


def expire(session: Session, model: type[Base], row_id: object) -> None:
    """After a row was written past the mapper: whoever holds it in this session reads it anew."""
    if session.identity_map:
        known = session.identity_map.get(identity_key(model, row_id))
        if known is not None:
            session.expire(known)


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """An engine on psycopg 3 whose sessions run in UTC."""
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=pool_size,
        max_overflow=4,
        # A failing statement's values never reach a log or an error's text.
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC", "application_name": "centang"},
    )
    _replace_dead_connections(engine)
    return engine


RECENT_SECONDS = 1.0
"""How long a connection that lay still is trusted, since no network forgets one so soon."""


def _replace_dead_connections(engine: Engine) -> None:
    """As the pool's own `pre_ping`, but a connection used just now is not asked whether it lives.

    A server that ends says so: something to read waits on a connection that nobody asked anything.
    Of hundreds of transactions in a row, each would pay for a question and its answer.
    """

    def used(_: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    def check(connection: psycopg.Connection, record: Any, _: Any) -> None:
        if time.monotonic() - record.info["used"] < RECENT_SECONDS and _is_still(connection):
            return
        try:
            engine.dialect.do_ping(connection)  # type: ignore[arg-type]
        except psycopg.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "connect", used)
    event.listen(engine, "checkin", used)
    event.listen(engine, "checkout", check)


def _is_still(connection: psycopg.Connection) -> bool:
    """Whether it is open and nothing has come from the server."""
    if connection.closed:
        return False
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return not waiting.poll(0)


@contextmanager
def work(sessions: sessionmaker[Session], clock: Clock, actor: Actor = SYSTEM) -> Iterator[Work]:
    """A unit of work outside HTTP: commits when the block ends well, rolls back otherwise.

    A refusal that keeps its work (see core.errors.Problem) is committed and raised again.
    """
    with sessions() as session:
        try:
            yield Work(session, clock, actor)
        except DomainError as refusal:
            if refusal.problem.keeps_work:
                session.commit()
            raise
        session.commit()

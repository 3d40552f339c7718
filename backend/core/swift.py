"""Statements for what happens hundreds of times in a row: compiled once, run by libpq itself.

SQLAlchemy's bookkeeping of one execution takes longer than the driver and the database together,
and the driver's longer than the database. Statements are still built from the models, and values
are converted as their columns say and the driver writes them.
"""

import contextlib
import json
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import Any, cast
from uuid import UUID
from weakref import ref

import psycopg
from psycopg import errors, generators, sql
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection, Engine, Executable, Select, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.sql.compiler import SQLCompiler

from backend.core.db import Base

_DRIVER = "swift.driver"
"""A connection keeps one driver, and a transaction its connection: to find them anew takes longer
than to run a statement.
"""
# Placeholders as PostgreSQL itself has them, which nobody needs to translate.
_DIALECT = postgresql.psycopg.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


_Call = tuple[bytes, Sequence[Any]]


class Driver:
    """One connection's prepared statements, sent together where nobody waits for an answer between.

    Each trip to the server and back costs both sides more than most of these statements do. What a
    value is, PostgreSQL knows from its place.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._transformer = Transformer(connection)
        self._names: dict[bytes, bytes] = {}
        """Statement → the name it was prepared under."""
        self._old: list[bytes] = []
        self._numbers = count()
        self._waiting: list[_Call] = []

    def later(self, statement: bytes, values: Sequence[Any] = ()) -> None:
        """A statement that goes with the next one that is run, or with the commit."""
        self._waiting.append((statement, values))

    def run(self, statement: bytes, values: Sequence[Any] = ()) -> PGresult:
        """The answer to a statement, once all have been run that wait. Raises psycopg.Error."""
        calls = [*self._waiting, (statement, values)]
        self._waiting.clear()
        if self._libpq.transaction_status == TransactionStatus.IDLE:
            calls.insert(0, (b"BEGIN", ()))
        self._libpq.enter_pipeline_mode()
        try:
            answers = self._answers(self._close_old() + sum([self._send(*call) for call in calls]))
        except BaseException:
            self._connection.close()  # nobody knows what the server has still to say
            raise
        self._libpq.exit_pipeline_mode()
        for answer in answers:
            if answer.status == ExecStatus.FATAL_ERROR:
                raise errors.error_from_result(answer)
        return answers[-1]

    def _send(self, statement: bytes, values: Sequence[Any]) -> int:
        """How many answers are to come."""
        known = statement in self._names
        if not known:
            self._names[statement] = b"swift_%d" % next(self._numbers)
            self._libpq.send_prepare(self._names[statement], statement)
        words = self._transformer.dump_sequence(values, [PyFormat.TEXT] * len(values))
        self._libpq.send_query_prepared(self._names[statement], words)
        return 1 if known else 2

    def _answers(self, number: int) -> list[PGresult]:
        self._libpq.pipeline_sync()
        found: list[PGresult] = self._connection.wait(generators.execute(self._libpq))
        while len(found) < number + 1:  # the end has one of its own
            found += self._connection.wait(generators.fetch_many(self._libpq))
        return found[:-1]

    def rows(self, result: PGresult) -> list[tuple[Any, ...]]:
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    def flush(self, *last: _Call) -> None:
        """Runs what waits, if anything does, and then this."""
        if self._waiting:
            self._waiting += last
            self.run(*self._waiting.pop())

    def forget(self) -> None:
        """The transaction is being rolled back, and then psycopg lets the server forget all names."""
        self._waiting.clear()
        self._old += self._names.values()
        self._names.clear()

    def roll_back(self) -> None:
        """After a commit that was refused, which SQLAlchemy takes for the end of the transaction."""
        self.forget()
        with contextlib.suppress(psycopg.Error):
            self._connection.rollback()

    def _close_old(self) -> int:
        """Not all of them may be gone; to close one that is, is no error."""
        for name in self._old:
            self._libpq.send_close_prepared(name)
        closed = len(self._old)
        self._old.clear()
        return closed


def _known(connection: Connection) -> Driver | None:
    known = None if connection.invalidated else connection.connection.info.get(_DRIVER)
    return cast("Driver | None", known)


@event.listens_for(Engine, "commit")
def _commit(connection: Connection) -> None:
    if known := _known(connection):
        try:
            known.flush((b"COMMIT", ()))  # in one trip; without anything to send, psycopg commits
        except BaseException:
            known.roll_back()
            raise


@event.listens_for(Engine, "savepoint")
def _savepoint(connection: Connection, _: str) -> None:
    if known := _known(connection):
        known.flush()


@event.listens_for(Engine, "rollback")
@event.listens_for(Engine, "rollback_savepoint")
def _roll_back(connection: Connection, *_: Any) -> None:
    if known := _known(connection):
        known.forget()


@event.listens_for(Pool, "reset")
def _return(connection: psycopg.Connection, record: ConnectionPoolEntry, _: Any) -> None:
    """Where nobody ended the transaction, the pool rolls it back."""
    known: Driver | None = record.info.get(_DRIVER)
    if known and connection.pgconn.transaction_status != TransactionStatus.IDLE:
        known.forget()


def driver(session: Session) -> Driver:
    """The driver in the session's transaction, for one statement after another. It knows nothing of
    what the session has not written yet.
    """
    # A savepoint begins with the first question for its connection.
    transaction = session.get_nested_transaction() or session.get_transaction()
    known = session.info.get(_DRIVER)
    if transaction is None or known is None or known[0]() is not transaction:
        pooled = session.connection().connection
        if _DRIVER not in pooled.info:
            pooled.info[_DRIVER] = Driver(cast("Any", pooled.driver_connection))
        begun = session.get_nested_transaction() or session.get_transaction()
        known = session.info[_DRIVER] = ref(begun), pooled.info[_DRIVER]
    return cast("Driver", known[1])


class SwiftStatement:
    """A statement all of whose parameters are named and given, but for constants."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement

    @cached_property
    def _compiled(self) -> SQLCompiler:
        return cast("SQLCompiler", self._statement.compile(dialect=_DIALECT))  # type: ignore[attr-defined]

    @cached_property
    def _sql(self) -> bytes:
        return self._compiled.string.encode()

    @cached_property
    def _names(self) -> list[str]:
        return self._compiled.positiontup or []

    @cached_property
    def _writers(self) -> dict[str, Callable[[Any], Any]]:
        found = {
            name: one.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
            for name, one in self._compiled.binds.items()
        }
        return {name: writer for name, writer in found.items() if writer}

    @cached_property
    def _constants(self) -> dict[str, Any]:
        given = self._compiled.params.items()
        return self._converted({name: value for name, value in given if value is not None})

    @cached_property
    def _row(self) -> Callable[..., Any]:
        columns = cast("Select[Any]", self._statement).selected_columns
        # Its names are known when it runs.
        return cast("Callable[..., Any]", namedtuple("Row", [c.name for c in columns]))  # noqa: PYI024

    @cached_property
    def _readers(self) -> list[Callable[[Any], Any]]:
        columns = cast("Select[Any]", self._statement).selected_columns
        found = (c.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None) for c in columns)
        return [reader or _as_it_is for reader in found]

    def _converted(self, values: Mapping[str, Any]) -> dict[str, Any]:
        writers = self._writers
        return {
            name: writers[name](value) if name in writers else value
            for name, value in values.items()
        }

    def _listed(self, values: Mapping[str, Any]) -> list[Any]:
        known = self._constants | self._converted(values)
        return [known[name] for name in self._names]

    def _run(self, driver: Driver, values: Mapping[str, Any]) -> PGresult:
        return driver.run(self._sql, self._listed(values))

    def rows(self, driver: Driver, **values: Any) -> list[Any]:
        """What a query finds, as named tuples."""
        found = driver.rows(self._run(driver, values))
        make, readers = self._row, self._readers
        return [
            make(*(read(value) for read, value in zip(readers, row, strict=True))) for row in found
        ]

    def later(self, driver: Driver, values: Mapping[str, Any]) -> None:
        """Runs it with the next statement or the commit: nobody here reads what it writes."""
        driver.later(self._sql, self._listed(values))

    def run(self, driver: Driver, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        return self._run(driver, values).command_tuples or 0


class SwiftInsert:
    """Rows of one table, however many, in one statement: PostgreSQL takes them apart itself.

    Columns that are not named are NULL. Bytes cannot be written so.
    """

    def __init__(self, model: type[Base], *columns: str) -> None:
        table = sql.Identifier(model.__tablename__)
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        self._columns = frozenset(columns)
        self._sql = (
            sql.SQL(
                "INSERT INTO {table} ({names})"
                " SELECT {names} FROM json_populate_recordset(NULL::{table}, $1::json)"
            )
            .format(table=table, names=names)
            .as_bytes()
        )

    def run(self, driver: Driver, rows: Sequence[Mapping[str, Any]]) -> None:
        """Writes rows that have exactly the columns named."""
        if rows:
            driver.run(self._sql, [self._in_words(rows)])

    def later(self, driver: Driver, rows: Sequence[Mapping[str, Any]]) -> None:
        """Writes them with the next statement or the commit: nobody here reads them."""
        driver.later(self._sql, [self._in_words(rows)])

    def _in_words(self, rows: Sequence[Mapping[str, Any]]) -> str:
        if any(row.keys() != self._columns for row in rows):
            raise ValueError("a row with other columns")
        return json.dumps(rows, default=_in_words)


def _in_words(value: Any) -> str:
    """What JSON has no form for, as PostgreSQL reads it."""
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written so")


def _as_it_is(value: Any) -> Any:
    return value

"""Statements for what happens hundreds of times in a row: compiled once, run by the driver itself.

SQLAlchemy's bookkeeping of one execution takes longer than the driver and the database together.
Statements are still built from the models, and values are converted as their columns say.
"""

import json
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from uuid import UUID
from weakref import ref

import psycopg
from psycopg import sql
from sqlalchemy import Executable, Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from backend.core.db import Base

_CURSOR = "swift.cursor"
"""A connection keeps one cursor, and a transaction its connection: to make them anew takes longer
than to run a statement.
"""
# Placeholders as PostgreSQL itself has them, which nobody needs to translate.
_DIALECT = postgresql.psycopg.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

Cursor = psycopg.RawCursor[Any]


def driver(session: Session) -> Cursor:
    """The driver's cursor in the session's transaction, for one statement after another. It knows
    nothing of what the session has not written yet.
    """
    transaction, known = session.get_transaction(), session.info.get(_CURSOR)
    if transaction is None or known is None or known[0]() is not transaction:
        pooled = session.connection().connection
        if _CURSOR not in pooled.info:
            pooled.info[_CURSOR] = psycopg.RawCursor(cast("Any", pooled.driver_connection))
        known = session.info[_CURSOR] = ref(session.get_transaction()), pooled.info[_CURSOR]
    return cast("Cursor", known[1])


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

    def _run(self, cursor: Cursor, values: Mapping[str, Any]) -> None:
        known = self._constants | self._converted(values)
        cursor.execute(self._sql, [known[name] for name in self._names])

    def rows(self, cursor: Cursor, **values: Any) -> list[Any]:
        """What a query finds, as named tuples."""
        self._run(cursor, values)
        make, readers = self._row, self._readers
        return [
            make(*(read(value) for read, value in zip(readers, row, strict=True)))
            for row in cursor.fetchall()
        ]

    def run(self, cursor: Cursor, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        self._run(cursor, values)
        return cursor.rowcount


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

    def run(self, cursor: Cursor, rows: Sequence[Mapping[str, Any]]) -> None:
        """Writes rows that have exactly the columns named."""
        if any(row.keys() != self._columns for row in rows):
            raise ValueError("a row with other columns")
        if rows:
            cursor.execute(self._sql, [json.dumps(rows, default=_in_words)])


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

"""Statements past the mapper: together where nobody waits for them, and only with their commit."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from backend.core.db import make_engine
from backend.core.jobs import Job, defer, defer_all
from backend.core.swift import driver

ONE, TWO, THREE = ({"document_id": number} for number in (1, 2, 3))


def put(session: Session, ids: dict[str, int]) -> None:
    """One job, which goes with the next statement or the commit."""
    defer_all(session, (Job.VALIDATE_SIGNED, ids))


def jobs(sessions: sessionmaker[Session]) -> list[int]:
    with sessions() as session:
        found = session.scalars(text("SELECT args->>'document_id' FROM procrastinate_jobs"))
        return sorted(map(int, found))


def test_what_waits_goes_with_the_commit_in_its_order(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        put(session, ONE)
        put(session, TWO)
        assert jobs(sessions) == []
        session.commit()
    assert jobs(sessions) == [1, 2]


def test_what_waits_goes_before_what_is_run(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        put(session, ONE)
        swift = driver(session)
        (count,) = swift.rows(swift.run(b"SELECT count(*) FROM procrastinate_jobs"))
        assert count == (1,)


def test_what_waits_is_dropped_with_its_transaction(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        put(session, ONE)
        session.rollback()
        put(session, TWO)
        session.commit()
    with sessions() as session:
        put(session, THREE)
    with sessions() as session:
        session.execute(text("SELECT 1"))
        session.commit()
    assert jobs(sessions) == [2]


def test_a_savepoint_takes_only_its_own_with_it(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        put(session, ONE)
        with session.begin_nested() as inner:
            put(session, TWO)
            inner.rollback()
        with session.begin_nested():
            put(session, THREE)
        session.commit()
    assert jobs(sessions) == [1, 3]


def test_names_outlive_what_psycopg_forgets(sessions: sessionmaker[Session]) -> None:
    """It has the server drop every prepared statement after a rollback, if it made one itself."""
    count = text("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'swift%'")
    known = []
    with sessions() as session:
        connection = session.connection().connection.driver_connection
        for _ in range(3):
            connection.execute("SELECT 2", prepare=True)
            defer(session, Job.VALIDATE_SIGNED, **ONE)
            session.rollback()
            defer(session, Job.VALIDATE_SIGNED, **TWO)
            known.append(session.scalar(count))
            session.commit()
    assert known == known[:1] * 3
    assert jobs(sessions) == [2, 2, 2]


@pytest.fixture
def one(database_url: str) -> Iterator[sessionmaker[Session]]:
    """Sessions on one and the same connection."""
    engine = make_engine(database_url, pool_size=1)
    yield sessionmaker(engine)
    engine.dispose()


def test_a_refused_statement_keeps_all_that_went_with_it_back(one: sessionmaker[Session]) -> None:
    with one() as session:
        connection = session.connection().connection.driver_connection
        connection.execute("SELECT 2", prepare=True)
        put(session, ONE)
        driver(session).later(b"SELECT 1 / 0")
        with pytest.raises(psycopg.errors.DivisionByZero):
            session.commit()
    with one() as session:
        put(session, TWO)
        session.commit()
    assert jobs(one) == [2]


def test_more_than_a_socket_holds_is_sent(sessions: sessionmaker[Session]) -> None:
    long = "x" * 5_000_000
    with sessions() as session:
        swift = driver(session)
        swift.later(b"SELECT length($1::text)", [long])
        assert swift.rows(swift.run(b"SELECT $1::text", [long])) == [(long,)]

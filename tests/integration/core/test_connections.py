"""A connection that the server ended is replaced before anyone uses it, however fresh it is."""

import time

import pytest
from sqlalchemy import Engine, text

from backend.core.db import make_engine


@pytest.fixture
def one(database_url: str):
    """An engine with a single connection."""
    engine = make_engine(database_url, pool_size=1)
    yield engine
    engine.dispose()


def process(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT pg_backend_pid()")).scalar_one()


def end(other: Engine, ended: int) -> None:
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:ended)"), {"ended": ended})
        alive = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :ended")
        while connection.execute(alive, {"ended": ended}).scalar_one():
            time.sleep(0.01)
            connection.rollback()  # what is seen of others stays the same within a transaction


@pytest.mark.parametrize("trusted", [3600.0, 0.0])
def test_a_connection_that_the_server_ended_is_replaced(one, engine, monkeypatch, trusted):
    monkeypatch.setattr("backend.core.db.RECENT_SECONDS", trusted)
    first = process(one)
    end(engine, first)
    assert process(one) != first


def test_only_a_connection_that_lay_idle_is_asked_whether_it_lives(one, monkeypatch):
    asked = []
    ping = one.dialect.do_ping
    monkeypatch.setattr(one.dialect, "do_ping", lambda each: asked.append(each) or ping(each))
    first = process(one)
    assert process(one) == first
    assert asked == []
    monkeypatch.setattr("backend.core.db.RECENT_SECONDS", 0.0)
    assert process(one) == first
    assert len(asked) == 1

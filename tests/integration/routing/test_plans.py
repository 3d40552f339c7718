"""The desk stays quick in a full database: its queries find waiting steps by their index."""

import psycopg
import pytest
from sqlalchemy import event

from backend.routing.history import history
from backend.routing.inbox import desk
from tests.factories import bulk


@pytest.fixture
def archive(filling, work, owner_url):
    made = bulk.archive(filling, documents=2000, waiting=60)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("ANALYZE")
    return made


@pytest.fixture
def queries(engine):
    """Every statement run from here on, with its parameters."""
    seen = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def plans(work, queries, table):
    """The plans of the SELECTs on a table, as text."""
    raw = work.session.connection().connection.cursor()
    found = []
    for statement, parameters in queries:
        if statement.startswith("SELECT") and f"FROM {table}" in statement:
            raw.execute("EXPLAIN " + statement, parameters)
            found.append("\n".join(row[0] for row in raw.fetchall()))
    return found


def test_the_desk_reads_only_what_waits(work, archive, queries):
    found = desk(archive.chief.act(work), limit=50)
    assert (found.total, found.unopened, len(found.items)) == (60, 60, 51)
    seen = plans(work, queries[:], "step")
    assert len(seen) == 2
    for plan in seen:
        assert "ix_step_waiting" in plan
        assert "Seq Scan on step" not in plan


def test_the_desk_asks_few_questions(work, archive, queries):
    desk(archive.chief.act(work), limit=50)
    assert len([q for q, _ in queries if q.startswith("SELECT")]) <= 5


def test_the_history_reads_only_ones_own(work, archive, queries):
    assert len(history(archive.chief.act(work), limit=25)) == 26
    seen = plans(work, queries[:], "step")
    assert any("ix_step_acted" in plan for plan in seen)
    for plan in seen:
        assert "Seq Scan on step" not in plan

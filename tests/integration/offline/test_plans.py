"""The feed stays quick in a full database: it finds what was stamped by its index."""

import psycopg
import pytest
from sqlalchemy import event

from backend.offline import feed
from tests.factories import bulk
from tests.support.filling import filling

__all__ = ["filling"]


@pytest.fixture
def archive(filling, owner_url):
    made = bulk.archive(filling, documents=2000, waiting=60)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("ANALYZE")
    return made


def test_what_is_new_is_found_without_reading_what_is_old(services, archive, engine):
    seen = []

    def ask(cursor):
        with services.work(archive.chief.actor) as work:
            return feed.changes(
                work, cursor, limit=100, keys=services.master_key, issuer=services.issuer
            )

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "changed_in" in statement and "UNION" in statement:
            seen.append((statement, parameters))

    cursor = ask(None).cursor
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert ask(cursor).changes == []
    finally:
        event.remove(engine, "before_cursor_execute", note)
    ((statement, parameters),) = seen
    with services.work() as work:
        raw = work.session.connection().connection.cursor()
        raw.execute("EXPLAIN " + statement, parameters)
        plan = "\n".join(row[0] for row in raw.fetchall())
    assert "ix_step_changed" in plan
    assert "Seq Scan on step" not in plan

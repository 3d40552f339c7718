"""The chain on a real database: who may write it, who may not, and what tampering leaves."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from backend.audit import heads, queries, trail
from backend.audit.models import AuditEntry
from backend.core.db import Actor, Work
from backend.core.db import work as unit_of_work
from backend.core.ids import new_id


def record_some(sessions, clock, count=3):
    for number in range(count):
        with unit_of_work(sessions, clock) as work:
            trail.record(work, "document.queued", "document", "naskah", number=number)


def test_entries_chain_and_verify(sessions, clock):
    record_some(sessions, clock)
    with sessions() as session:
        found = queries.verify(session)
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert found.intact
    assert found.entries == 3
    assert [row.previous for row in rows] == [trail.GENESIS, rows[0].digest, rows[1].digest]
    assert found.head == rows[-1].digest


def test_an_entry_carries_who_acted_and_what_was_given(work):
    person, device = new_id(), new_id()
    acting = Work(work.session, work.clock, Actor(person_id=person, device_id=device))
    trail.record(acting, "document.signed", "document", new_id(), digests=["a", "b"], size=7)
    work.session.commit()
    entry = work.session.scalars(select(AuditEntry)).one()
    assert (entry.actor_person_id, entry.actor_device_id) == (person, device)
    assert entry.data == {"digests": ["a", "b"], "size": 7}
    assert entry.at == work.now


def test_nothing_is_written_when_the_work_rolls_back(work):
    trail.record(work, "document.signed", "document", "x")
    work.session.execute(text("SELECT 1"))
    work.session.rollback()
    work.session.commit()
    assert work.session.scalars(select(AuditEntry)).all() == []


def test_what_a_savepoint_rolled_back_is_forgotten_and_the_rest_is_kept(work):
    trail.record(work, "kept.before", "x", 1)
    outer = work.session.begin_nested()
    trail.record(work, "kept.inside", "x", 1)
    inner = work.session.begin_nested()
    trail.record(work, "lost.inner", "x", 1)
    released = work.session.begin_nested()
    trail.record(work, "lost.released-into-inner", "x", 1)
    released.commit()
    inner.rollback()
    outer.commit()
    with work.session.begin_nested() as again:
        trail.record(work, "lost.again", "x", 1)
        again.rollback()
    trail.record(work, "kept.after", "x", 1)
    work.session.commit()
    actions = work.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert actions == ["kept.before", "kept.inside", "kept.after"]


def test_many_writers_at_once_leave_one_unbroken_chain(sessions, clock):
    def write(number):
        with unit_of_work(sessions, clock) as work:
            trail.record(work, "document.opened", "document", number)
            work.session.execute(text("SELECT 1"))
            trail.record(work, "document.ticked", "document", number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with sessions() as session:
        found = queries.verify(session)
    assert found.intact
    assert found.entries == 80


def test_reading_never_waits_for_a_writer(sessions, clock):
    record_some(sessions, clock)
    with sessions() as writer, sessions() as reader:
        trail.record(Work(writer, clock), "document.queued", "document", "y")
        trail.settle(writer)
        reader.execute(text("SET LOCAL lock_timeout = '200ms'"))
        assert queries.verify(reader).entries == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
@pytest.mark.parametrize("role", ["database_url", "owner_url"])
def test_neither_the_application_nor_the_owner_can_rewrite_it(
    request, sessions, clock, role, statement
):
    record_some(sessions, clock)
    with (
        psycopg.connect(request.getfixturevalue(role)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_the_application_cannot_switch_the_guard_off(work):
    with pytest.raises(ProgrammingError):
        work.session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit_entry SET action = 'document.returned' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET data = '{\"number\": 9}' WHERE seq = 3", 3),
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE seq = 1", 1),
        ("DELETE FROM audit_entry WHERE seq = 1", 1),
        ("DELETE FROM audit_entry WHERE seq = 3", 3),
        ("UPDATE audit_entry SET digest = repeat('0', 64) WHERE seq = 5", 5),
    ],
)
def test_verification_names_the_first_entry_that_was_tampered_with(
    sessions, clock, owner_url, tampering, broken_at
):
    record_some(sessions, clock, count=5)
    with psycopg.connect(owner_url) as owner:
        owner.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        owner.execute(tampering)
        owner.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    with sessions() as session:
        found = queries.verify(session)
    assert not found.intact
    assert found.broken_at == broken_at


def test_entries_are_found_by_subject_newest_first(sessions, clock):
    record_some(sessions, clock)
    with unit_of_work(sessions, clock) as work:
        trail.record(work, "person.joined", "person", "lain")
    with sessions() as session:
        about = queries.entries(session, subject_type="document", subject_id="naskah")
        assert [entry.data["number"] for entry in about] == [2, 1, 0]
        older = queries.entries(session, subject_type="document", before=about[1].seq)
        assert [entry.data["number"] for entry in older] == [0]


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("DELETE FROM audit_entry WHERE seq > 3", 4),
        ("DELETE FROM audit_entry", 1),
    ],
)
def test_a_head_noted_elsewhere_shows_that_the_end_was_cut_off(
    sessions, clock, owner_url, tmp_path, tampering, broken_at
):
    book = tmp_path / "heads"
    for count in (2, 3):
        record_some(sessions, clock, count=count)
        with sessions() as session:
            heads.note(session, book, clock.now())
            heads.note(session, book, clock.now())
    assert sorted(heads.noted(book)) == [2, 5]
    with psycopg.connect(owner_url) as owner:
        owner.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        owner.execute(tampering)
        owner.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    with sessions() as session:
        assert queries.verify(session).intact
        assert queries.verify(session, heads.noted(book)).broken_at == broken_at


def test_a_head_noted_elsewhere_shows_that_the_chain_was_written_anew(
    sessions, clock, owner_url, tmp_path
):
    book = tmp_path / "heads"
    record_some(sessions, clock)
    with sessions() as session:
        heads.note(session, book, clock.now())
    with psycopg.connect(owner_url) as owner:
        owner.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        owner.execute("DELETE FROM audit_entry")
        owner.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    clock.advance(seconds=1)
    record_some(sessions, clock, count=4)
    with sessions() as session:
        assert queries.verify(session).intact
        assert queries.verify(session, heads.noted(book)).broken_at == 3
        heads.note(session, book, clock.now())

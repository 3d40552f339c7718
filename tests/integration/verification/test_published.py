"""Public answers are kept only while nothing they were made of has changed, whoever changed it."""

import re

import pytest
from sqlalchemy import event, select, text

from backend.core.db import Work, make_engine
from backend.core.errors import DomainError
from backend.documents.models import Document, DocumentState
from backend.verification import published as module
from backend.verification.models import PublicChange
from backend.verification.published import Published
from mobile_api.public.rendering import house_of
from tests.factories import papers

# One change to each table that public answers are read from, as plain SQL: no use case is involved.
CHANGES = {
    "document": "UPDATE document SET subject = 'Lain' WHERE id = :id",
    "page": "UPDATE page SET names_citizen = true WHERE version_id ="
    " (SELECT current_version_id FROM document WHERE id = :id)",
    "signature": "UPDATE signature SET voided_at = now() WHERE document_id = :id",
    "validation_report": "DELETE FROM validation_report WHERE document_id = :id",
    "timeline_event": "INSERT INTO timeline_event (id, document_id, kind, at, data)"
    " VALUES (gen_random_uuid(), :id, 'revoked', now(), '{}')",
    "archive_stamp": "INSERT INTO archive_stamp (id, document_id, base_sha256, file_sha256, field,"
    " algorithm, stamped_at, valid_until, renew_at, state) VALUES"
    " (gen_random_uuid(), :id, '', '', '', '', now(), now(), now(), 'kept')",
    "agency": "UPDATE agency SET name = 'Lain'",
    "unit": "UPDATE unit SET name = 'Lain'",
    "document_type": "UPDATE document_type SET name = 'Lain'",
    "certificate": "UPDATE certificate SET status = 'revoked'",
}
ABOUT_ALL = {"agency", "unit", "document_type", "certificate"}


@pytest.fixture
def published(engine):
    """A process that looks each time it is asked."""
    return Published(engine, max_age=0)


@pytest.fixture
def other(database_url):
    """A connection of somebody else's."""
    engine = make_engine(database_url, pool_size=1)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def paper(services):
    """Makes papers that nobody signed yet; their pages say so."""

    def make() -> Document:
        with services.work() as work:
            return papers.desk(work.session, officials=0).document

    return make


def read(services, published: Published, document: Document):
    with services.work() as work:
        return published.record(work, document.public_code)


def test_what_is_kept_is_given_without_reading_it_again(services, office, published):
    document = office.issue()
    first = read(services, published, document)
    assert read(services, published, document) is first
    assert published.known(document.public_code.lower()) is first
    with services.work() as work:
        found = published.file(work, document.signed_sha256)
        assert found.answer.status == "final"
        assert published.file(work, document.signed_sha256) is found


def test_a_change_of_any_table_behind_an_answer_is_heard_of(
    services, office, paper, published, other
):
    document, bystander = office.issue(), paper()
    for table, change in CHANGES.items():
        kept, beside = (read(services, published, each) for each in (document, bystander))
        other.execute(text(change), {"id": document.id})
        assert published.known(document.public_code) is kept, f"{table}: before the commit"
        other.commit()
        assert published.known(document.public_code) is None, table
        heard = published.known(bystander.public_code)
        assert heard is (None if table in ABOUT_ALL else beside), table


def test_no_answer_is_read_from_a_table_whose_changes_nobody_notes(services, office, engine):
    older, newer = office.issue(), office.issue()
    office.change(older, state=DocumentState.SUPERSEDED, superseded_by=newer.id)
    touched: set[str] = set()

    def listen(_connection, _cursor, statement, *_rest):
        touched.update(re.findall(r'\b(?:FROM|JOIN)\s+"?(\w+)"?', statement))

    event.listen(engine, "before_cursor_execute", listen)
    try:
        with services.work() as work:
            fresh = Published(engine)
            for each in (older, newer):
                fresh.record(work, each.public_code)
            work.session.get(Document, newer.id).validated_sha256 = "another signature followed"
            for each in (older, newer):
                fresh.file(work, each.signed_sha256)
            house_of(work)
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    of_the_look = {"public_change", "pg_current_snapshot"}
    with engine.connect() as connection:
        noted = set(
            connection.scalars(
                text(
                    "SELECT tgrelid::regclass::text FROM pg_trigger"
                    " WHERE tgfoid = 'public_change_is_noted'::regproc"
                )
            )
        )
    assert touched - of_the_look == noted == set(CHANGES)


def test_who_began_early_and_commits_late_is_not_skipped(services, paper, published, other):
    document, bystander = paper(), paper()
    other.execute(text(CHANGES["document"]), {"id": document.id})
    read(services, published, document)
    with services.work() as later:
        later.session.get(Document, bystander.id).subject = "Begun later, done earlier"
    assert published.known(document.public_code) is not None
    other.commit()
    assert published.known(document.public_code) is None


def test_what_changed_while_it_was_read_is_not_kept(services, paper, published, other, monkeypatch):
    document = paper()
    true_record = module.public_record

    def overtaken(work: Work, code: str):
        record = true_record(work, code)
        other.execute(text("UPDATE document SET state = 'cancelled'"))
        other.commit()
        published.known("any other")  # another thread looks, and hears of it
        return record

    monkeypatch.setattr(module, "public_record", overtaken)
    assert read(services, published, document).value.state == "in-progress"
    monkeypatch.undo()
    assert read(services, published, document).value.state == "not-issued"


def test_a_successors_change_reaches_the_page_that_names_it(services, office, published):
    older, newer = office.issue(), office.issue()
    office.change(older, state=DocumentState.SUPERSEDED, superseded_by=newer.id)
    assert read(services, published, older).value.successor
    office.change(newer, state=DocumentState.REVOKED)
    assert read(services, published, older).value.successor is None


def test_unknown_codes_take_no_room_and_known_ones_a_bounded_one(services, paper, engine):
    few = Published(engine, max_age=0, most=2)
    documents = [paper() for _ in range(3)]
    for each in documents:
        read(services, few, each)
    assert [few.known(each.public_code) is None for each in documents] == [True, False, False]
    with services.work() as work:
        with pytest.raises(DomainError):
            few.record(work, "0" * 20)
        assert few.file(work, "0" * 64) is None
    assert len(few._kept) == 2


def test_without_the_database_nothing_is_remembered(services, paper, engine):
    document = paper()
    published = Published(engine, max_age=0)
    read(services, published, document)
    away = make_engine("postgresql://nobody@127.0.0.1:9/none")
    published._engine, here = away, published._engine
    with pytest.raises(Exception, match="connection"):
        published.known(document.public_code)
    published._engine = here
    assert published.known(document.public_code) is None


def test_another_database_under_the_same_name_is_noticed(services, paper, published):
    document = paper()
    read(services, published, document)
    published._life = "another cluster"
    assert published.known(document.public_code) is None


def test_old_notes_are_cleared_away(services, paper, clock):
    paper()
    with services.work() as work:
        assert work.session.scalar(select(PublicChange.document_id).limit(1))
        clock.advance(days=4000)
        module.forget_old(work.session, work.now)
        assert work.session.scalar(select(PublicChange.document_id).limit(1)) is None

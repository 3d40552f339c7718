"""Nothing that commits late is skipped, whoever began first."""

import threading
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from backend.core.db import Work
from backend.offline.cursor import Cursor
from backend.routing import routes
from tests.integration.offline.conftest import Office, Phone


def begun(office: Office, stack: ExitStack) -> Work:
    """A transaction of the operator that has its number already and stays open."""
    session = stack.enter_context(office.services.sessions())
    session.execute(text("SELECT pg_current_xact_id()"))
    return Work(session, office.services.clock, office.base.actor)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_commits_in_any_order_are_told_once_each(office, order):
    made = [office.paper(queued=False) for _ in order]
    phone = office.phone()
    phone.sync()
    with ExitStack() as stack:
        works = [begun(office, stack) for _ in made]
        for work, paper in zip(works, made, strict=True):
            routes.queue(work, paper)
        assert phone.ask().changes == []
        told = []
        for number in order:
            works[number].session.commit()
            answer = phone.ask()
            told.append([change.value.item.document.id for change in answer.changes])
            assert phone.steps == phone.fresh()
    assert told == [[made[number]] for number in order]
    assert phone.ask().changes == []


def test_what_is_rolled_back_is_never_told(office):
    paper = office.paper(queued=False)
    phone = office.phone()
    phone.sync()
    with ExitStack() as stack:
        work = begun(office, stack)
        routes.queue(work, paper)
        work.session.flush()
        phone.ask()
        work.session.rollback()
    assert phone.ask().changes == []


def test_one_long_transaction_holds_back_nobodys_news(office):
    with ExitStack() as stack:
        begun(office, stack)
        phone = office.phone()
        phone.sync()
        for count in range(1, 4):
            office.paper()
            answer = phone.ask()
            assert len(answer.changes) == 1
            assert len(phone.steps) == count
        assert phone.ask().changes == []


def test_a_first_sync_during_a_late_commit_misses_nothing(office):
    early = office.paper(queued=False)
    for _ in range(3):
        office.paper()
    phone = office.phone()
    with ExitStack() as stack:
        work = begun(office, stack)
        routes.queue(work, early)
        phone.ask(limit=2)
        work.session.commit()
        phone.sync(limit=2)
    phone.sync()
    assert phone.steps == phone.fresh()
    assert len(phone.steps) == 4


def test_a_late_tombstone_reaches_the_phone(office):
    paper = office.paper()
    with ExitStack() as stack:
        work = begun(office, stack)
        routes.withdraw(work, paper)
        work.session.flush()
        phone = office.phone()
        phone.sync()
        assert len(phone.steps) == 1
        work.session.commit()
    phone.sync()
    assert phone.steps == {}


def test_savepoints_count_with_their_transaction(office):
    paper = office.paper(queued=False)
    phone = office.phone()
    phone.sync()
    with ExitStack() as stack:
        work = begun(office, stack)
        with work.session.begin_nested():
            routes.queue(work, paper)
        phone.ask()
        office.paper()
        phone.ask()
        work.session.commit()
    phone.sync()
    assert phone.steps == phone.fresh()
    assert len(phone.steps) == 2


def test_phones_that_ask_while_many_write_end_up_right(office):
    """Writers and readers in threads; what counts is the end, whatever happened in between."""
    made = [[office.paper() for _ in range(3)] for _ in range(3)]
    phones = [office.phone() for _ in range(2)]
    busy = threading.Event()
    failures: list[BaseException] = []

    def write(own: list) -> None:
        for paper in own:
            for act in (office.withdraw, office.queue, office.tick, office.give_back, office.queue):
                act(paper)

    def follow(phone: Phone) -> None:
        while not busy.is_set():
            phone.ask(limit=2)

    def guarded(doing, *given) -> None:
        try:
            doing(*given)
        except BaseException as error:  # noqa: BLE001 (told to the test's own thread)
            failures.append(error)

    writers = [threading.Thread(target=guarded, args=(write, own)) for own in made]
    readers = [threading.Thread(target=guarded, args=(follow, phone)) for phone in phones]
    for thread in (*writers, *readers):
        thread.start()
    for thread in writers:
        thread.join()
    busy.set()
    for thread in readers:
        thread.join()
    assert failures == []
    for phone in phones:
        phone.sync()
        phone.sync()
        assert phone.steps == phone.fresh()
        assert len(phone.steps) == 9


def test_a_database_restored_elsewhere_begins_anew(office):
    office.paper()
    phone = office.phone()
    phone.sync()
    cursor = Cursor.decode(phone.cursor)
    phone.cursor = Cursor(b"else", cursor.has, cursor.facts).encode()
    assert phone.ask().reset


def test_stamps_of_a_former_life_neither_repeat_nor_hide(office):
    """A restored database counts its transactions anew: old stamps lie in the future."""
    stays, goes = office.paper(), office.paper()
    with office.work() as work:
        work.session.execute(text("UPDATE step SET changed_in = 1 << 40, arrived_in = 1 << 40"))
    phone = office.phone()
    phone.sync()
    assert len(phone.steps) == 2
    assert phone.ask().changes == []
    office.withdraw(goes)
    phone.sync()
    assert phone.steps == phone.fresh()
    office.tick(stays)
    assert len(phone.ask().changes) == 1

"""The desk of an official: what waits, in which order, and what it marks."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from backend.core.db import Actor, Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.documents.models import Urgency
from backend.routing import decisions, routes, tracking
from backend.routing.history import history
from backend.routing.inbox import Lapsed, desk, desk_item
from backend.routing.models import EventKind, StepAction, StepState, TimelineEvent
from backend.routing.reading import reading
from backend.routing.replacement import adopt_version
from backend.routing.routes import PlannedStep
from backend.routing.trail import trail
from tests.factories import papers, people


@pytest.fixture
def office(work):
    return papers.desk(work.session, officials=1)


@pytest.fixture
def chief(office):
    return office.officials[0]


@pytest.fixture
def wait_for(work, office, chief):
    """Queues one more paper for the chief to sign; returns its document."""

    def queue(**facts):
        document = papers.document(work.session, office.unit, office.operator, **facts)
        document.current_version_id = papers.version(work.session, document).id
        plan = [PlannedStep(chief.position.id, StepAction.SIGN)]
        routes.draw_route(office.act(work), document.id, plan)
        routes.queue(office.act(work), document.id)
        return document

    return queue


def test_the_most_urgent_comes_first_then_the_nearest_deadline(work, chief, wait_for, clock):
    plain = wait_for()
    soon = wait_for(due_at=clock.now() + timedelta(hours=3))
    later = wait_for(due_at=clock.now() + timedelta(days=3))
    pressing = wait_for(urgency=Urgency.SEGERA)
    most = wait_for(urgency=Urgency.AMAT_SEGERA)
    found = desk(chief.act(work))
    assert [i.document for i in found.items] == [most, pressing, soon, later, plain]
    assert (found.total, found.unopened) == (5, 5)
    assert found.items[0].page_count == 2
    assert found.items[0].capacity == chief.position.title


def test_it_follows_a_paper_whose_urgency_or_deadline_changes(work, chief, wait_for, clock):
    first, second = wait_for(due_at=clock.now() + timedelta(hours=1)), wait_for()
    assert [i.document for i in desk(chief.act(work)).items] == [first, second]
    second.urgency = Urgency.SEGERA
    assert [i.document for i in desk(chief.act(work)).items] == [second, first]
    second.urgency = Urgency.BIASA
    second.due_at = clock.now() + timedelta(minutes=30)
    assert [i.document for i in desk(chief.act(work)).items] == [second, first]


def test_it_goes_on_where_a_page_ended(work, chief, wait_for, clock):
    for hours in (5, 1, None, 3, None):
        wait_for(due_at=clock.now() + timedelta(hours=hours) if hours else None)
    whole = [item.step.id for item in desk(chief.act(work)).items]
    seen, after = [], None
    while True:
        page = desk(chief.act(work), after=after, limit=2).items
        seen += [item.step.id for item in page[:2]]
        if len(page) <= 2:
            break
        rank, due, step_id = page[1].position
        after = (rank, datetime.fromisoformat(due), UUID(step_id))
    assert seen == whole
    assert len(seen) == 5


def test_it_shows_what_waits_for_every_position_held(work, chief, wait_for, office):
    other = people.position(work.session, office.unit)
    mandate = people.mandate(work.session, chief.person, other, kind="plt")
    wait_for()
    document = papers.document(work.session, office.unit, office.operator)
    document.current_version_id = papers.version(work.session, document).id
    routes.draw_route(office.act(work), document.id, [PlannedStep(other.id, StepAction.SIGN)])
    routes.queue(office.act(work), document.id)
    items = desk(chief.act(work)).items
    assert {i.capacity for i in items} == {chief.position.title, f"Plt. {other.title}"}
    assert {i.mandate.id for i in items} == {chief.mandate.id, mandate.id}


def test_it_is_empty_the_moment_the_mandate_ends(work, chief, wait_for, clock):
    wait_for()
    chief.mandate.ends_at = clock.now()
    work.session.flush()
    found = desk(chief.act(work))
    assert (found.items, found.total, found.unopened) == ([], 0, 0)


def test_a_phone_that_shows_a_paper_marks_it_delivered_once(work, chief, wait_for, clock):
    wait_for()
    at = clock.now()
    for _ in range(2):
        desk(chief.act(work))
        clock.advance(minutes=1)
    work.session.expire_all()
    event = work.session.query(TimelineEvent).filter_by(kind=EventKind.DELIVERED).one()
    assert (event.at, event.person_name) == (at, chief.person.name)
    assert desk(chief.act(work)).items[0].step.delivered_at == at


def test_a_browser_without_a_device_marks_nothing(work, chief, wait_for):
    wait_for()
    actor = Actor(person_id=chief.person.id)
    assert desk(Work(work.session, work.clock, actor)).items[0].step.delivered_at is None


def test_only_what_is_on_the_page_is_delivered(work, chief, wait_for):
    for _ in range(3):
        wait_for()
    desk(chief.act(work), limit=2)
    assert work.session.query(TimelineEvent).filter_by(kind=EventKind.DELIVERED).count() == 2


def test_opening_counts_once(work, chief, wait_for):
    wait_for()
    step = desk(chief.act(work)).items[0].step
    for _ in range(2):
        decisions.opened(chief.act(work), step.id)
    assert desk(chief.act(work)).unopened == 0
    assert work.session.query(TimelineEvent).filter_by(kind=EventKind.OPENED).count() == 1


class TestReading:
    def test_it_says_what_may_be_done(self, queued):
        step = queued.step(0)
        first = queued.official(0).act(queued.work)
        assert reading(first, step.id).allowed == ["tick", "return", "reject"]
        queued.tick(0)
        assert reading(first, step.id).allowed == ["initial", "return", "reject"]
        queued.initial(0)
        assert reading(first, step.id).allowed == []
        assert reading(queued.official(1).act(queued.work), step.id).allowed == []

    def test_a_colleague_may_take_over(self, queued):
        queued.tick(0)
        deputy = papers.official(queued.work.session)
        people.mandate(queued.work.session, deputy.person, queued.official(0).position, kind="plh")
        found = reading(deputy.act(queued.work), queued.step(0).id)
        assert found.allowed == ["take-over", "return", "reject"]

    def test_it_leads_from_an_old_round_to_the_new_one(self, queued):
        old = queued.step(0)
        queued.tick(0)
        second = papers.version(queued.work.session, queued.document)
        adopt_version(queued.work, second.id)
        found = reading(queued.official(0).act(queued.work), old.id)
        assert found.current_step_id == queued.step(0).id
        assert found.allowed == []
        assert found.version.ordinal == 1

    def test_a_draft_is_nobodys_business_yet(self, scene):
        scene.draw()
        with pytest.raises(DomainError) as caught:
            reading(scene.official(0).act(scene.work), scene.step(0).id)
        assert caught.value.code == NOT_FOUND.code


class TestHistory:
    def test_it_keeps_what_one_did_in_the_capacity_of_then(self, queued, clock):
        queued.tick(0)
        queued.initial(0)
        first = queued.official(0)
        first.mandate.ends_at = clock.advance(days=1)
        queued.work.session.flush()
        (deed,) = history(first.act(queued.work))
        assert (deed.step.state, deed.capacity) == (StepState.DONE, first.position.title)
        assert not deed.voided
        assert trail(first.act(queued.work), queued.document.id).steps

    def test_it_says_when_a_deed_no_longer_counts(self, queued):
        queued.tick(0)
        queued.initial(0)
        adopt_version(queued.work, papers.version(queued.work.session, queued.document).id)
        (deed,) = history(queued.official(0).act(queued.work))
        assert deed.voided

    def test_it_goes_on_where_a_page_ended(self, work, chief, wait_for, clock):
        for _ in range(3):
            wait_for()
        for item in desk(chief.act(work)).items:
            clock.advance(minutes=1)
            decisions.give_back(chief.act(work), item.step.id, "Perbaiki")
        first = history(chief.act(work), limit=2)
        assert len(first) == 3
        last = first[1].step
        rest = history(chief.act(work), after=(last.finished_at, last.id), limit=2)
        assert [deed.step.id for deed in rest] == [first[2].step.id]


def test_what_can_be_signed_together_is_only_what_one_has_ticked(queued):
    signer = queued.official(1)
    assert desk(signer.act(queued.work), ready=True).total == 0
    queued.tick(0)
    assert desk(queued.official(0).act(queued.work), ready=True).total == 0, "an initial"
    queued.initial(0)
    assert desk(signer.act(queued.work), ready=True).total == 0, "not ticked"
    queued.tick(1)
    found = desk(signer.act(queued.work), ready=True)
    assert (found.total, [i.step.id for i in found.items]) == (1, [queued.step(1).id])
    other = people.official(queued.work.session, signer.position)
    theirs = Work(queued.work.session, queued.work.clock, Actor(person_id=other.id))
    assert desk(theirs).total == 1
    assert desk(theirs, ready=True).total == 0, "another's tick"


class TestLapsedTicks:
    @pytest.fixture
    def returned(self, queued, clock):
        """Initialled by the first, returned by the second; a mended file is queued again."""
        queued.tick(0)
        queued.initial(0)
        signer = queued.official(1)
        decisions.give_back(signer.act(queued.work), queued.step(1).id, "Tanggalnya keliru.")
        clock.advance(minutes=40)
        mended = papers.version(queued.work.session, queued.document, ready_at=clock.now())
        adopt_version(queued.work, mended.id)
        queued.queue()
        queued.work.session.flush()
        return queued

    def test_who_had_ticked_is_told_that_the_file_was_replaced(self, returned, clock):
        first = returned.official(0)
        (item,) = desk(first.act(returned.work)).items
        assert item.lapsed == Lapsed(
            ordinal=1, person_name=first.person.name, own=True, done=True, at=clock.now()
        )
        assert item.version_ordinal == 2

    def test_a_successor_is_told_whose_tick_it_was(self, returned):
        first = returned.official(0)
        successor = people.official(returned.work.session, first.position)
        item = desk_item(
            Work(returned.work.session, returned.work.clock, Actor(person_id=successor.id)),
            returned.step(0).id,
        )
        assert (item.lapsed.person_name, item.lapsed.own) == (first.person.name, False)

    def test_who_had_not_ticked_is_told_nothing(self, returned):
        assert returned.step(1).replaced is None

    def test_it_is_remembered_over_a_second_replacement(self, returned):
        third = papers.version(returned.work.session, returned.document)
        adopt_version(returned.work, third.id)
        assert returned.step(0).replaced["ordinal"] == 1

    def test_a_route_run_again_with_the_same_file_says_nothing(self, queued):
        queued.tick(0)
        routes.withdraw(queued.desk.act(queued.work), queued.document.id)
        queued.queue()
        assert queued.step(0).replaced is None


class TestTrail:
    def test_everyone_on_the_route_sees_it_and_nobody_else(self, queued):
        for actor in (queued.desk, queued.official(0), queued.official(1)):
            assert trail(actor.act(queued.work), queued.document.id).marks
        stranger = papers.official(queued.work.session)
        with pytest.raises(DomainError) as caught:
            trail(stranger.act(queued.work), queued.document.id)
        assert caught.value.code == NOT_FOUND.code

    def test_marks_of_a_replaced_version_stay_and_are_void(self, queued):
        queued.tick(0)
        queued.initial(0)
        adopt_version(queued.work, papers.version(queued.work.session, queued.document).id)
        queued.work.session.flush()
        found = trail(queued.desk.act(queued.work), queued.document.id)
        marks = {(m.kind, m.version_ordinal): m.voided for m in found.marks}
        assert marks[EventKind.INITIALLED, 1]
        assert marks[EventKind.UPLOADED, 1]
        assert not marks[EventKind.UPLOADED, 2]
        assert [view.step.state for view in found.steps] == [StepState.OPEN, StepState.WAITING]

    def test_ticks_of_an_earlier_round_are_void_without_a_new_version(self, queued):
        queued.tick(0)
        routes.withdraw(queued.desk.act(queued.work), queued.document.id)
        queued.queue()
        queued.work.session.flush()
        found = trail(queued.desk.act(queued.work), queued.document.id)
        assert [m.voided for m in found.marks if m.kind is EventKind.TICKED] == [True]

    def test_a_refused_upload_concerns_the_operators_alone(self, queued):
        papers.version(
            queued.work.session,
            queued.document,
            state="refused",
            ready_at=None,
            refusal={"code": "documents/encrypted", "params": {}},
        )
        operators = trail(queued.desk.act(queued.work), queued.document.id)
        officials = trail(queued.official(0).act(queued.work), queued.document.id)
        assert EventKind.REFUSED in {m.kind for m in operators.marks}
        assert EventKind.REFUSED not in {m.kind for m in officials.marks}


class TestTracking:
    def test_it_says_whom_a_paper_waits_for_since_when(self, queued, clock):
        queued.tick(0)
        queued.initial(0)
        (row,) = tracking.board(queued.desk.act(queued.work))
        signer = queued.official(1)
        assert (row.people, row.capacity) == ([signer.person.name], signer.position.title)
        assert (row.done, row.total, row.overdue) == (1, 2, False)
        assert row.step.opened_at == clock.now()
        assert tracking.whereabouts(queued.work, [queued.document.id])[queued.document.id] == row

    def test_it_shows_ones_own_units_alone(self, queued):
        other = papers.desk(queued.work.session, officials=1)
        assert tracking.board(other.act(queued.work)) == []
        assert tracking.board(queued.desk.act(queued.work), unit_id=other.unit.id) == []

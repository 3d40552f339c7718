"""Deadlines over the clock: who is reminded, who follows up, the day's summary. Never twice."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.core.clock import ZONES
from backend.core.jobs import Job, defer
from backend.documents.models import Secrecy, Urgency
from backend.notifications import reminding
from backend.notifications.models import Notice, NoticeKind, Preference
from backend.organisation import agency
from backend.routing import routes
from backend.routing.models import StepState
from backend.worker import HANDLERS
from tests.factories import papers, people

K = NoticeKind


@pytest.fixture
def urgent(queued):
    """An Amat Segera paper that reached the first official on Monday at 09.00 WIB."""
    queued.document.urgency = Urgency.AMAT_SEGERA
    queued.work.session.flush()
    return queued


@pytest.fixture
def government(work):
    return people.agency(work.session)


def told(work, person):
    rows = work.session.query(Notice).filter_by(person_id=person.id).order_by(Notice.id)
    return [row.kind for row in rows]


def run(scene, clock, **later):
    clock.advance(**later)
    reminding.remind(scene.work)
    return [told(scene.work, each.person) for each in scene.desk.officials]


def test_the_holder_is_reminded_before_the_deadline_and_told_after_it(urgent, clock):
    assert run(urgent, clock, hours=17) == [[], []]
    assert run(urgent, clock, hours=1) == [[K.DUE_SOON], []]
    assert run(urgent, clock, hours=5, minutes=59) == [[K.DUE_SOON], []]
    assert run(urgent, clock, minutes=1) == [[K.DUE_SOON, K.OVERDUE], []]


def test_a_segera_paper_has_two_days(queued, clock):
    queued.document.urgency = Urgency.SEGERA
    queued.work.session.flush()
    assert run(queued, clock, hours=35) == [[], []]
    assert run(queued, clock, hours=1) == [[K.DUE_SOON], []]
    assert run(queued, clock, hours=12) == [[K.DUE_SOON, K.OVERDUE], []]


def test_an_ordinary_paper_without_a_deadline_is_never_late(queued, clock):
    assert run(queued, clock, days=60) == [[], []]


def test_after_the_deadline_those_who_follow_up_are_told(urgent, clock):
    work, unit = urgent.work, urgent.desk.unit
    colleague = people.operator(work.session, unit)
    elsewhere = people.operator(work.session)
    stranger = papers.official(work.session, unit, head_of_unit=True).person
    run(urgent, clock, hours=24)
    assert told(work, urgent.desk.operator) == told(work, colleague) == [K.LATE]
    assert told(work, elsewhere) == []
    # Heads unit's or not: who is not on the route learns nothing of the paper.
    assert told(work, stranger) == []


def test_the_head_of_the_unit_hears_when_on_the_route(urgent, clock):
    urgent.official(1).position.head_of_unit = True
    urgent.work.session.flush()
    assert run(urgent, clock, hours=24) == [[K.OVERDUE], [K.LATE]]


def test_a_secret_papers_lateness_is_told_to_those_who_handle_it(urgent, clock):
    urgent.document.secrecy = Secrecy.RAHASIA
    colleague = people.operator(urgent.work.session, urgent.desk.unit)
    run(urgent, clock, hours=24)
    assert told(urgent.work, urgent.desk.operator) == [K.LATE]
    assert told(urgent.work, colleague) == []


def test_nobody_is_told_twice_however_often_it_runs(urgent, clock):
    for _ in range(27):
        run(urgent, clock, hours=1)
    work = urgent.work
    assert told(work, urgent.official(0).person) == [K.DUE_SOON, K.OVERDUE]
    assert told(work, urgent.desk.operator) == [K.LATE]


def test_a_restart_in_the_middle_sends_once(urgent, services, run_jobs, clock, work):
    work.session.commit()
    run_jobs(skip=(Job.PREPARE_SIGNATURES, Job.SEND_PUSH, Job.SEND_MAIL))
    clock.advance(hours=18)
    for _ in range(3):
        HANDLERS[Job.REMIND](services)
    work.session.commit()
    kinds = told(work, urgent.official(0).person)
    assert kinds == [K.YOUR_TURN, K.DUE_SOON]
    assert run_jobs(skip=(Job.PREPARE_SIGNATURES,)).count(Job.SEND_MAIL) == 2


def test_who_has_done_it_is_left_alone_and_the_next_has_time_of_their_own(urgent, clock):
    clock.advance(hours=17)
    urgent.tick(0)
    urgent.initial(0)
    assert run(urgent, clock, hours=8) == [[], []]
    assert run(urgent, clock, hours=10) == [[], [K.DUE_SOON]]


@pytest.mark.parametrize("state", [StepState.PROCESSING, StepState.UNKNOWN, StepState.RETURNED])
def test_a_turn_that_its_holder_finished_is_not_reminded_of(urgent, clock, state):
    urgent.step(0).state = state
    urgent.work.session.flush()
    assert run(urgent, clock, hours=30) == [[], []]


def test_a_withdrawn_paper_is_nobodys(urgent, clock):

    routes.withdraw(urgent.desk.act(urgent.work), urgent.document.id, "Salah unit")
    assert run(urgent, clock, hours=30) == [[], []]


def test_who_no_longer_holds_the_position_is_not_told_and_who_does_is(urgent, clock):
    work, first = urgent.work, urgent.official(0)
    first.mandate.ends_at = clock.now() + timedelta(hours=1)
    next_ = papers.official(work.session)
    people.mandate(work.session, next_.person, first.position)
    run(urgent, clock, hours=25)
    assert (told(work, first.person), told(work, next_.person)) == ([], [K.OVERDUE])


def test_after_a_hand_over_the_former_holders_reminder_is_gone(urgent, clock, run_jobs):
    work, first = urgent.work, urgent.official(0)
    assert run(urgent, clock, hours=18) == [[K.DUE_SOON], []]
    first.mandate.ends_at = clock.now()
    next_ = papers.official(work.session)
    people.mandate(work.session, next_.person, first.position)
    defer(work.session, Job.HAND_OVER, position_id=first.position.id)
    work.session.commit()
    run_jobs(skip=(Job.PREPARE_SIGNATURES, Job.SEND_MAIL))
    work.session.commit()
    assert (told(work, first.person), told(work, next_.person)) == ([], [K.YOUR_TURN])
    run(urgent, clock, minutes=5)
    assert told(work, next_.person) == [K.YOUR_TURN, K.DUE_SOON]


def test_a_deadline_that_moves_is_reminded_of_anew(queued, clock):
    first = clock.now() + timedelta(hours=30)
    queued.document.due_at = first
    queued.work.session.flush()
    assert run(queued, clock, hours=16) == [[K.DUE_SOON], []]
    queued.document.due_at = first + timedelta(days=1)
    queued.work.session.flush()
    assert run(queued, clock, hours=1) == [[K.DUE_SOON], []]
    assert run(queued, clock, hours=24) == [[K.DUE_SOON, K.DUE_SOON], []]


def test_a_reminder_that_became_untrue_before_it_was_sent_is_not_sent(
    urgent, work, phone, run_jobs, push_service, clock
):
    run_jobs(skip=(Job.PREPARE_SIGNATURES, Job.SEND_MAIL))
    clock.advance(hours=18)
    reminding.remind(work)
    urgent.tick(0)
    urgent.initial(0)
    work.session.commit()
    before = push_service.requests
    run_jobs(skip=(Job.PREPARE_SIGNATURES, Job.SEND_MAIL))
    assert push_service.requests == before


def test_a_reminder_takes_the_place_of_what_it_repeats(
    urgent, work, phone, run_jobs, push_service, clock
):
    skipped = (Job.PREPARE_SIGNATURES, Job.SEND_MAIL)
    [browser] = push_service.browsers.values()
    browser.asleep = True
    run_jobs(skip=skipped)
    clock.advance(hours=18)
    reminding.remind(work)
    work.session.commit()
    run_jobs(skip=skipped)
    browser.wake()
    titles = [each["title"] for each in browser.messages]
    assert titles == ["Ada naskah yang batas waktunya sudah dekat."]


@pytest.mark.usefixtures("government")
class TestSummary:
    SEVEN = {  # noqa: RUF012
        "WIB": datetime(2026, 3, 3, 0, 0, tzinfo=UTC),
        "WITA": datetime(2026, 3, 2, 23, 0, tzinfo=UTC),
        "WIT": datetime(2026, 3, 2, 22, 0, tzinfo=UTC),
    }

    def digests(self, work, person):
        return work.session.query(Notice).filter_by(person_id=person.id, kind=K.DIGEST).all()

    @pytest.mark.parametrize("zone", ZONES)
    def test_it_comes_at_the_agencys_hour_in_its_zone(self, queued, government, clock, zone):
        government.zone = zone
        work, first = queued.work, queued.official(0).person
        clock.set(self.SEVEN[zone] - timedelta(minutes=1))
        reminding.summarise(work)
        assert self.digests(work, first) == []
        clock.advance(minutes=1)
        reminding.summarise(work)
        [digest] = self.digests(work, first)
        assert digest.data == {"waiting": 1}
        assert digest.cause == "digest:2026-03-03"
        assert self.digests(work, queued.official(1).person) == []

    def test_the_administrator_chooses_the_hour(self, queued, clock):
        agency.change(queued.work, policy={"digest_hour": 15})
        clock.set(self.SEVEN["WIB"])
        reminding.summarise(queued.work)
        assert self.digests(queued.work, queued.official(0).person) == []
        clock.advance(hours=8)
        reminding.summarise(queued.work)
        assert len(self.digests(queued.work, queued.official(0).person)) == 1

    @pytest.mark.parametrize("odd", ["07", 24, -1, True, None])
    def test_an_odd_hour_is_seven(self, work, government, odd):
        government.policy = {"digest_hour": odd}
        assert reminding.digest_hour(work) == 7

    def test_it_comes_once_a_day_and_the_newest_alone_stays(self, queued, clock):
        work, first = queued.work, queued.official(0).person
        for day in range(2):
            clock.set(self.SEVEN["WIB"] + timedelta(days=day))
            for _ in range(6):
                reminding.summarise(work)
                clock.advance(minutes=10)
        [digest] = self.digests(work, first)
        assert digest.cause == "digest:2026-03-04"

    def test_a_worker_that_was_down_all_morning_leaves_it_out(self, queued, clock):
        clock.set(self.SEVEN["WIB"] + timedelta(hours=4))
        reminding.summarise(queued.work)
        assert self.digests(queued.work, queued.official(0).person) == []

    @pytest.mark.parametrize("days", [4, 5])
    def test_weekends_are_free(self, queued, clock, days):
        clock.set(self.SEVEN["WIB"] + timedelta(days=days))
        reminding.summarise(queued.work)
        assert self.digests(queued.work, queued.official(0).person) == []

    def test_it_knows_the_new_year_of_its_zone(self, queued, government, clock):
        government.zone = "WIT"
        # 07.00 on Friday 1 January 2027 in Jayapura; in UTC it is still the old year.
        clock.set(datetime(2026, 12, 31, 22, 0, tzinfo=UTC))
        reminding.summarise(queued.work)
        [digest] = self.digests(queued.work, queued.official(0).person)
        assert digest.cause == "digest:2027-01-01"

    def test_who_switched_it_off_gets_none(self, queued, clock):
        first = queued.official(0).person
        queued.work.session.add(Preference(person_id=first.id, muted=["digest"]))
        clock.set(self.SEVEN["WIB"])
        reminding.summarise(queued.work)
        assert self.digests(queued.work, first) == []

    def test_who_has_nothing_waiting_gets_none(self, queued, clock):
        queued.tick(0)
        queued.initial(0)
        clock.set(self.SEVEN["WIB"])
        reminding.summarise(queued.work)
        assert self.digests(queued.work, queued.official(0).person) == []
        assert len(self.digests(queued.work, queued.official(1).person)) == 1

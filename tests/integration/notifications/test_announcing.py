"""Who is told of what, and how often."""

import pytest

from backend.core.jobs import Job, defer
from backend.identity.models import SecurityEvent, SecurityEventKind
from backend.notifications import announcing, notices
from backend.notifications.models import Notice, NoticeKind
from backend.organisation.models import Role
from backend.routing import decisions
from tests.factories import papers, people


def told(work, person):
    rows = work.session.query(Notice).filter_by(person_id=person.id).order_by(Notice.id)
    return [row.kind for row in rows]


@pytest.fixture
def run(run_jobs):
    return lambda: run_jobs(skip=(Job.PREPARE_SIGNATURES, Job.SEND_MAIL))


def test_whoever_is_next_is_told_in_turn(queued, run):
    work = queued.work
    work.session.commit()
    assert run() == [Job.ANNOUNCE_STEP]
    first, second = queued.official(0).person, queued.official(1).person
    assert (told(work, first), told(work, second)) == ([NoticeKind.YOUR_TURN], [])
    queued.tick(0)
    queued.initial(0)
    work.session.commit()
    run()
    assert told(work, second) == [NoticeKind.YOUR_TURN]


def test_nothing_is_announced_when_the_change_is_rolled_back(queued, run):
    queued.work.session.rollback()
    assert run() == []


def test_it_tells_once_however_often_the_job_runs(queued):
    step = queued.step(0)
    for _ in range(3):
        announcing.announce_step(queued.work, step.id)
    assert told(queued.work, queued.official(0).person) == [NoticeKind.YOUR_TURN]


def test_a_turn_that_is_over_is_not_announced(queued):
    step = queued.step(0)
    queued.tick(0)
    queued.initial(0)
    announcing.announce_step(queued.work, step.id)
    assert told(queued.work, queued.official(0).person) == []


def test_after_a_hand_over_the_former_holders_notice_is_gone(queued, run, clock):
    work, first = queued.work, queued.official(0)
    work.session.commit()
    run()
    first.mandate.ends_at = clock.advance(minutes=1)
    next_ = papers.official(work.session)
    people.mandate(work.session, next_.person, first.position, starts_at=clock.now())
    defer(work.session, Job.HAND_OVER, position_id=first.position.id)
    work.session.commit()
    assert run() == [Job.HAND_OVER, Job.ANNOUNCE_STEP]
    assert (told(work, first.person), told(work, next_.person)) == ([], [NoticeKind.YOUR_TURN])


def test_the_operators_of_the_unit_hear_the_outcome(queued, run):
    work, desk = queued.work, queued.desk
    colleague = people.operator(work.session, desk.unit)
    gone = people.operator(work.session, desk.unit, left_at=work.now)
    elsewhere = people.operator(work.session)
    decisions.give_back(queued.official(0).act(work), queued.step(0).id, "Perbaiki tanggal")
    work.session.commit()
    run()
    for person in (desk.operator, colleague):
        assert told(work, person) == [NoticeKind.RETURNED]
    assert told(work, gone) == told(work, elsewhere) == []
    notice = work.session.query(Notice).filter_by(person_id=colleague.id).one()
    assert notice.data == {"note": "Perbaiki tanggal"}


def test_a_signed_paper_is_announced_after_its_last_signature(queued, run):
    queued.tick(0)
    queued.initial(0)
    queued.sign(1)
    queued.work.session.commit()
    run()
    assert told(queued.work, queued.desk.operator) == [NoticeKind.SIGNED]


def test_whoever_uploaded_a_refused_file_is_told(scene):
    refusal = {"code": "documents/encrypted", "params": {}}
    version = papers.version(
        scene.work.session, scene.document, state="refused", ready_at=None, refusal=refusal
    )
    announcing.announce_refusal(scene.work, version.id)
    notice = scene.work.session.query(Notice).one()
    assert (notice.person_id, notice.data) == (scene.desk.operator.id, {"refusal": refusal})


class TestSecurity:
    def event(self, work, person):
        row = SecurityEvent(
            person_id=person.id,
            kind=SecurityEventKind.DEVICE_ENROLLED,
            at=work.now,
            data={"name": "Ponsel baru"},
        )
        work.session.add(row)
        work.session.flush()
        return row

    def test_the_person_and_the_head_of_unit_are_told(self, work):
        unit = people.unit(work.session)
        head = papers.official(work.session, unit, head_of_unit=True).person
        member = papers.official(work.session, unit).person
        bystander = papers.official(work.session, unit).person
        announcing.announce_security(work, member.id, self.event(work, member).id)
        assert told(work, member) == told(work, head) == [NoticeKind.SECURITY]
        assert told(work, bystander) == []
        notice = work.session.query(Notice).filter_by(person_id=head.id).one()
        assert notice.data == {
            "event": "device-enrolled",
            "name": member.name,
            "own": False,
            "details": {"name": "Ponsel baru"},
        }

    def test_an_operators_head_is_the_head_of_the_office(self, work):
        unit = people.unit(work.session)
        head = papers.official(work.session, unit, head_of_unit=True).person
        operator = people.operator(work.session, unit)
        announcing.announce_security(work, operator.id, self.event(work, operator).id)
        assert told(work, head) == [NoticeKind.SECURITY]

    def test_a_head_is_told_once_about_themselves(self, work):
        head = papers.official(work.session, head_of_unit=True).person
        people.role(work.session, head, Role.AUDITOR)
        announcing.announce_security(work, head.id, self.event(work, head).id)
        assert told(work, head) == [NoticeKind.SECURITY]


class TestList:
    def test_it_names_the_paper_only_to_whoever_may_still_read_it(self, queued, clock):
        work, first = queued.work, queued.official(0)
        announcing.announce_step(work, queued.step(0).id)
        (view,) = notices.notices(first.act(work)).items
        assert view.document == queued.document
        first.mandate.ends_at = clock.now()
        work.session.flush()
        (view,) = notices.notices(first.act(work)).items
        assert view.document is None

    def test_reading_counts_down_and_touches_nobody_elses(self, queued):
        work, first, second = queued.work, queued.official(0), queued.official(1)
        for cause in ("a", "b", "c"):
            notices.give(work, first.person.id, NoticeKind.SIGNED, cause)
        notices.give(work, second.person.id, NoticeKind.SIGNED, "a")
        found = notices.notices(first.act(work))
        assert found.unread == 3
        assert notices.read_until(first.act(work), found.items[1].notice.id) == 1
        assert notices.unread(work.session, second.person.id) == 1

    def test_opening_the_paper_reads_what_was_said_of_it(self, queued):
        work, first = queued.work, queued.official(0)
        announcing.announce_step(work, queued.step(0).id)
        notices.read_about_step(first.act(work), queued.step(0).id)
        assert notices.notices(first.act(work)).unread == 0

    def test_it_goes_on_where_a_page_ended(self, queued):
        work, first = queued.work, queued.official(0)
        for cause in "abc":
            notices.give(work, first.person.id, NoticeKind.SIGNED, cause)
        page = notices.notices(first.act(work), limit=2).items
        assert len(page) == 3
        rest = notices.notices(first.act(work), after=page[1].notice.id, limit=2).items
        assert [view.notice.cause for view in rest] == ["a"]

"""What the night holds back, and what rings in the morning."""

from datetime import UTC, datetime, time

import pytest

from backend.core.jobs import Job
from backend.documents.models import Urgency
from backend.notifications import notices
from backend.notifications.models import Notice, NoticeKind, Preference

SKIPPED = (Job.PREPARE_SIGNATURES, Job.SEND_MAIL)
NIGHT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""22.00 WIB."""
MORNING = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
"""05.30 WIB."""


@pytest.fixture
def asleep(phone, work, clock):
    """The first official's night has begun."""
    work.session.add(
        Preference(person_id=phone.person.id, quiet_from=time(21), quiet_until=time(5, 30))
    )
    work.session.commit()
    clock.set(NIGHT)
    work.session.query(Notice).update({"at": NIGHT})
    work.session.commit()
    return phone


def test_the_phone_stays_silent_until_morning(asleep, run_jobs, push_service, clock):
    run_jobs(skip=SKIPPED)
    assert push_service.requests == 0
    clock.set(MORNING)
    run_jobs(skip=SKIPPED)
    assert push_service.requests == 1


def test_very_urgent_papers_ring_at_night(asleep, queued, work, run_jobs, push_service):
    queued.document.urgency = Urgency.AMAT_SEGERA
    work.session.commit()
    run_jobs(skip=SKIPPED)
    assert push_service.requests == 1
    assert next(iter(push_service.browsers.values())).headers[0]["urgency"] == "high"


def test_unless_the_person_does_not_let_them(asleep, queued, work, run_jobs, push_service):
    queued.document.urgency = Urgency.AMAT_SEGERA
    work.session.query(Preference).one().urgent_passes = False
    work.session.commit()
    run_jobs(skip=SKIPPED)
    assert push_service.requests == 0


def test_a_nights_worth_of_news_rings_once(asleep, work, run_jobs, push_service, clock):
    for number in range(4):
        clock.advance(minutes=10)
        notices.give(work, asleep.person.id, NoticeKind.SIGNED, f"signed:{number}")
    work.session.commit()
    run_jobs(skip=SKIPPED)
    clock.set(MORNING)
    run_jobs(skip=SKIPPED)
    assert push_service.requests == 1


def test_what_the_later_news_tells_is_over_so_the_earlier_rings(
    asleep, queued, work, run_jobs, push_service, clock
):
    work.session.query(Notice).delete()
    notices.give(work, asleep.person.id, NoticeKind.SIGNED, "signed:1")
    clock.advance(minutes=1)
    step = queued.step(0)
    notices.give(
        work,
        asleep.person.id,
        NoticeKind.YOUR_TURN,
        "your-turn",
        step_id=step.id,
        document_id=queued.document.id,
    )
    queued.tick(0)
    queued.initial(0)
    work.session.commit()
    run_jobs(skip=SKIPPED)
    clock.set(MORNING)
    run_jobs(skip=SKIPPED)
    [browser] = push_service.browsers.values()
    assert [told["title"] for told in browser.messages] == ["Naskah Anda sudah ditandatangani."]


def test_a_busy_service_is_not_asked_again_at_night(phone, work, run_jobs, push_service, clock):
    push_service.answers = [(503, {"Retry-After": "3600"})]
    clock.set(NIGHT.replace(hour=13, minute=30))
    run_jobs(skip=SKIPPED)
    work.session.add(
        Preference(person_id=phone.person.id, quiet_from=time(21), quiet_until=time(5, 30))
    )
    work.session.commit()
    clock.set(NIGHT)
    run_jobs(skip=SKIPPED)
    assert push_service.requests == 1
    clock.set(MORNING)
    run_jobs(skip=SKIPPED)
    assert push_service.requests == 2

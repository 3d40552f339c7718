"""From a change of state to the phone, and what becomes of phones that do not answer."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.core.jobs import Job
from backend.notifications import announcing
from backend.notifications.carrying import LAST_ATTEMPT
from backend.notifications.models import Notice, PushSubscription
from backend.notifications.push import MOST_REFUSALS

SKIPPED = (Job.PREPARE_SIGNATURES, Job.SEND_MAIL)


def left(work):
    work.session.commit()
    return work.session.query(PushSubscription).count()


def waiting(work):
    """(attempt, how long it waits) of each push that is still to be sent."""
    work.session.commit()
    rows = work.session.execute(
        text(
            "SELECT args->>'attempt', scheduled_at FROM procrastinate_jobs"
            " WHERE task_name = 'notifications.send_push' AND status = 'todo'"
        )
    )
    return [(row[0], row[1] - work.now if row[1] else None) for row in rows]


def test_the_lock_screen_shows_an_id_and_a_generic_title(phone, work, run_jobs, push_service):
    run_jobs(skip=SKIPPED)
    notice = work.session.query(Notice).one()
    (browser,) = push_service.browsers.values()
    assert browser.messages == [
        {
            "id": str(notice.id),
            "title": "Ada naskah menunggu Anda di Centang.",
            "step": str(notice.step_id),
            "waits": 1,
        }
    ]
    assert push_service.refusals == []
    assert waiting(work) == []


def test_it_speaks_the_persons_language(phone, work, run_jobs, push_service):
    work.session.execute(text("UPDATE account SET language = 'en'"))
    work.session.commit()
    run_jobs(skip=SKIPPED)
    (browser,) = push_service.browsers.values()
    assert browser.messages[0]["title"] == "A paper is waiting for you in Centang."


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_that_is_gone_is_removed(phone, work, run_jobs, push_service, status):
    push_service.answers = [(status, {})]
    run_jobs(skip=SKIPPED)
    assert left(work) == 0
    assert waiting(work) == []


def test_a_busy_service_is_tried_again_later(phone, work, run_jobs, push_service, clock):
    push_service.answers = [(503, {})]
    run_jobs(skip=SKIPPED)
    assert waiting(work) == [("2", timedelta(seconds=30))]
    clock.advance(seconds=31)
    run_jobs(skip=SKIPPED)
    assert len(next(iter(push_service.browsers.values())).messages) == 1
    assert left(work) == 1


def test_it_waits_as_long_as_the_service_asks(phone, work, run_jobs, push_service):
    push_service.answers = [(429, {"Retry-After": "600"})]
    run_jobs(skip=SKIPPED)
    assert waiting(work) == [("2", timedelta(minutes=10))]


def test_it_gives_up_after_the_last_attempt_and_keeps_the_address(
    phone, work, run_jobs, push_service, clock
):
    push_service.answers = [(503, {})] * (LAST_ATTEMPT + 3)
    for _ in range(LAST_ATTEMPT + 3):
        run_jobs(skip=SKIPPED)
        clock.advance(hours=1)
    assert push_service.requests == LAST_ATTEMPT
    assert left(work) == 1


def test_an_address_that_keeps_refusing_is_given_up(phone, work, run_jobs, push_service):
    push_service.answers = [(403, {})] * MOST_REFUSALS
    for attempt in range(MOST_REFUSALS):
        assert left(work) == 1
        work.session.execute(text("DELETE FROM notice"))
        announcing.announce_step(
            work, work.session.execute(text("SELECT id FROM step WHERE ordinal = 1")).scalar_one()
        )
        work.session.commit()
        run_jobs(skip=SKIPPED)
        assert push_service.requests == attempt + 1
    assert left(work) == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE notice SET read_at = now()",
        "DELETE FROM notice",
        "UPDATE device SET revoked_at = now()",
        "UPDATE device SET lost_at = now()",
        "UPDATE sign_in_session SET revoked_at = now()",
        "UPDATE person SET left_at = now()",
        "DELETE FROM push_subscription",
    ],
)
def test_a_phone_that_should_not_ring_does_not(phone, work, run_jobs, push_service, change):
    work.session.execute(text(change))
    work.session.commit()
    run_jobs(skip=SKIPPED)
    assert push_service.requests == 0


def test_job_arguments_are_identifiers_alone(phone, work):
    rows = work.session.execute(
        text("SELECT args FROM procrastinate_jobs WHERE task_name = 'notifications.send_push'")
    ).scalars()
    assert [sorted(args) for args in rows] == [["notice_id", "subscription_id"]]

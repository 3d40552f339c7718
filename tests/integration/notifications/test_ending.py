"""A phone that was reported lost is rung once more, so that it asks, and empties itself."""

import pytest

from backend.core.jobs import Job
from backend.identity import devices
from backend.notifications.models import PushSubscription
from tests.integration.notifications.test_push import SKIPPED


@pytest.fixture
def lost(phone, work, run_jobs, push_service):
    """The official's phone, reported lost after everything before was told."""
    run_jobs(skip=SKIPPED)
    (browser,) = push_service.browsers.values()
    browser.messages.clear()
    (subscription,) = work.session.query(PushSubscription)
    devices.revoke(work, subscription.device_id, person_id=None, lost=True)
    work.session.commit()
    return browser


def test_it_is_rung_a_last_time_with_a_generic_title(lost, work, run_jobs) -> None:
    run_jobs(skip=SKIPPED)
    (message,) = lost.messages
    assert message["over"] is True
    assert message["title"] == "Ada perubahan pada keamanan akun. Periksa di Centang."
    assert work.session.query(PushSubscription).count() == 0


def test_a_busy_service_is_asked_again_before_the_address_is_forgotten(
    lost, work, run_jobs, push_service, clock
) -> None:
    push_service.answers = [(503, {})]
    run_jobs(skip=SKIPPED)
    assert work.session.query(PushSubscription).count() == 1
    clock.advance(minutes=2)
    run_jobs(skip=SKIPPED)
    assert [message["over"] for message in lost.messages] == [True]
    work.session.expire_all()
    assert work.session.query(PushSubscription).count() == 0


def test_a_phone_that_is_not_over_is_not_rung(phone, work, run_jobs, push_service) -> None:
    from backend.core.jobs import defer

    run_jobs(skip=SKIPPED)
    (browser,) = push_service.browsers.values()
    before = list(browser.messages)
    (subscription,) = work.session.query(PushSubscription)
    defer(work.session, Job.END_DEVICE, device_id=subscription.device_id)
    work.session.commit()
    run_jobs(skip=SKIPPED)
    assert browser.messages == before

from datetime import timedelta

import pytest

from backend.core.jobs import Job
from backend.identity.models import SignInSession
from backend.notifications.models import PushSubscription
from backend.notifications.vapid import VapidKey
from backend.notifications.web_push import WebPushSender
from tests.fakes.push_service import PushService
from tests.integration.routing.conftest import queued, scene

__all__ = ["queued", "scene"]


@pytest.fixture
def push_service():
    service = PushService()
    yield service
    service.close()


@pytest.fixture
def services(services, push_service):
    """The services, with phones that are rung through the push service on loopback."""
    sender = WebPushSender(services.vapid, ("127.0.0.1",))
    object.__setattr__(services, "push", {sender.provider: sender})
    return services


@pytest.fixture
def vapid(services) -> VapidKey:
    return services.vapid


@pytest.fixture
def subscribed(work, push_service, vapid):
    """Ties a phone of an official to the push service; returns the subscription."""

    def subscribe(official) -> PushSubscription:
        row = PushSubscription(
            person_id=official.person.id,
            device_id=official.device.id,
            provider="web-push",
            address=push_service.subscribe(vapid.public),
            created_at=work.now,
        )
        work.session.add(row)
        work.session.flush()
        return row

    return subscribe


@pytest.fixture
def phone(queued, subscribed, run_jobs, push_service):
    """The first official's phone is signed in, subscribed and about to be rung."""
    work, official = queued.work, queued.official(0)
    session = SignInSession(
        person_id=official.person.id,
        device_id=official.device.id,
        created_at=work.now,
        last_seen_at=work.now,
        expires_at=work.now + timedelta(days=1),
        user_agent="Contoh",
        csrf="x",
    )
    work.session.add(session)
    official.session = session
    official.subscription = subscribed(official)
    work.session.commit()
    run_jobs(skip=(Job.PREPARE_SIGNATURES, Job.SEND_PUSH, Job.SEND_MAIL))
    work.session.commit()
    return official

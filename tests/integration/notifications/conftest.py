import pytest

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
    object.__setattr__(services, "push", WebPushSender(services.vapid, ("127.0.0.1",)))
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

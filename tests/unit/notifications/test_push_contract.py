"""What every way of ringing a phone must do, against each service's strict stand-in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import pytest

from backend.core.masterkey import MasterKey
from backend.notifications.carrying import Answer, Priority
from backend.notifications.push import PushSender
from backend.notifications.vapid import VapidKey
from backend.notifications.web_push import WebPushSender
from tests.factories.messages import NOTICE, STEP, TITLE, message
from tests.fakes.firebase import Firebase, failure
from tests.fakes.push_service import PushService


class World(Protocol):
    """A service with one phone."""

    sender: PushSender
    address: dict[str, Any]

    def received(self) -> list[dict[str, str]]: ...
    def answer(self, status: int, **headers: str) -> None: ...
    def forget(self) -> None: ...
    def requests(self) -> int: ...
    def close(self) -> None: ...


@dataclass
class WebPushWorld:
    service: PushService

    def __post_init__(self) -> None:
        vapid = VapidKey.derived(MasterKey(b"k" * 32), "https://contoh.test")
        self.sender: PushSender = WebPushSender(vapid, ("127.0.0.1",))
        self.address = self.service.subscribe(vapid.public)

    def received(self) -> list[dict[str, str]]:
        messages = self.service.browsers["token-0"].messages
        return [{key: str(value) for key, value in each.items()} for each in messages]

    def answer(self, status: int, **headers: str) -> None:
        self.service.answers.append((status, {k.replace("_", "-"): v for k, v in headers.items()}))

    def forget(self) -> None:
        """The browser unsubscribed."""
        self.service.browsers.clear()

    def requests(self) -> int:
        return self.service.requests

    def close(self) -> None:
        self.service.close()


NAMES = {400: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}


@dataclass
class FcmWorld:
    service: Firebase
    sender: PushSender
    unreachable: Callable[[], None]

    def __post_init__(self) -> None:
        self.address: dict[str, Any] = self.service.register()

    def received(self) -> list[dict[str, str]]:
        phone = self.service.phones[self.address["fid"]]
        return [each["data"] | {"title": each["notification"]["title"]} for each in phone.messages]

    def answer(self, status: int, **headers: str) -> None:
        self.service.answers.append(failure(status, NAMES[status], **headers))

    def forget(self) -> None:
        self.service.phones.clear()

    def requests(self) -> int:
        return self.service.requests

    def close(self) -> None:
        self.unreachable()


@pytest.fixture(params=["web-push", "fcm"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    if request.param == "fcm":
        firebase, fcm = (request.getfixturevalue(name) for name in ("firebase", "fcm"))
        nobody = "http://127.0.0.1:1"
        yield FcmWorld(firebase, fcm, lambda: monkeypatch.setenv("HTTPS_PROXY", nobody))
        return
    service = PushService()
    yield WebPushWorld(service)
    service.close()


def test_it_is_known_by_the_name_that_subscriptions_carry(
    world: World, request: pytest.FixtureRequest
) -> None:
    assert world.sender.provider in request.node.callspec.id


def test_the_phone_hears_an_id_a_generic_title_and_a_number(world: World) -> None:
    sent = world.sender.send(world.address, message())
    assert sent.answer is Answer.DELIVERED
    told = {"id": str(NOTICE), "title": TITLE, "waits": "3", "step": str(STEP)}
    assert world.received() == [told]


def test_what_is_about_no_turn_names_none(world: World) -> None:
    world.sender.send(world.address, message(step_id=None))
    assert "step" not in world.received()[0]


@pytest.mark.parametrize("priority", Priority)
def test_every_priority_is_understood(world: World, priority: Priority) -> None:
    sent = world.sender.send(world.address, message(priority=priority))
    assert sent.answer is Answer.DELIVERED


def test_an_address_that_nobody_knows_is_gone(world: World) -> None:
    world.forget()
    assert world.sender.send(world.address, message()).answer is Answer.GONE


def test_an_address_that_is_none_is_gone_without_a_call(world: World) -> None:
    assert world.sender.send({}, message()).answer is Answer.GONE
    assert world.requests() == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_asked_once_and_its_patience_passed_on(world: World, status: int) -> None:
    world.answer(status, Retry_After="120")
    sent = world.sender.send(world.address, message())
    assert (sent.answer, sent.retry_after) == (Answer.BUSY, timedelta(seconds=120))
    assert world.requests() == 1


def test_what_it_understood_and_refused_is_refused(world: World) -> None:
    world.answer(400)
    assert world.sender.send(world.address, message()).answer is Answer.REFUSED


def test_a_service_that_cannot_be_reached_is_busy(world: World) -> None:
    world.close()
    assert world.sender.send(world.address, message()).answer is Answer.BUSY

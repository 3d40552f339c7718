"""Passkeys through HTTP: given to a device, told of, listed, taken off."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.core.errors import DomainError
from backend.identity import devices
from backend.identity.models import Device, Passkey, SecurityEvent, SecurityEventKind
from backend.identity.problems import DEVICE_WAITS
from tests.factories import people
from tests.support.authenticator import Authenticator
from tests.support.browser import Browser


@pytest.fixture
def phone(browser_of: Callable[..., Browser], owner: Any) -> Browser:
    browser = browser_of(owner)
    browser.secret = owner.secret
    return browser


@pytest.fixture
def authenticator(phone: Browser) -> Authenticator:
    return Authenticator(phone.services.settings.origin)


def enrol(phone: Browser, authenticator: Authenticator, **lies: Any) -> Any:
    statement = phone.state("passkey+jwt")
    body = {"statement": statement, "code": phone.code(lies.pop("steps", 0))}
    about = lies.pop("about", statement)
    return phone.post("/passkeys", body | authenticator.register(about, **lies))


def test_a_device_gets_a_passkey_and_its_owner_is_told(phone, authenticator, work) -> None:
    answer = enrol(phone, authenticator)
    assert answer.status_code == 201, answer.text
    (row,) = phone.get("/passkeys").json["items"]
    assert row["device_id"] == str(phone.device_id)
    kinds = [event.kind for event in work.session.query(SecurityEvent)]
    assert kinds == [SecurityEventKind.PASSKEY_ENROLLED]


def test_it_takes_a_one_time_code_that_counts_once(phone, authenticator, clock) -> None:
    statement = phone.state("passkey+jwt")
    given = authenticator.register(statement)
    wrong = phone.post("/passkeys", {"statement": statement, "code": "000000"} | given)
    assert wrong.json["code"] == "identity/wrong-code"
    code = phone.code()
    assert enrol(phone, authenticator).status_code == 201
    again = phone.post("/passkeys", {"statement": phone.state("passkey+jwt"), "code": code} | given)
    assert again.json["code"] == "identity/passkey-exists"


@pytest.mark.parametrize(
    ("lies", "code"),
    [
        ({"about": "lain.lagi.x"}, "identity/passkey-other"),
        ({"origin": "https://palsu.contoh"}, "identity/passkey-invalid"),
        ({"host": "palsu.contoh"}, "identity/passkey-invalid"),
        ({"cross_origin": True}, "identity/passkey-invalid"),
        ({"type": "webauthn.get"}, "identity/passkey-invalid"),
    ],
)
def test_it_refuses_what_was_not_made_here_for_this_statement(
    phone, authenticator, work, lies, code
) -> None:
    assert enrol(phone, authenticator, **lies).json["code"] == code
    assert work.session.query(Passkey).count() == 0


def test_a_statement_gives_no_second_passkey(phone, authenticator, clock) -> None:
    statement = phone.state("passkey+jwt")
    given = {"statement": statement} | authenticator.register(statement)
    row = phone.post("/passkeys", given | {"code": phone.code()}).json
    assert phone.delete(f"/passkeys/{row['id']}").status_code == 204
    clock.advance(seconds=30)
    again = phone.post("/passkeys", given | {"code": phone.code()})
    assert again.json["code"] == "identity/statement-replayed"


def test_a_device_without_its_passkey_waits_like_a_new_one(
    phone, authenticator, browser_of, owner, work, clock
) -> None:
    row = enrol(phone, authenticator).json
    laptop = browser_of(owner)
    assert laptop.delete(f"/passkeys/{row['id']}").status_code == 204
    assert phone.get("/passkeys").json["items"] == []
    device = work.session.get_one(Device, phone.device_id, populate_existing=True)
    with pytest.raises(DomainError, match=DEVICE_WAITS.code):
        devices.require_may_sign(work, device)
    approval = laptop.state("device-approval+jwt", device=str(device.id))
    answer = laptop.post(f"/devices/{device.id}/approve", {"statement": approval})
    assert answer.status_code == 200
    clock.advance(seconds=30)
    assert enrol(phone, authenticator).json["code"] == "identity/passkey-exists"  # one is one
    clock.advance(seconds=30)
    authenticator.credential_id = b"kunci-sandi-contoh-0002"
    assert enrol(phone, authenticator).status_code == 201


def test_nobody_sees_or_takes_off_somebody_elses(phone, authenticator, browser_of, work) -> None:
    row = enrol(phone, authenticator).json
    stranger = browser_of(people.person(work.session))
    assert stranger.get("/passkeys").json["items"] == []
    assert stranger.delete(f"/passkeys/{row['id']}").status_code == 404


def test_a_revoked_devices_passkey_is_not_listed(phone, authenticator, browser_of, owner) -> None:
    enrol(phone, authenticator)
    laptop = browser_of(owner)
    laptop.post(f"/devices/{phone.device_id}/report-lost")
    assert laptop.get("/passkeys").json["items"] == []

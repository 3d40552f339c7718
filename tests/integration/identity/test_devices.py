"""Devices through HTTP: enrolled with proof, waiting to sign, approved, revoked."""

from datetime import timedelta

import pytest

from backend.core.errors import DomainError
from backend.identity import devices
from backend.identity.models import Account, Device, SecurityEvent
from backend.identity.problems import DEVICE_UNKNOWN, DEVICE_WAITS, SIGNING_SUSPENDED
from tests.factories import people
from tests.factories.people import DeviceKey


def enrol(browser, key, **change):
    now, aud = browser.services.clock.now(), browser.services.settings.origin
    claims = people.statement(browser.person_id, now, aud=aud)
    body = {
        "name": "Ponsel dinas",
        "public_jwk": key.public_jwk,
        "proof": key.sign("device-proof+jwt", claims),
    }
    return browser.post("/devices", body | change)


def require_may_sign(work, device_id):
    work.session.expire_all()
    devices.require_may_sign(work, work.session.get(Device, device_id))


def refused(problem):
    return pytest.raises(DomainError, match=problem.code)


@pytest.fixture
def fresh(browser_of, owner):
    """A browser that has just signed in for the first time, without a device yet."""
    return browser_of(owner, device=False)


def test_the_very_first_device_may_sign_at_once(fresh, work):
    key = DeviceKey()
    answer = enrol(fresh, key)
    assert answer.status_code == 201
    assert answer.json["thumbprint"] == key.thumbprint
    assert answer.json["current"] is True
    require_may_sign(work, answer.json["id"])
    assert fresh.get("/session").json["device"]["id"] == answer.json["id"]


def test_a_further_device_reads_at_once_and_signs_after_the_delay(
    fresh, browser_of, owner, work, clock
):
    enrol(fresh, DeviceKey())
    second = browser_of(owner, device=False)
    device = enrol(second, DeviceKey()).json
    assert second.get("/session").status_code == 200
    with refused(DEVICE_WAITS):
        require_may_sign(work, device["id"])
    clock.advance(hours=24)
    require_may_sign(work, device["id"])


def test_a_revoked_first_device_does_not_make_the_next_one_first(fresh, browser_of, owner, work):
    first = enrol(fresh, DeviceKey()).json
    fresh.delete(f"/devices/{first['id']}")
    second = browser_of(owner, device=False)
    with refused(DEVICE_WAITS):
        require_may_sign(work, enrol(second, DeviceKey()).json["id"])


def test_an_older_device_lets_a_newer_one_sign(fresh, browser_of, owner, work):
    phone = browser_of(owner)
    device = enrol(fresh, DeviceKey()).json
    path = f"/devices/{device['id']}/approve"
    statement = phone.state("device-approval+jwt", device=device["id"])
    assert phone.post(path, {"statement": statement}).status_code == 200
    require_may_sign(work, device["id"])
    assert phone.post(path, {"statement": statement}).json["code"] == "identity/statement-replayed"


def test_a_new_device_cannot_approve_itself_or_another_new_one(browser_of, owner, work):
    phone = browser_of(owner)
    browsers, rows = [], []
    for _ in range(2):
        browser = browser_of(owner, device=False)
        browser.key = DeviceKey()
        browsers.append(browser)
        rows.append(enrol(browser, browser.key).json)
    for target in rows:
        statement = browsers[0].state("device-approval+jwt", device=target["id"])
        answer = browsers[0].post(f"/devices/{target['id']}/approve", {"statement": statement})
        assert answer.json["code"] in {"identity/device-waits", "identity/statement-invalid"}
        with refused(DEVICE_WAITS):
            require_may_sign(work, target["id"])
    other = phone.state("device-approval+jwt", device=rows[1]["id"])
    answer = phone.post(f"/devices/{rows[0]['id']}/approve", {"statement": other})
    assert answer.json["code"] == "identity/statement-invalid"


def test_nobody_sees_or_touches_somebody_elses_device(browser_of, owner, work):
    phone = browser_of(owner)
    stranger = browser_of(people.person(work.session))
    path = f"/devices/{phone.device_id}"
    assert stranger.delete(path).status_code == 404
    assert stranger.post(f"{path}/report-lost").status_code == 404
    statement = stranger.state("device-approval+jwt", device=str(phone.device_id))
    assert stranger.post(f"{path}/approve", {"statement": statement}).status_code == 404
    assert all(row["id"] != str(phone.device_id) for row in stranger.get("/devices").json["items"])


@pytest.mark.parametrize("action", ["delete", "report-lost"])
def test_revoking_ends_the_device_and_its_sessions_at_once(browser_of, owner, work, action):
    phone, laptop = browser_of(owner), browser_of(owner)
    path = f"/devices/{phone.device_id}"
    answer = laptop.delete(path) if action == "delete" else laptop.post(f"{path}/report-lost")
    assert answer.json["revoked_at"]
    assert (answer.json["lost_at"] is not None) == (action == "report-lost")
    assert phone.get("/session").status_code == 401
    assert laptop.get("/session").status_code == 200
    with refused(DEVICE_UNKNOWN):
        require_may_sign(work, phone.device_id)


@pytest.mark.parametrize("action", ["revoke", "report-lost"])
def test_a_registration_officer_ends_anybodys_device(browser_of, owner, work, action):
    phone = browser_of(owner)
    officer = people.person(work.session)
    people.role(work.session, officer, people.Role.REGISTRATION_OFFICER)
    path = f"/people/{owner.id}/devices/{phone.device_id}/{action}"
    assert phone.post(path).status_code == 403
    answer = browser_of(officer).post(path)
    assert (answer.json["lost_at"] is not None) == (action == "report-lost")
    assert phone.get("/session").status_code == 401


def test_everything_about_devices_is_announced(fresh, browser_of, owner, work):
    phone = browser_of(owner)
    device = enrol(fresh, DeviceKey()).json
    statement = phone.state("device-approval+jwt", device=device["id"])
    phone.post(f"/devices/{device['id']}/approve", {"statement": statement})
    phone.delete(f"/devices/{device['id']}")
    kinds = [event.kind for event in work.session.query(SecurityEvent).order_by(SecurityEvent.id)]
    assert kinds == ["device-enrolled", "device-approved", "device-revoked"]


def test_a_session_is_bound_to_one_device(fresh):
    enrol(fresh, DeviceKey())
    assert enrol(fresh, DeviceKey()).json["code"] == "identity/device-bound"


def test_a_key_is_enrolled_once(fresh, browser_of, owner):
    key = DeviceKey()
    enrol(fresh, key)
    second = browser_of(owner, device=False)
    assert enrol(second, key).json["code"] == "identity/device-taken"


def test_it_refuses_a_key_that_was_not_proven(fresh):
    key, other = DeviceKey(), DeviceKey()
    assert enrol(fresh, key, public_jwk=other.public_jwk).status_code == 422
    stolen = other.public_jwk
    claims = people.statement(fresh.person_id, fresh.services.clock.now())
    proof = key.sign("device-proof+jwt", claims, kid=other.thumbprint)
    assert enrol(fresh, key, public_jwk=stolen, proof=proof).status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "RSA"},
        {"crv": "P-384"},
        {"x": None},
        {"x": "AAAA"},
        {"d": "AAAA"},
    ],
)
def test_it_refuses_other_keys(fresh, change):
    key = DeviceKey()
    answer = enrol(fresh, key, public_jwk=key.public_jwk | change)
    assert answer.json["code"] == "identity/statement-invalid"


def test_a_suspended_person_signs_with_no_device(browser_of, owner, work, clock):
    phone = browser_of(owner)
    work.session.get(Account, owner.id).signing_suspended_at = clock.now() - timedelta(hours=1)
    work.session.commit()
    with refused(SIGNING_SUSPENDED):
        require_may_sign(work, phone.device_id)

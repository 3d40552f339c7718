"""Signing in through HTTP: what is asked for, what is told, and who has to wait."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from backend.core.db import work as unit_of_work
from backend.core.ids import new_id
from backend.identity import failures, recovery
from backend.identity.models import FailureCounter, SecurityEvent
from tests.factories import people
from tests.factories.people import DeviceKey
from tests.support.browser import PASSWORD, give_account

PHONE, STRANGER = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def sign_in(new_client, services, clock):
    """`sign_in(username, …)` from an address, with a device key if one is given."""

    def attempt(username, password=PASSWORD, *, key=None, address=PHONE, client=None, **more):
        body = {"username": username, "password": password} | more
        if key:
            claims = people.statement(username, clock.now(), aud=services.settings.origin)
            body["device"] = {"proof": key.sign("device-proof+jwt", claims)}
        return (client or new_client()).post(
            "/api/v1/sign-in", json=body, environ_overrides={"REMOTE_ADDR": address}
        )

    return attempt


def code_of(person, clock, steps=0):
    return pyotp.TOTP(person.secret).at(clock.now(), counter_offset=steps)


def test_a_new_device_needs_password_and_code(sign_in, owner, clock):
    asked = sign_in(owner.account.username)
    assert (asked.status_code, asked.json["code"]) == (401, "identity/code-required")
    answer = sign_in(owner.account.username, code=code_of(owner, clock))
    assert answer.status_code == 200
    assert answer.json["person"]["id"] == str(owner.id)
    assert answer.json["totp_confirmed"] is True
    assert answer.json["device"] is None
    assert answer.json["agency"]["name"] == "Kabupaten Contoh"


@pytest.mark.parametrize("spelling", ["{nip}", "{nip:.8} {rest}", "  {USERNAME} "])
def test_a_nip_or_a_user_name_will_do_however_it_is_typed(sign_in, owner, clock, spelling):
    name = spelling.format(
        nip=owner.nip, rest=owner.nip[8:], USERNAME=owner.account.username.upper()
    )
    assert sign_in(name, code=code_of(owner, clock)).status_code == 200


def test_a_known_device_needs_no_code(sign_in, owner, work):
    _, key = people.device(work.session, owner)
    work.session.commit()
    answer = sign_in(owner.account.username, key=key)
    assert answer.status_code == 200
    assert answer.json["device"]["thumbprint"] == key.thumbprint


@pytest.mark.parametrize("facts", [{"revoked_at": people.LONG_AGO}, {"lost_at": people.LONG_AGO}])
def test_a_revoked_device_counts_as_none(sign_in, owner, work, facts):
    _, key = people.device(work.session, owner, **facts)
    work.session.commit()
    assert sign_in(owner.account.username, key=key).json["code"] == "identity/code-required"


def test_somebody_elses_device_counts_as_none(sign_in, owner, work):
    _, key = people.device(work.session, people.person(work.session))
    work.session.commit()
    assert sign_in(owner.account.username, key=key).json["code"] == "identity/code-required"


def test_tokens_are_in_strict_httponly_cookies_and_the_csrf_token_is_not(sign_in, owner, clock):
    answer = sign_in(owner.account.username, code=code_of(owner, clock))
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Path=/" in cookie
        assert answer.json["csrf"] not in cookie


def test_wrong_names_and_wrong_passwords_get_the_same_answer(sign_in, owner):
    known = sign_in(owner.account.username, "bukan kata sandinya")
    unknown = sign_in("tidak.ada", "bukan kata sandinya")
    assert known.status_code == unknown.status_code == 401
    strip = ("request_id",)
    assert {k: v for k, v in known.json.items() if k not in strip} == {
        k: v for k, v in unknown.json.items() if k not in strip
    }


def test_unknown_names_cost_as_much_hashing_and_wait_as_long(sign_in, owner, monkeypatch):
    from backend.identity import passwords

    verified = []
    hasher = passwords._hasher.verify
    monkeypatch.setattr(
        type(passwords._hasher),
        "verify",
        lambda _, hashed, password: verified.append(hashed) or hasher(hashed, password),
    )
    answers = {}
    for name in (owner.account.username, "tidak.ada"):
        verified.clear()
        answers[name] = [sign_in(name, "salah sekali").json["code"] for _ in range(6)]
        assert len(verified) == 5
        assert all(hashed.startswith("$argon2id$") for hashed in verified)
    assert answers[owner.account.username] == answers["tidak.ada"]
    assert answers["tidak.ada"][-1] == "identity/locked"


def test_a_stranger_who_guesses_locks_out_neither_known_device_nor_other_networks(
    sign_in, owner, work, clock
):
    _, key = people.device(work.session, owner)
    work.session.commit()
    name = owner.account.username
    for _ in range(6):
        last = sign_in(name, "salah sekali", address=STRANGER)
    assert last.json["code"] == "identity/locked"
    assert last.headers["Retry-After"] == str(last.json["params"]["retry_after"])
    assert sign_in(name, key=key, address=STRANGER).status_code == 200
    assert sign_in(name, code=code_of(owner, clock)).status_code == 200


def test_many_strangers_slow_each_other_for_minutes_and_never_a_known_network(
    sign_in, owner, work, clock
):
    name = owner.account.username
    assert sign_in(name, code=code_of(owner, clock)).status_code == 200
    account = failures.subject("sign-in", owner.id)
    work.session.add(FailureCounter(subject=account, failures=1000, updated_at=clock.now()))
    work.session.commit()
    assert sign_in(name, "salah sekali", address=STRANGER).json["code"] == (
        "identity/wrong-credentials"
    )
    locked = sign_in(name, code=code_of(owner, clock, 1), address="192.0.2.1")
    assert locked.json["code"] == "identity/locked"
    assert locked.json["params"]["retry_after"] <= 120
    clock.advance(seconds=30)
    assert sign_in(name, code=code_of(owner, clock)).status_code == 200
    clock.advance(minutes=3)
    assert sign_in(name, code=code_of(owner, clock), address="192.0.2.1").status_code == 200


def test_a_person_is_told_when_strangers_keep_guessing(sign_in, owner, work, clock):
    account = failures.subject("sign-in", owner.id)
    work.session.add(FailureCounter(subject=account, failures=39, updated_at=clock.now()))
    work.session.commit()
    for host in range(3):
        clock.advance(minutes=1)
        sign_in(owner.account.username, "salah sekali", address=f"192.0.{host}.1")
    assert [e.kind for e in work.session.query(SecurityEvent)] == ["sign-in-guessed"]


def test_failures_at_once_are_all_counted(sessions, clock, work):
    def fail(_):
        with unit_of_work(sessions, clock) as own:
            failures.count(own, "sumber")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(24)))
    counter = work.session.get(FailureCounter, "sumber")
    assert counter.failures == 24
    assert counter.locked_until - clock.now() == timedelta(minutes=15)


def test_the_wait_grows_and_ends_by_itself(sign_in, owner, clock):
    name = owner.account.username
    waits = []
    for _ in range(7):
        answer = sign_in(name, "salah sekali")
        if answer.status_code == 429:
            waits.append(answer.json["params"]["retry_after"])
            clock.advance(seconds=waits[-1])
            sign_in(name, "salah sekali")
    assert waits[:2] == [30, 60]
    clock.advance(minutes=15)
    assert sign_in(name, code=code_of(owner, clock)).status_code == 200


def test_wrong_codes_count_like_wrong_passwords(sign_in, owner):
    answers = [sign_in(owner.account.username, code="000000").json["code"] for _ in range(6)]
    assert answers == ["identity/wrong-code"] * 5 + ["identity/locked"]


def test_a_code_opens_one_session_only(sign_in, owner, clock):
    code = code_of(owner, clock)
    assert sign_in(owner.account.username, code=code).status_code == 200
    assert sign_in(owner.account.username, code=code).json["code"] == "identity/code-used"


def test_a_recovery_code_stands_in_for_the_authenticator_once(sign_in, owner, work, services):
    spare = recovery.issue(work, owner.id, keys=services.master_key)[0]
    work.session.commit()
    assert sign_in(owner.account.username, recovery_code=spare).status_code == 200
    again = sign_in(owner.account.username, recovery_code=spare)
    assert again.json["code"] == "identity/wrong-recovery-code"


def test_who_left_or_was_closed_does_not_get_in(sign_in, owner, work, clock):
    owner.account.closed_at = clock.now()
    work.session.commit()
    answer = sign_in(owner.account.username, code=code_of(owner, clock))
    assert answer.json["code"] == "identity/wrong-credentials"


def test_without_a_second_factor_nothing_opens_but_its_enrolment(
    sign_in, work, services, new_client, clock
):
    newcomer = people.official(work.session)
    account, _ = give_account(work, services, newcomer, confirmed=False)
    work.session.commit()
    client = new_client()
    session = sign_in(account.username, client=client).json
    assert session["totp_confirmed"] is False
    assert session["roles"] == []
    assert client.get("/api/v1/devices").json["code"] == "identity/enrol-first"
    headers = {"X-CSRF-Token": session["csrf"]}
    begun = client.post("/api/v1/totp", json={}, headers=headers).json
    code = pyotp.TOTP(begun["secret"]).at(clock.now())
    done = client.post("/api/v1/totp/confirm", json={"code": code}, headers=headers)
    assert len(done.json["recovery_codes"]) == 10
    assert client.get("/api/v1/devices").status_code == 200
    assert client.get("/api/v1/session").json["roles"][0]["role"] == "official"


def test_a_proof_is_good_once_and_only_for_the_name_it_states(
    sign_in, owner, work, new_client, clock, services
):
    _, key = people.device(work.session, owner)
    work.session.commit()
    claims = people.statement("orang.lain", clock.now(), aud=services.settings.origin)
    proof = key.sign("device-proof+jwt", claims)
    body = {"username": owner.account.username, "password": PASSWORD, "device": {"proof": proof}}
    assert new_client().post("/api/v1/sign-in", json=body).json["code"] == "identity/code-required"
    claims = people.statement(owner.account.username, clock.now(), aud=services.settings.origin)
    body["device"]["proof"] = key.sign("device-proof+jwt", claims)
    assert new_client().post("/api/v1/sign-in", json=body).status_code == 200
    assert new_client().post("/api/v1/sign-in", json=body).json["code"] == "identity/code-required"


def test_signing_in_again_ends_the_session_this_browser_had(
    sign_in, owner, work, services, new_client, clock
):
    other = people.operator(work.session)
    account, secret = give_account(work, services, other)
    work.session.commit()
    client = new_client()
    sign_in(owner.account.username, code=code_of(owner, clock), client=client)
    stolen = client.get_cookie("access").value
    sign_in(account.username, code=pyotp.TOTP(secret).at(clock.now()), client=client)
    assert client.get("/api/v1/session").json["person"]["id"] == str(other.id)
    thief = new_client()
    thief.set_cookie("access", stolen)
    assert thief.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("secret", ["password", "code", "recovery_code"])
def test_no_answer_repeats_what_was_typed(sign_in, owner, secret):
    typed = f"ketikan-{new_id().hex}"
    answer = sign_in(owner.account.username, **{secret: typed})
    assert typed not in answer.text


def test_one_address_cannot_try_without_end(sign_in, monkeypatch):
    from mobile_api.v1 import session

    monkeypatch.setattr(session, "PER_CLIENT", 3)
    answers = [sign_in(f"nama{n}", address="192.0.2.77") for n in range(5)]
    assert answers[-1].json["code"] == "general/too-many"
    assert sign_in("nama", address="192.0.2.78").status_code == 401


def test_an_unknown_key_with_a_good_password_still_needs_a_code(sign_in, owner):
    answer = sign_in(owner.account.username, key=DeviceKey())
    assert answer.json["code"] == "identity/code-required"


def test_old_failures_are_forgotten(sign_in, owner, clock):
    for _ in range(4):
        sign_in(owner.account.username, "salah sekali")
    clock.advance(timedelta(hours=25))
    answers = [sign_in(owner.account.username, "salah sekali").json["code"] for _ in range(4)]
    assert answers == ["identity/wrong-credentials"] * 4


def test_codes_guessed_at_once_are_judged_one_by_one(sign_in, owner, cheap_hashes):
    def guess(number):
        return sign_in(owner.account.username, code=f"{number:06}").json["code"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(16)))
    judged = answers.count("identity/wrong-code")
    assert judged == failures.SOURCE.free + 1
    assert answers.count("identity/locked") == 16 - judged

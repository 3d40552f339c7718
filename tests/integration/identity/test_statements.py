import base64
import json
from datetime import timedelta

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from backend.core.errors import DomainError
from backend.identity import statements
from backend.identity.problems import (
    DEVICE_UNKNOWN,
    STATEMENT_INVALID,
    STATEMENT_REPLAYED,
    STATEMENT_STALE,
)
from tests.factories import people

AUDIENCE = "http://localhost:8080"


@pytest.fixture
def person(work):
    return people.person(work.session)


@pytest.fixture
def phone(work, person):
    return people.device(work.session, person)


def verify(work, person, statement, typ="tick+jwt", **options):
    return statements.verify(work, person.id, statement, typ, audience=AUDIENCE, **options)


def refused(problem):
    return pytest.raises(DomainError, match=problem.code)


def test_it_accepts_what_a_live_device_states_once(work, person, phone):
    device, key = phone
    statement = key.sign("tick+jwt", people.statement(person.id, work.now, step="7"))
    found, claims = verify(work, person, statement)
    assert found.id == device.id
    assert claims["step"] == "7"
    with refused(STATEMENT_REPLAYED):
        verify(work, person, statement)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "https://palsu.test"},
        {"sub": "orang-lain"},
        {"jti": None},
        {"jti": "x"},
        {"jti": "x" * 65},
        {"iat": "kemarin"},
        {"iat": True},
        {"iat": 1e9},
        {"iat": -1},
        {"iat": 1 << 60},
    ],
)
def test_it_refuses_claims_that_are_not_for_here_and_this_person(work, person, phone, change):
    claims = people.statement(person.id, work.now) | change
    with refused(STATEMENT_INVALID):
        verify(work, person, phone[1].sign("tick+jwt", claims))


@pytest.mark.parametrize("minutes", [-11, 11])
def test_it_refuses_what_was_made_too_long_ago_or_in_the_future(work, person, phone, minutes):
    made_at = work.now + timedelta(minutes=minutes)
    statement = phone[1].sign("tick+jwt", people.statement(person.id, made_at))
    with refused(STATEMENT_STALE):
        verify(work, person, statement)
    verify(work, person, statement, freshness=None)


def test_it_refuses_another_kind_of_statement(work, person, phone):
    statement = phone[1].sign("device-proof+jwt", people.statement(person.id, work.now))
    with refused(STATEMENT_INVALID):
        verify(work, person, statement)


@pytest.mark.parametrize("state", ["revoked_at", "lost_at"])
def test_it_refuses_a_device_that_is_no_longer_live(work, person, state):
    _, key = people.device(work.session, person, **{state: people.LONG_AGO})
    with refused(DEVICE_UNKNOWN):
        verify(work, person, key.sign("tick+jwt", people.statement(person.id, work.now)))


def test_it_refuses_somebody_elses_device(work, person):
    _, key = people.device(work.session, people.person(work.session))
    with refused(DEVICE_UNKNOWN):
        verify(work, person, key.sign("tick+jwt", people.statement(person.id, work.now)))


def test_it_refuses_a_signature_by_another_key_under_a_known_name(work, person, phone):
    stranger = people.DeviceKey()
    claims = people.statement(person.id, work.now)
    statement = stranger.sign("tick+jwt", claims, kid=phone[1].thumbprint)
    with refused(STATEMENT_INVALID):
        verify(work, person, statement)


def test_it_refuses_other_algorithms(work, person, phone):
    claims = json.dumps(people.statement(person.id, work.now)).encode()
    kid = {"typ": "tick+jwt", "kid": phone[1].thumbprint}
    public = json.dumps(phone[1].public_jwk)
    by_mac = jws.serialize_compact({"alg": "HS256"} | kid, claims, OctKey.import_key(public))
    by_rsa = jws.serialize_compact(
        {"alg": "RS256"} | kid, claims, RSAKey.generate_key(2048, auto_kid=False)
    )
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none"} | kid).encode()).rstrip(b"=")
    unsigned = f"{head.decode()}.{base64.urlsafe_b64encode(claims).rstrip(b'=').decode()}."
    for statement in (by_mac, by_rsa, unsigned):
        with refused(STATEMENT_INVALID):
            verify(work, person, statement)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "..", "é.é.é", "e30.e30.e30", "x" * 70000])
def test_it_refuses_what_is_no_statement_at_all(work, person, text):
    with pytest.raises(DomainError) as caught:
        verify(work, person, text)
    assert caught.value.problem in {STATEMENT_INVALID, DEVICE_UNKNOWN}

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from backend.core.db import work as unit_of_work
from backend.core.errors import DomainError
from backend.identity import recovery, totp
from backend.identity.models import Account, UsedTotpStep
from backend.identity.problems import (
    CODE_USED,
    LOCKED,
    NO_SECOND_FACTOR,
    PROVE_SECOND_FACTOR,
    WRONG_CODE,
    WRONG_RECOVERY_CODE,
)
from tests.factories import people


@pytest.fixture
def keys(services):
    return services.master_key


@pytest.fixture
def person(work, keys):
    """Someone whose authenticator is confirmed; `person.secret` is what it holds."""
    person = people.person(work.session)
    account = people.account(work.session, person)
    person.secret = pyotp.random_base32(32)
    totp.set_confirmed(work, account, person.secret, keys=keys)
    work.session.commit()
    return person


def code_of(person, at):
    return pyotp.TOTP(person.secret).at(at)


def refused(problem):
    return pytest.raises(DomainError, match=problem.code)


@pytest.mark.parametrize("off", [-30, 0, 30])
def test_it_accepts_the_step_now_and_one_on_either_side(work, person, keys, off):
    code = code_of(person, work.now + timedelta(seconds=off))
    assert totp.consume(work, person.id, f"{code[:3]} {code[3:]}", work.now, keys=keys)


@pytest.mark.parametrize("off", [-61, 61])
def test_it_refuses_a_step_further_away(work, person, keys, off):
    code = code_of(person, work.now + timedelta(seconds=off))
    with refused(WRONG_CODE):
        totp.consume(work, person.id, code, work.now, keys=keys)


def test_it_accepts_each_step_once(work, person, keys, clock):
    code = code_of(person, work.now)
    totp.consume(work, person.id, code, work.now, keys=keys)
    with refused(CODE_USED):
        totp.consume(work, person.id, code, work.now, keys=keys)
    clock.advance(seconds=30)
    totp.consume(work, person.id, code_of(person, work.now), work.now, keys=keys)


def test_of_two_requests_with_one_code_exactly_one_is_accepted(sessions, clock, person, keys):
    code = code_of(person, clock.now())

    def attempt(_):
        try:
            with unit_of_work(sessions, clock) as work:
                totp.consume(work, person.id, code, work.now, keys=keys)
        except DomainError as error:
            return error.problem
        return "accepted"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(16)))
    assert answers.count("accepted") == 1
    assert answers.count(CODE_USED) == 15


def test_an_older_code_still_counts_after_a_newer_one(work, person, keys):
    totp.consume(work, person.id, code_of(person, work.now), work.now, keys=keys)
    earlier = work.now - timedelta(seconds=30)
    totp.consume(work, person.id, code_of(person, earlier), work.now, keys=keys)
    assert work.session.query(UsedTotpStep).count() == 2


def test_wrong_codes_make_the_person_wait_and_the_wait_ends(sessions, person, keys, clock):
    for _ in range(5):
        with refused(WRONG_CODE), unit_of_work(sessions, clock) as work:
            totp.consume(work, person.id, "000000", work.now, keys=keys)
    with refused(LOCKED), unit_of_work(sessions, clock) as work:
        totp.consume(work, person.id, code_of(person, work.now), work.now, keys=keys)
    clock.advance(seconds=31)
    with unit_of_work(sessions, clock) as work:
        totp.consume(work, person.id, code_of(person, work.now), work.now, keys=keys)


def test_the_secret_is_sealed_to_its_owner(work, person, keys):
    account = work.session.get(Account, person.id)
    assert person.secret.encode() not in account.totp_sealed
    other = people.account(work.session, people.person(work.session))
    other.totp_sealed, other.totp_confirmed_at = account.totp_sealed, work.now
    with pytest.raises(Exception, match="not sealed"):
        totp.consume(work, other.person_id, code_of(person, work.now), work.now, keys=keys)


def test_enrolment_is_confirmed_by_a_first_code_and_gives_recovery_codes_once(work, keys):
    newcomer = people.person(work.session)
    people.account(work.session, newcomer)
    secret, uri, svg = totp.begin_enrolment(work, newcomer.id, keys=keys, issuer="Contoh")
    assert f"secret={secret}" in uri
    assert svg.startswith("<svg")
    with refused(NO_SECOND_FACTOR):
        totp.consume(work, newcomer.id, pyotp.TOTP(secret).at(work.now), work.now, keys=keys)
    with refused(WRONG_CODE):
        totp.confirm(work, newcomer.id, "12345", keys=keys)
    code = pyotp.TOTP(secret).at(work.now)
    codes = totp.confirm(work, newcomer.id, code, keys=keys)
    assert len(set(codes)) == 10
    with refused(CODE_USED):
        totp.consume(work, newcomer.id, code, work.now, keys=keys)


def test_replacing_it_takes_the_old_one(work, person, keys):
    with refused(PROVE_SECOND_FACTOR):
        totp.begin_enrolment(work, person.id, keys=keys, issuer="Contoh")
    code = code_of(person, work.now)
    totp.begin_enrolment(work, person.id, keys=keys, issuer="Contoh", code=code)
    assert work.session.get(Account, person.id).signing_suspended_at is None


def test_replacing_it_with_a_recovery_code_suspends_signing(work, person, keys):
    spare = recovery.issue(work, person.id, keys=keys)[3]
    totp.begin_enrolment(
        work, person.id, keys=keys, issuer="Contoh", recovery_code=spare.lower().replace("-", " ")
    )
    assert work.session.get(Account, person.id).signing_suspended_at == work.now
    with refused(WRONG_RECOVERY_CODE):
        recovery.consume(work, person.id, spare, keys=keys)

"""The demo regency: made once, in an empty database, and everybody in it can sign in."""

import pyotp
import pytest

from backend import demo
from backend.audit import queries
from backend.identity.models import Account
from backend.identity.strength import easy_to_guess
from backend.organisation.models import Mandate, Person, Role, Unit
from tests.factories import people


@pytest.fixture
def _agency():
    """The demo makes its own."""


def test_it_fills_an_empty_database_once(services, work):
    assert demo.seed(services)
    assert not demo.seed(services)
    assert demo.present(work.session)
    assert work.session.query(Person).count() == 21
    assert queries.verify(work.session).intact


def test_it_leaves_a_database_alone_that_somebody_uses(services, work):
    people.unit(work.session)
    work.session.commit()
    assert not demo.seed(services)
    assert demo.accounts(services) == []
    assert work.session.query(Person).count() == 0


def test_everybody_signs_in_with_what_the_terminal_prints(services, client, clock, work):
    demo.seed(services)
    accounts = demo.accounts(services)
    assert accounts == demo.accounts(services)
    for account in accounts[:3]:
        body = {
            "username": account.username,
            "password": account.password,
            "code": pyotp.TOTP(account.totp_secret).at(clock.now()),
        }
        answer = client.post("/api/v1/sign-in", json=body)
        assert answer.status_code == 200
        assert {r["role"] for r in answer.json["roles"]} == set(account.roles)
    assert len({a.password for a in accounts}) == len({a.totp_secret for a in accounts}) == 21
    assert not any(easy_to_guess(a.password, a.username, a.name) for a in accounts)
    assert accounts[0].password not in repr(accounts[0])


def test_two_installations_share_no_password(services, tmp_path):
    first = {demo._password(demo._seed(tmp_path / "a"), p) for p in demo.PEOPLE}
    second = {demo._password(demo._seed(tmp_path / "b"), p) for p in demo.PEOPLE}
    assert not first & second
    assert (tmp_path / "a" / "demo.seed").stat().st_mode & 0o777 == 0o600


def test_it_has_the_people_a_regency_needs(services, work):
    demo.seed(services)
    accounts = demo.accounts(services)
    count = {role: sum(role in a.roles for a in accounts) for role in Role}
    assert count[Role.OPERATOR] == 6
    assert count[Role.OFFICIAL] == 11
    assert count[Role.REGISTRATION_OFFICER] == 2
    assert count[Role.AUDITOR] == count[Role.ADMINISTRATOR] == 1
    assert all("Contoh" in a.name for a in accounts)
    assert work.session.query(Mandate).filter(Mandate.kind == "plt").count() == 1
    assert work.session.query(Account).filter(Account.totp_confirmed_at.is_(None)).count() == 0
    assert work.session.query(Unit).count() == 7

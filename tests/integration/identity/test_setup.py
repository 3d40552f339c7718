"""The first administrator, and invitations after that."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from backend.core.errors import DomainError
from backend.identity import setup
from backend.identity.models import Account, Invitation
from backend.organisation.models import Role
from tests.factories import people
from tests.support.browser import PASSWORD


@pytest.fixture
def link(services):
    with services.work() as work:
        return setup.new_link(work)


def set_up(client, token, **change):
    body = {
        "token": token,
        "administrator": {"name": "Jaka Contoh", "username": "Pengelola", "password": PASSWORD},
        "agency": {"name": "Kota Contoh", "short_name": "Contoh", "zone": "WIT"},
    }
    return client.post("/api/v1/setup", json=body | change)


def test_the_terminals_link_lets_one_administrator_in(client, link, work):
    assert client.get("/api/v1/setup").json == {"needed": True}
    assert set_up(client, link).status_code == 204
    assert client.get("/api/v1/setup").json == {"needed": False}
    body = {"username": "pengelola", "password": PASSWORD}
    session = client.post("/api/v1/sign-in", json=body).json
    assert session["totp_confirmed"] is False
    assert set_up(client, link).json["code"] == "identity/already-set-up"


def test_a_wrong_or_replaced_link_lets_nobody_in(client, link, services):
    with services.work() as work:
        newer = setup.new_link(work)
    for token in (link, "x" * 40):
        assert set_up(client, token).json["code"] == "identity/setup-link-ended"
    assert set_up(client, newer).status_code == 204


def test_an_easy_password_does_not_use_the_link_up(client, link):
    weak = {"name": "Jaka Contoh", "username": "pengelola", "password": "password123"}
    assert set_up(client, link, administrator=weak).json["code"] == "identity/weak-password"
    assert set_up(client, link).status_code == 204


def test_of_two_at_once_one_becomes_administrator(app, link):
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: set_up(app.test_client(), link).status_code, range(2)))
    assert sorted(answers) == [204, 409]


def test_there_is_no_link_once_somebody_has_an_account(services, owner):
    with services.work() as work, pytest.raises(DomainError, match="already-set-up"):
        setup.new_link(work)


@pytest.fixture
def administrator(browser_of, work):
    person = people.person(work.session)
    people.role(work.session, person, Role.ADMINISTRATOR)
    return browser_of(person)


def invite(administrator, person, username="nama.baru"):
    return administrator.post("/invitations", {"person_id": str(person.id), "username": username})


def test_an_invited_person_chooses_the_password_alone_and_once(administrator, work, client, clock):
    person = people.person(work.session)
    work.session.commit()
    link = invite(administrator, person).json["link"]
    token = link.partition("#")[2]
    assert work.session.query(Invitation).one().token_hash not in link
    weak = {"token": token, "password": f"{person.name.partition(',')[0]} 1"}
    answer = client.post("/api/v1/invitations/accept", json=weak)
    assert answer.json["code"] == "identity/weak-password"
    body = {"token": token, "password": PASSWORD}
    assert client.post("/api/v1/invitations/accept", json=body).status_code == 204
    assert client.post("/api/v1/invitations/accept", json=body).status_code == 410
    account = work.session.get(Account, person.id)
    assert account.username == "nama.baru"
    assert invite(administrator, person).json["code"] == "identity/account-exists"


def test_a_newer_link_replaces_the_older_and_each_runs_out(administrator, work, client, clock):
    person = people.person(work.session)
    work.session.commit()
    older, newer = (invite(administrator, person).json["link"].partition("#")[2] for _ in range(2))
    look = "/api/v1/invitations/look"
    assert client.post(look, json={"token": older}).status_code == 410
    assert client.post(look, json={"token": newer}).json["name"] == person.name
    clock.advance(timedelta(days=3))
    assert client.post(look, json={"token": newer}).status_code == 410


def test_user_names_are_unique_across_names_and_numbers(administrator, work, owner):
    person = people.person(work.session)
    work.session.commit()
    for taken in (owner.account.username.upper(), owner.nip):
        assert invite(administrator, person, taken).json["code"] == "identity/username-taken"


def test_who_left_cannot_use_their_link(administrator, work, client):
    person = people.person(work.session)
    work.session.commit()
    token = invite(administrator, person).json["link"].partition("#")[2]
    administrator.post(f"/people/{person.id}/leave")
    body = {"token": token, "password": PASSWORD}
    assert client.post("/api/v1/invitations/accept", json=body).status_code == 410

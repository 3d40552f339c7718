"""The same over HTTP: shapes, rights, bytes and questions to the database."""

import json

import brotli
import pytest
from sqlalchemy import event

from backend.certificates.revocation import make_ready
from backend.documents.models import Secrecy
from backend.verification import status
from tests.factories import papers
from tests.support.browser import signed_in


@pytest.fixture
def phone(app, services, office):
    return signed_in(app, services, office.officials[0].person)


@pytest.fixture
def statements(engine):
    seen = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def asked(phone, **query):
    answer = phone.get("/changes", query_string=query)
    assert answer.status_code == 200
    return answer


def of_kind(answer, kind):
    return [item for item in answer.json["items"] if item["kind"] == kind]


def test_a_step_is_what_the_reader_shows(office, phone):
    office.paper(route=(0, 1))
    (item,) = of_kind(asked(phone), "step")
    shown = phone.get(f"/steps/{item['id']}")
    assert item == {"kind": "step", "id": item["id"], "deleted": False, "data": shown.json}


def test_a_step_that_left_is_a_tombstone(office, phone):
    paper = office.paper()
    first = asked(phone)
    office.withdraw(paper)
    (item,) = asked(phone, since=first.json["cursor"]).json["items"]
    step_id = of_kind(first, "step")[0]["id"]
    assert item == {"kind": "step", "id": step_id, "deleted": True, "data": None}


def test_facts_are_what_their_own_resources_say(office, phone):
    answer = asked(phone)
    assert of_kind(answer, "credential")[0]["data"] == phone.get("/credential").json
    own = {item["id"]: item for item in phone.get("/devices").json["items"]}
    assert {item["id"]: item["data"] for item in of_kind(answer, "device")} == {
        device_id: device | {"wipe": False} for device_id, device in own.items()
    }
    (policy,) = of_kind(answer, "policy")
    assert policy["data"]["keep_secrecies"] == ["biasa", "terbatas"]


def test_the_days_key_comes_when_there_is_an_authority(services, office, phone):
    first = asked(phone)
    assert of_kind(first, "keys") == []
    with services.work() as work:
        make_ready(work, issuer=services.issuer)
    (item,) = of_kind(asked(phone, since=first.json["cursor"]), "keys")
    assert item["id"] == "activation"
    assert item["data"] == phone.get("/signing/activation-key").json


def test_a_phone_hears_when_what_paper_is_checked_with_changed(services, phone, clock):
    assert of_kind(asked(phone), "verification") == []
    with services.work() as work:
        make_ready(work, issuer=services.issuer)
        status.renew(work, issuer=services.issuer)
    told = asked(phone)
    (first,) = of_kind(told, "verification")
    assert first["data"]["keys_at"] is not None
    again = asked(phone, since=told.json["cursor"])
    assert of_kind(again, "verification") == []
    clock.advance(seconds=60)
    with services.work() as work:
        status.renew(work, issuer=services.issuer)
    (second,) = of_kind(asked(phone, since=again.json["cursor"]), "verification")
    assert second["data"]["list_at"] > first["data"]["list_at"]


def test_of_a_secret_paper_it_says_that_it_waits_and_no_more(office, phone):
    office.paper(secrecy=Secrecy.RAHASIA, subject="Pemeriksaan khusus")
    answer = asked(phone)
    (item,) = of_kind(answer, "step")
    assert set(item["data"]) == {"step_id", "document_id", "keep"}
    assert item["data"]["keep"] is False
    assert "Pemeriksaan" not in answer.text


def test_nothing_of_others_papers_is_told(app, services, office):
    paper = office.paper(route=(0, 1), subject="Urusan orang lain")
    operator = signed_in(app, services, office.base.operator)
    next_one = signed_in(app, services, office.officials[1].person)
    with services.work() as work:
        stranger = papers.official(work.session)
    for other in (operator, next_one, signed_in(app, services, stranger.person)):
        answer = asked(other)
        assert of_kind(answer, "step") == []
        assert "Urusan orang lain" not in answer.text
        assert str(paper) not in answer.text


def test_it_is_for_those_who_signed_in(client):
    assert client.get("/api/v1/changes").status_code == 401


def test_nothing_new_is_small_and_asks_little(services, office, phone, statements):
    with services.work() as work:
        make_ready(work, issuer=services.issuer)
    for _ in range(3):
        office.paper()
    cursor = asked(phone).json["cursor"]
    statements.clear()
    phone.get("/devices")  # what every request asks first, and one question more
    usual = len(statements) - 1
    statements.clear()
    answer = asked(phone, since=cursor)
    assert answer.json["items"] == []
    assert len(answer.data) <= 200
    assert len(statements) - usual <= 5, statements


def test_a_page_asks_as_much_for_many_papers_as_for_one(office, phone, statements):
    def cost():
        statements.clear()
        answer = asked(phone)
        return len(statements), len(of_kind(answer, "step"))

    office.paper(route=(0, 1))
    asked(phone)  # delivered
    few, _ = cost()
    for _ in range(9):
        office.paper(route=(0, 1))
    asked(phone)
    many, count = cost()
    assert count == 10
    assert many == few
    assert many <= 20


def test_it_travels_compressed(office, phone):
    for _ in range(5):
        office.paper(route=(0, 1))
    asked(phone)
    plain = asked(phone)
    packed = phone.get("/changes", headers={"Accept-Encoding": "br"})
    assert packed.headers["Content-Encoding"] == "br"
    unpacked = json.loads(brotli.decompress(packed.data))
    assert unpacked["items"] == plain.json["items"]
    assert len(packed.data) < len(plain.data) / 4


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"since": "x" * 3000}])
def test_it_refuses_what_is_out_of_bounds(phone, query):
    assert phone.get("/changes", query_string=query).status_code == 422

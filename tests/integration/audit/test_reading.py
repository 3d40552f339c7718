"""The trail through HTTP: for auditors, page by page."""

from datetime import timedelta

import pytest

from backend.audit import trail
from backend.organisation.models import Role
from tests.factories import people
from tests.support.browser import signed_in


@pytest.fixture
def auditor(app, services, work):
    people.agency(work.session)
    person = people.person(work.session)
    people.role(work.session, person, Role.AUDITOR)
    for number in range(5):
        trail.record(work, "document.opened", "document", "naskah", number=number)
    work.session.commit()
    return signed_in(app, services, person)


def test_an_auditor_reads_by_subject_newest_first(auditor):
    first = auditor.get("/audit?subject=document:naskah&limit=3").json
    rest = auditor.get(f"/audit?subject=naskah&limit=3&cursor={first['next_cursor']}").json
    numbers = [row["data"]["number"] for row in first["items"] + rest["items"]]
    assert numbers == [4, 3, 2, 1, 0]
    assert rest["next_cursor"] is None


def test_an_auditor_reads_a_span_of_time(auditor, work, clock):
    begun = clock.now()
    clock.advance(timedelta(minutes=5))
    trail.record(work, "document.opened", "document", "naskah", number=5)
    work.session.commit()

    def numbers(**span):
        query = "&".join(f"{k}={v.isoformat().replace('+00:00', 'Z')}" for k, v in span.items())
        rows = auditor.get(f"/audit?subject=document:naskah&{query}").json["items"]
        return [row["data"]["number"] for row in rows]

    assert numbers(since=clock.now()) == [5]
    assert numbers(until=clock.now()) == [4, 3, 2, 1, 0]
    assert numbers(since=begun, until=clock.now() + timedelta(seconds=1)) == [5, 4, 3, 2, 1, 0]
    assert auditor.get("/audit?since=kemarin").status_code == 422


def test_an_auditor_sees_who_acted(auditor):
    auditor.patch("/session", {"language": "en"})
    rows = auditor.get("/audit").json["items"]
    assert rows[0]["action"] == "session.opened"
    assert rows[0]["actor"]["id"] == str(auditor.person_id)


def test_an_auditor_proves_the_chain(auditor):
    found = auditor.get("/audit/verification").json
    assert found["intact"] is True
    assert found["entries"] == 6


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.REGISTRATION_OFFICER, Role.OFFICIAL])
def test_nobody_else_reads_it(app, services, work, role):
    person = people.person(work.session)
    people.role(work.session, person, role)
    work.session.commit()
    browser = signed_in(app, services, person)
    assert browser.get("/audit").status_code == 403
    assert browser.get("/audit/verification").status_code == 403

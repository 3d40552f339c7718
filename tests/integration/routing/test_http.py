"""The same over HTTP: shapes, rights and refusals."""

import pytest

from backend.core.ids import new_id
from backend.documents.examination import MAX_PAGES
from backend.identity.statements import LONGEST
from backend.organisation.models import Role
from mobile_api.v1.steps import TickRequest
from tests.factories import papers, people
from tests.support.browser import signed_in

SUBSCRIPTION = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/contoh",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}


@pytest.fixture
def desk(work):
    people.agency(work.session)
    return papers.desk(work.session)


@pytest.fixture
def phones(app, services, work, desk):
    """The operator's browser and each official's phone."""
    work.session.commit()
    return [
        signed_in(app, services, person)
        for person in (desk.operator, *(official.person for official in desk.officials))
    ]


def steps_of(desk):
    return [
        {"position_id": str(official.position.id), "action": action}
        for official, action in zip(desk.officials, ("initial", "sign"), strict=True)
    ]


@pytest.fixture
def queued(phones, desk):
    operator = phones[0]
    path = f"/documents/{desk.document.id}"
    assert operator.put(f"{path}/route", {"steps": steps_of(desk)}).status_code == 200
    assert operator.post(f"{path}/queue").status_code == 200
    return phones


def tick(phone, step):
    return phone.post(
        f"/steps/{step['step_id']}/tick",
        {
            "statement": phone.state(
                "tick+jwt",
                step=step["step_id"],
                mandate=step["mandate_id"],
                version=step["version"]["id"],
                version_sha256=step["version"]["sha256"],
                pages=[page["image"]["sha256"] for page in step["version"]["pages"]],
            )
        },
    )


def test_a_route_is_drawn_and_says_what_would_hold_it_up(phones, desk):
    answer = phones[0].put(f"/documents/{desk.document.id}/route", {"steps": steps_of(desk)})
    route = answer.json
    assert (route["round"], route["queued"], route["document_state"]) == (1, False, "draft")
    assert [step["state"] for step in route["steps"]] == ["waiting", "waiting"]
    (warning,) = route["warnings"]
    assert (warning["ordinal"], warning["code"]) == (2, "no-certificate")
    assert desk.officials[1].person.name in warning["detail"]


def test_a_paper_is_read_ticked_and_initialled(queued, desk):
    _, first, second = queued
    inbox = first.get("/inbox").json
    assert (inbox["total"], inbox["unopened"], inbox["next_cursor"]) == (1, 1, None)
    (item,) = inbox["items"]
    assert item["subject"] == desk.document.subject
    assert item["capacity"] == desk.officials[0].position.title

    step = first.post(f"/steps/{item['step_id']}/opened").json
    assert (step["opened"], step["allowed"]) == (True, ["tick", "return", "reject"])
    image = step["version"]["pages"][0]["image"]
    assert image["url"] == f"/api/v1/versions/{desk.version.id}/pages/1/image"

    ticked = tick(first, step)
    assert ticked.status_code == 200, ticked.json
    assert (ticked.json["state"], ticked.json["tick"]["own"]) == ("ticked", True)
    assert ticked.json["ticked_at"].endswith("Z")

    done = first.post(f"/steps/{item['step_id']}/initial").json
    assert (done["state"], done["allowed"]) == ("done", [])
    assert second.get("/inbox").json["total"] == 1
    (deed,) = first.get("/history").json["items"]
    assert (deed["state"], deed["voided"]) == ("done", False)


def test_the_longest_paper_can_be_ticked():
    """A tick names every page that was shown."""
    key = people.DeviceKey()
    statement = key.sign("tick+jwt", {"pages": ["0" * 64] * MAX_PAGES, "jti": "x" * 64})
    assert TickRequest(statement=statement).statement == statement
    assert len(statement) <= LONGEST


def test_everyone_on_the_route_reads_its_timeline(queued, desk):
    path = f"/documents/{desk.document.id}/timeline"
    for phone in queued:
        timeline = phone.get(path).json
        assert [mark["kind"] for mark in timeline["items"]] == ["uploaded", "examined", "queued"]
        assert [step["holder_name"] for step in timeline["steps"]] == [
            official.person.name for official in desk.officials
        ]


def test_strangers_are_told_that_nothing_is_there(queued, desk, app, services, work):
    item = queued[1].get("/inbox").json["items"][0]
    official = papers.official(work.session).person
    operator = people.operator(work.session)
    work.session.commit()
    document = f"/documents/{desk.document.id}"
    for person in (official, operator):
        phone = signed_in(app, services, person)
        assert phone.get("/inbox").json["items"] == []
        for path in (f"/steps/{item['step_id']}", f"{document}/timeline", f"{document}/route"):
            assert phone.get(path).status_code == 404, path
        for path in ("opened", "initial"):
            assert phone.post(f"/steps/{item['step_id']}/{path}").status_code == 404
        refused = phone.post(f"/steps/{item['step_id']}/reject", {"note": "Iseng"})
        assert refused.json["code"] == "general/not-found"
    assert signed_in(app, services, operator).post(f"{document}/withdraw").status_code == 404


def test_an_official_draws_and_queues_nothing(queued, desk):
    official = queued[1]
    for method, path in (("put", "route"), ("post", "queue"), ("post", "withdraw")):
        body = {"steps": []} if path == "route" else {}
        answer = getattr(official, method)(f"/documents/{desk.document.id}/{path}", body)
        assert answer.status_code == 403, path


def test_a_refusal_names_what_happened(queued):
    second = queued[2]
    first_step = queued[1].get("/inbox").json["items"][0]["step_id"]
    answer = second.post(f"/steps/{first_step}/initial")
    assert (answer.status_code, answer.json["code"]) == (403, "routing/no-mandate")
    assert answer.content_type == "application/problem+json"
    note = queued[1].post(f"/steps/{first_step}/return", {"note": " "})
    assert (note.status_code, note.json["code"]) == (422, "routing/note-required")


def test_an_unknown_step_is_not_found(phones):
    assert phones[1].get(f"/steps/{new_id()}").status_code == 404
    assert phones[1].post(f"/steps/{new_id()}/opened").status_code == 404


def test_the_operator_sees_where_a_paper_waits(queued, desk):
    (row,) = queued[0].get("/tracking").json["items"]
    assert row["waiting_for"] == desk.officials[0].position.title
    assert (row["done"], row["total"], row["overdue"]) == (0, 2, False)
    assert queued[1].get("/tracking").status_code == 403


@pytest.mark.parametrize("path", ["/inbox", "/history", "/notices", "/tracking"])
@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WzEsMl0", "W10", "WyJhIiwiYiIsImMiXQ"])
def test_a_made_up_cursor_is_refused(phones, path, cursor, work, desk):
    phone = phones[0] if path == "/tracking" else phones[1]
    answer = phone.get(f"{path}?cursor={cursor}")
    assert (answer.status_code, answer.json["code"]) == (422, "general/invalid")


def test_cursors_lead_through_the_whole_desk(queued, desk, work):
    for _ in range(4):
        document = papers.document(work.session, desk.unit, desk.operator)
        document.current_version_id = papers.version(work.session, document).id
        work.session.commit()
        queued[0].put(f"/documents/{document.id}/route", {"steps": steps_of(desk)})
        queued[0].post(f"/documents/{document.id}/queue")
    for path, phone in (("/inbox", queued[1]), ("/tracking", queued[0])):
        seen, cursor = set(), ""
        for _ in range(3):
            page = phone.get(f"{path}?limit=2{cursor}").json
            seen |= {item["step_id"] for item in page["items"]}
            cursor = f"&cursor={page['next_cursor']}"
        assert (len(seen), page["next_cursor"]) == (5, None)


def test_notices_are_listed_and_read(queued, run_jobs, work):
    from backend.core.jobs import Job

    run_jobs(skip=(Job.PREPARE_SIGNATURES,))
    first = queued[1]
    found = first.get("/notices").json
    assert found["unread"] == 1
    (notice,) = found["items"]
    assert (notice["kind"], notice["read"]) == ("your-turn", False)
    assert notice["title"] == "Ada naskah menunggu Anda di Centang."
    assert first.post("/notices/read", {"until_id": notice["id"]}).json == {"unread": 0}


class TestSubscribing:
    def test_a_phone_subscribes_again_and_stops(self, phones):
        phone = phones[1]
        assert len(phone.get("/push/key").json["vapid_public_key"]) == 87
        for _ in range(2):
            assert phone.put("/push/subscription", SUBSCRIPTION).json == {"subscribed": True}
        assert phone.delete("/push/subscription").json == {"subscribed": False}
        assert phone.delete("/push/subscription").json == {"subscribed": False}

    def test_on_a_shared_browser_the_last_to_subscribe_has_the_endpoint(self, phones, work):
        from backend.notifications.models import PushSubscription

        for phone in phones[1:]:
            phone.put("/push/subscription", SUBSCRIPTION)
        (row,) = work.session.query(PushSubscription).all()
        assert row.device_id == phones[2].device_id

    def test_an_endpoint_off_the_list_is_refused(self, phones):
        body = SUBSCRIPTION | {"endpoint": "https://10.0.0.1/x"}
        answer = phones[1].put("/push/subscription", body)
        assert answer.json["code"] == "notifications/endpoint-refused"
        assert answer.json["params"] == {"host": "10.0.0.1"}

    @pytest.mark.parametrize(
        "keys",
        [
            {"p256dh": "AAAA", "auth": SUBSCRIPTION["keys"]["auth"]},
            {"p256dh": SUBSCRIPTION["keys"]["p256dh"], "auth": "AAAA"},
            {"p256dh": "é", "auth": "é"},
            {"p256dh": "B" + "A" * 86, "auth": SUBSCRIPTION["keys"]["auth"]},
        ],
    )
    def test_keys_that_encrypt_to_nobody_are_refused(self, phones, keys):
        answer = phones[1].put("/push/subscription", SUBSCRIPTION | {"keys": keys})
        assert answer.json["code"] == "notifications/keys-invalid"

    def test_a_browser_without_a_device_cannot_subscribe(self, app, services, work):
        person = people.official(work.session)
        people.role(work.session, person, Role.AUDITOR)
        work.session.commit()
        browser = signed_in(app, services, person, device=False)
        answer = browser.put("/push/subscription", SUBSCRIPTION)
        assert answer.json["code"] == "notifications/device-required"

"""What holds for every request, whatever the resource: shown on small views of the test's own."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from apiflask import APIBlueprint
from flask.testing import FlaskClient
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from backend.bootstrap import Services
from backend.core.errors import NOT_FOUND, Problem
from backend.core.models import IdempotencyRecord, InstallationFact
from mobile_api.access import public, public_secret, signed_in
from mobile_api.app import Application, create_app
from mobile_api.context import current_work

COUNTED = Problem("test/counted", 422, "Dihitung", "Sudah dihitung {times} kali.", keeps_work=True)
del Problem.registry[COUNTED.code]  # this test's own, not the API's
WAITING, GO = threading.Event(), threading.Event()


class Thing(BaseModel):
    name: str
    size: int = 0


def _write(name: str) -> None:
    fact = InstallationFact(name=name, value={}, updated_at=datetime(2026, 3, 2, tzinfo=UTC))
    current_work().session.add(fact)


def _views() -> APIBlueprint:
    bp = APIBlueprint("things", __name__, url_prefix="/api/v1/things")

    @bp.post("")
    @public
    @bp.input(Thing)
    def make(json_data: Thing) -> dict[str, Any]:
        _write(json_data.name)
        return {"id": str(uuid4())}

    @bp.post("/secret")
    @public_secret
    def make_secret() -> dict[str, Any]:
        return {"secret": str(uuid4())}

    @bp.post("/refused")
    @public
    def refuse() -> None:
        _write("refused")
        raise NOT_FOUND()

    @bp.post("/counted")
    @public
    def count() -> None:
        _write("counted")
        raise COUNTED(times=1)

    @bp.post("/slow")
    @public
    def slow() -> dict[str, Any]:
        WAITING.set()
        assert GO.wait(10)
        return {}

    @bp.get("/broken")
    @public
    def broken() -> None:
        raise ValueError("frasa-sandi-rahasia")

    @bp.get("/raced")
    @public
    def raced() -> None:
        raise IntegrityError("INSERT INTO secret_table", {}, Exception("duplicate key"))

    @bp.get("/mine")
    @signed_in
    def mine() -> dict[str, Any]:
        return {"ok": True}

    return bp


@pytest.fixture
def app(services: Services) -> Application:
    app = create_app(services)
    app.register_blueprint(_views())
    return app


def _facts(services: Services) -> list[str]:
    with services.work() as work:
        return list(work.session.scalars(select(InstallationFact.name)))


def _post(client: FlaskClient, path: str, key: str, **body: Any) -> Any:
    return client.post(f"/api/v1/things{path}", json=body, headers={"Idempotency-Key": key})


def test_a_repeated_request_gets_the_first_answer_and_has_one_effect(
    client: FlaskClient, services: Services
) -> None:
    key = str(uuid4())
    first = _post(client, "", key, name="a")
    again = _post(client, "", key, name="a")
    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    assert _facts(services) == ["a"]


def test_the_same_key_for_another_request_is_refused(client: FlaskClient) -> None:
    key = str(uuid4())
    _post(client, "", key, name="a")
    answer = _post(client, "", key, name="b")
    assert (answer.status_code, answer.json["code"]) == (422, "general/key-reused")


def test_a_refused_request_can_be_repeated_with_the_same_key(
    client: FlaskClient, services: Services
) -> None:
    key = str(uuid4())
    assert _post(client, "", key).status_code == 422
    assert _facts(services) == []
    with services.work() as work:
        assert work.session.scalar(select(func.count(IdempotencyRecord.id))) == 0


def test_an_answer_with_a_secret_is_not_stored(client: FlaskClient, services: Services) -> None:
    key = str(uuid4())
    first = _post(client, "/secret", key)
    again = _post(client, "/secret", key)
    assert again.json["code"] == "general/already-done"
    with services.work() as work:
        record = work.session.scalars(select(IdempotencyRecord)).one()
    assert record.body is None
    assert first.json["secret"] not in str(vars(record))


def test_a_request_in_flight_is_not_started_twice(new_client: Callable[[], FlaskClient]) -> None:
    WAITING.clear()
    GO.clear()
    key, answers = str(uuid4()), []
    thread = threading.Thread(target=lambda: answers.append(_post(new_client(), "/slow", key)))
    thread.start()
    assert WAITING.wait(10)
    second = _post(new_client(), "/slow", key)
    GO.set()
    thread.join()
    assert (second.status_code, second.json["code"]) == (409, "general/in-flight")
    assert answers[0].status_code == 200


def test_a_refusal_undoes_what_the_use_case_wrote(client: FlaskClient, services: Services) -> None:
    assert client.post("/api/v1/things/refused").status_code == 404
    assert _facts(services) == []


def test_a_refusal_that_keeps_its_work_is_committed(
    client: FlaskClient, services: Services
) -> None:
    answer = client.post("/api/v1/things/counted")
    assert answer.json["detail"] == "Sudah dihitung 1 kali."
    assert _facts(services) == ["counted"]


def test_a_rejected_body_names_the_fields_without_server_prose(client: FlaskClient) -> None:
    answer = client.post("/api/v1/things", json={"size": "big"})
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "general/invalid"
    assert answer.json["fields"] == [
        {"path": "name", "code": "missing"},
        {"path": "size", "code": "int_parsing"},
    ]


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'"text"'])
def test_rubbish_is_refused_politely(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/api/v1/things", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.json["code"] == "general/invalid"


def test_an_unforeseen_failure_says_nothing_of_itself(client: FlaskClient) -> None:
    answer = client.get("/api/v1/things/broken")
    assert (answer.status_code, answer.json["code"]) == (500, "general/internal")
    assert "frasa-sandi-rahasia" not in answer.text
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_two_writers_that_meet_are_a_conflict_without_sql(client: FlaskClient) -> None:
    answer = client.get("/api/v1/things/raced")
    assert (answer.status_code, answer.json["code"]) == (409, "general/conflict")
    assert "secret_table" not in answer.text


def test_nobody_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/api/v1/things/mine")
    assert (answer.status_code, answer.json["code"]) == (401, "general/sign-in-required")


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for path in ("/api/v1/none", "/api/v1/things/mine", "/"):
        with client.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_the_api_answers_is_not_cached(client: FlaskClient) -> None:
    assert client.get("/api/v1/things/mine").headers["Cache-Control"] == "no-store"

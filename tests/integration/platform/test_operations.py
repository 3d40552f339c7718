"""Health, metrics, request lines, and the explanation over plain HTTP."""

import io
import json

import pytest
from flask.testing import FlaskClient

from backend.bootstrap import Services
from backend.core import logs
from mobile_api.app import Application, create_app
from mobile_api.origin import audience


def test_it_says_that_it_lives_and_what_is_missing(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"status": "ok", "database": True, "worker": False}


def test_metrics_are_for_the_machine_itself(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "centang_request_seconds" in answer.text
    assert "centang_workers 0.0" in answer.text


@pytest.mark.parametrize(
    ("address", "headers"),
    [("10.0.0.7", {}), ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"})],
)
def test_others_find_no_metrics(client: FlaskClient, address: str, headers: dict[str, str]) -> None:
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 404


def test_a_token_opens_the_metrics_from_anywhere_and_closes_them_here(services: Services) -> None:
    services.settings.__dict__["metrics_token"] = (
        type(services.settings).model_validate({"metrics_token": "a-long-token"}).metrics_token
    )
    client = create_app(services, TESTING=True).test_client()
    elsewhere = {"REMOTE_ADDR": "10.0.0.7"}
    good = {"Authorization": "Bearer a-long-token"}
    assert client.get("/metrics", headers=good, environ_base=elsewhere).status_code == 200
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 404


@pytest.mark.parametrize("host", ["10.1.2.3:8080", "desk.contoh.example", "[fd00::7]:8080"])
def test_plain_http_on_the_network_explains_itself(client: FlaskClient, host: str) -> None:
    page = client.get("/masuk", headers={"Host": host})
    assert page.status_code == 403
    assert "https://" in page.text
    assert "HTTPS=1 make run" in page.text
    answer = client.post("/api/v1/sign-in", json={}, headers={"Host": host})
    assert answer.json["code"] == "general/https-needed"


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "a.localhost"])
def test_the_machine_itself_needs_no_https(client: FlaskClient, host: str) -> None:
    answer = client.get("/api/v1/nothing-here", headers={"Host": host})
    assert answer.json["code"] == "general/not-found"


def test_https_needs_no_explanation(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing-here", base_url="https://desk.contoh.example")
    assert answer.json["code"] == "general/not-found"


def test_public_pages_stay_reachable_over_plain_http(client: FlaskClient) -> None:
    for path in ("/v/ABC", "/api/v1/public/records/ABC", "/healthz"):
        answer = client.get(path, headers={"Host": "10.1.2.3:8080"})
        assert answer.status_code != 403


def test_a_request_is_one_line_without_its_path(
    client: FlaskClient, log_stream: io.StringIO
) -> None:
    logs.configure("INFO", process="test", stream=log_stream)
    client.get("/v/SECRETCODE00000000", headers={"X-Request-Id": "abcdef0123456789"})
    lines = [json.loads(line) for line in log_stream.getvalue().splitlines()]
    (line,) = [line for line in lines if line["message"] == "request"]
    assert line["request_id"] == "abcdef0123456789"
    assert line["process"] == "test"
    assert line["status"] >= 200
    assert "SECRETCODE" not in log_stream.getvalue()


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "[::1]:8080"])
def test_pages_under_another_local_name_move_to_the_one_origin(
    client: FlaskClient, host: str
) -> None:
    answer = client.get("/dokumen/1?x=2", headers={"Host": host})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "http://localhost:8080/dokumen/1?x=2"


def test_an_https_page_under_another_name_moves_too(client: FlaskClient) -> None:
    answer = client.get("/", base_url="https://other.contoh.example")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "http://localhost:8080/"


def test_files_and_the_api_do_not_move(client: FlaskClient) -> None:
    for path in ("/assets/app.js", "/api/v1/session", "/healthz", "/v/ABC"):
        assert client.get(path, headers={"Host": "127.0.0.1:8080"}).status_code != 302


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://phish.example", "http://localhost:8080"),
    ],
)
def test_a_statement_names_our_origin_or_this_machine(
    app: Application, base: str, expected: str
) -> None:
    with app.test_request_context("/", base_url=base):
        assert audience() == expected

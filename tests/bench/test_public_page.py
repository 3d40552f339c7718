"""How fast a citizen gets the public page, beside a bare Flask route in the same run."""

import contextlib
import os
import statistics
from dataclasses import replace

import pytest

from backend.verification.published import Published
from mobile_api.public import throttle
from tests.bench import bare
from tests.factories.records import office as make_office
from tests.support.web_server import WebServer, web_server

pytestmark = pytest.mark.usefixtures("generous")
BROTLI = {"Accept-Encoding": "br"}
REQUESTS, ROUNDS = 1000, 3


@pytest.fixture
def generous(monkeypatch):
    """One client asks as often as a whole province; the counting itself stays."""
    monkeypatch.setattr(throttle, "READ", (10**9, 10**9))


@pytest.fixture
def published(services, app):
    """As a process keeps answers, which tests otherwise do not let it do."""
    kept = Published(services.engine)
    app.serve(replace(services, published=kept))
    return kept


def test_public_page(benchmark, services, published, client):
    path = f"/v/{make_office(services).issue().public_code}"
    client.get(path, headers=BROTLI)
    assert benchmark(client.get, path, headers=BROTLI).status_code == 200


def test_public_page_read_anew(benchmark, services, published, client):
    path = f"/v/{make_office(services).issue().public_code}"

    def read():
        published._kept.clear()
        return client.get(path, headers=BROTLI)

    assert benchmark(read).status_code == 200


def test_public_record(benchmark, services, published, client):
    path = f"/api/v1/public/records/{make_office(services).issue().public_code}"
    client.get(path)
    assert benchmark(client.get, path).json["state"] == "intact"


def test_registry_answer_by_digest(benchmark, services, published):
    document = make_office(services).issue()

    def ask():
        with services.work() as work:
            return published.file(work, document.signed_sha256)

    assert benchmark(ask).answer.status == "final"


def test_bare_flask_route(benchmark):
    client = bare.app.test_client()
    assert benchmark(client.get, "/").status_code == 200


def test_behind_gunicorn(benchmark, services, database_url, record_property):
    """One process each, as deployed; processor time of the server, so that neighbours count less."""
    path = f"/v/{make_office(services).issue().public_code}"
    with (
        web_server("wsgi:app", services.settings, database_url, processes=1) as ours,
        web_server("tests.bench.bare:app", services.settings, database_url, processes=1) as plain,
    ):
        costs: list[list[float]] = [[], []]
        for _ in range(ROUNDS):
            for server, asked, known in ((ours, path, costs[0]), (plain, "/", costs[1])):
                known.append(_cost(server, asked))
        benchmark.pedantic(_ask, (ours, path, REQUESTS), rounds=1)
    page, route = map(statistics.median, costs)
    share = f"{route / page:.0%} of a bare Flask route (goal: 50%)"
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    record_property(
        "public page behind gunicorn",
        f"{1 / page:,.0f} requests a second of processor time beside {1 / route:,.0f}: {share}; "
        f"load {load}",
    )


def _cost(server: WebServer, path: str) -> float:
    """Seconds of the server's processor time for one request."""
    before = server.cpu_seconds()
    _ask(server, path, REQUESTS)
    return (server.cpu_seconds() - before) / REQUESTS


def _ask(server: WebServer, path: str, times: int) -> None:
    with contextlib.closing(server.connect()) as connection:
        for _ in range(times):
            connection.request("GET", path, headers=BROTLI)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200

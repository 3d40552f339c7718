"""How fast a citizen gets the public page, beside a bare Flask route in the same run."""

import pytest
from flask import Flask

from mobile_api.public import throttle
from tests.factories.records import office as make_office

pytestmark = pytest.mark.usefixtures("generous")


@pytest.fixture
def generous(monkeypatch):
    """One client asks as often as a whole province; the counting itself stays."""
    monkeypatch.setattr(throttle, "LOOKUPS", (10**9, 10**9))


def test_public_page(benchmark, services, client):
    document = make_office(services).issue()
    headers = {"Accept-Encoding": "br"}
    answer = benchmark(client.get, f"/v/{document.public_code}", headers=headers)
    assert answer.status_code == 200


def test_bare_flask_route(benchmark):
    app = Flask(__name__)
    app.add_url_rule("/", "page", lambda: "<!doctype html><title>Contoh</title>")
    client = app.test_client()
    assert benchmark(client.get, "/").status_code == 200

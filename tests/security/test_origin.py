"""Whom a device's statement must name: one installation, however it is asked."""

from dataclasses import replace

import pytest

from backend.bootstrap import Services
from backend.core.settings import Settings
from mobile_api.app import create_app
from mobile_api.origin import audience

PUBLIC = "https://centang.contoh.go.id"


@pytest.mark.parametrize(
    ("own", "asked", "expected"),
    [
        ("http://localhost:8080", "http://localhost:9090", "http://localhost:9090"),
        ("http://localhost:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://tamu.contoh", "http://localhost:8080"),
        ("https://localhost:8080", "https://localhost:9443", "https://localhost:9443"),
        (PUBLIC, PUBLIC, PUBLIC),
        (PUBLIC, "https://localhost:8080", PUBLIC),
        (PUBLIC, "https://penipu.contoh", PUBLIC),
    ],
)
def test_only_on_this_very_machine_the_address_asked_for_counts(
    services: Services, own: str, asked: str, expected: str
) -> None:
    settings = Settings(home=services.settings.home, public_url=own, _env_file=None)
    app = create_app(_with(services, settings), TESTING=True)
    with app.test_request_context("/api/v1/session", base_url=asked):
        assert audience() == expected


def test_no_header_of_a_stranger_moves_the_audience(services: Services) -> None:
    settings = Settings(home=services.settings.home, public_url=PUBLIC, _env_file=None)
    app = create_app(_with(services, settings), TESTING=True)
    forged = {"X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "http", "Host": "localhost"}
    with app.test_request_context("/api/v1/session", headers=forged):
        assert audience() == PUBLIC


def _with(services: Services, settings: Settings) -> Services:
    return replace(services, settings=settings)

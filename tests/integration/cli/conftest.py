"""The command line on the session's database."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from backend.bootstrap import Services
from mobile_api.cli import main


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def environment(
    services: Services,
    owner_url: str,
    database_url: str,
    cheap_hashes: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The environment's variables describe the test's installation."""
    monkeypatch.setenv("CENTANG_HOME", str(services.settings.root))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", owner_url)
    monkeypatch.setenv("CENTANG_ISSUER", "inline")


@pytest.fixture
def run(environment: None, capfd: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Result:
        code = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err + captured.out
        return Result(code, captured.out, captured.err)

    return run

"""Fixtures for everyone: a real PostgreSQL, a clock to set, files in a temporary home."""

import io
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import structlog
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from backend import bootstrap
from backend.bootstrap import Services
from backend.core.blobs import BlobStore
from backend.core.db import Work, make_engine
from backend.core.ids import public_code
from backend.core.postgres import OWNER
from backend.core.settings import Settings
from backend.identity import passwords
from backend.verification.published import Published
from mobile_api.app import Application, create_app
from tests.factories.passphrases import CHEAP
from tests.support.clock import SettableClock
from tests.support.database import Cluster
from tests.support.jobs import RunJobs, run_pending
from tests.support.softhsm import SoftHsm


@pytest.fixture(scope="session", autouse=True)
def _nothing_waits_for_the_disk(request: pytest.FixtureRequest) -> Iterator[None]:
    """Only a power cut loses what was written; what is measured waits."""
    with pytest.MonkeyPatch.context() as patch:
        if not request.config.getoption("benchmark_only"):
            patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Cluster]:
    """The session's PostgreSQL (one for each xdist worker); what is measured waits for its disk."""
    measured = bool(request.config.getoption("benchmark_only"))
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), durable=measured)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def _engine(cluster: Cluster) -> Iterator[Engine]:
    engine = make_engine(cluster.url(cluster.main), pool_size=16)
    yield engine
    engine.dispose()


@pytest.fixture
def database_url(cluster: Cluster) -> str:
    """The application role's address of an empty database with the whole schema."""
    cluster.clean()
    return cluster.url(cluster.main)


@pytest.fixture
def owner_url(database_url: str, cluster: Cluster) -> str:
    """The same database for the role that owns the tables."""
    return cluster.url(cluster.main, OWNER)


@pytest.fixture
def empty_database(cluster: Cluster) -> Iterator[str]:
    """The owner role's address of a new database without any table."""
    name = f"empty_{public_code(8).lower()}"
    cluster.create(name)
    yield cluster.url(name, OWNER)
    cluster.drop(name)


@pytest.fixture
def engine(database_url: str, _engine: Engine) -> Engine:
    return _engine


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions on connections of their own; real commits are fine."""
    return sessionmaker(engine, expire_on_commit=False)


@pytest.fixture
def clock() -> SettableClock:
    """Stands at 2 March 2026, 09.00 WIB, until the test moves it."""
    return SettableClock()


@pytest.fixture
def work(sessions: sessionmaker[Session], clock: SettableClock) -> Iterator[Work]:
    """One unit of work; commit with `work.session.commit()` when others should see it."""
    with sessions() as session:
        yield Work(session, clock)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", issuer="inline", desk="inline", _env_file=None)


@pytest.fixture
def blobs(settings: Settings) -> BlobStore:
    return BlobStore.from_settings(settings)


@pytest.fixture
def services(
    settings: Settings, database_url: str, clock: SettableClock, engine: Engine
) -> Services:
    built = bootstrap.build(settings, database_url, clock=clock, engine=engine, cost=CHEAP)
    # What a test changes, it wants to see at once.
    return replace(built, published=Published(engine, max_age=0))


@pytest.fixture
def softhsm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    """An empty hardware module of SoftHSM2."""
    return SoftHsm(tmp_path / "softhsm", monkeypatch)


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id as always, with little memory, for tests that hash many passwords."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 64, 1))
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def _applications() -> dict[str, Application]:
    return {}


@pytest.fixture
def app(services: Services, _applications: dict[str, Application]) -> Application:
    """Made once, since compiling its routes takes longer than most tests; with this test's services."""
    netloc = urlsplit(services.settings.origin).netloc
    if netloc not in _applications:
        _applications[netloc] = create_app(services, TESTING=True, SERVER_NAME=netloc)
    _applications[netloc].serve(services)
    return _applications[netloc]


@pytest.fixture
def client(app: Application) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def new_client(app: Application) -> Callable[[], FlaskClient]:
    """Makes further clients, each with cookies of its own."""
    return app.test_client


@pytest.fixture
def log_stream() -> Iterator[io.StringIO]:
    """Where a test may send the logs with `logs.configure(…, stream=log_stream)`."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture
def run_jobs(services: Services) -> RunJobs:
    """`run_jobs()` performs every waiting job through the worker's handlers; see run_pending."""
    return partial(run_pending, services)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what passing tests measured and noted with `record_property`."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")

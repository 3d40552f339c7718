"""The fixtures that every other test stands on."""

from datetime import timedelta

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from backend.bootstrap import Services
from backend.core import jobs
from backend.core.db import Work
from backend.core.jobs import Job
from backend.core.models import InstallationFact
from backend.worker import HANDLERS
from tests.support.clock import START, SettableClock
from tests.support.jobs import RunJobs


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_an_empty_database_although_the_last_one_committed(
    work: Work, sessions: sessionmaker[Session], turn: int
) -> None:
    assert work.session.scalars(select(InstallationFact)).all() == []
    work.session.add(
        InstallationFact(name="turn", value={"n": turn}, updated_at=work.now, updated_by=None)
    )
    work.session.commit()
    with sessions() as other:
        assert other.get_one(InstallationFact, "turn").value == {"n": turn}


def test_the_clock_moves_only_when_told(clock: SettableClock, work: Work) -> None:
    assert work.now == START
    clock.advance(hours=2)
    assert work.now == START + timedelta(hours=2)


def test_the_application_role_cannot_change_the_audit_trail(work: Work) -> None:
    for statement in ("UPDATE audit_entry SET action = ''", "DELETE FROM audit_entry"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            work.session.execute(text(statement))
        work.session.rollback()


def test_even_the_owner_cannot_change_the_audit_trail(owner_url: str) -> None:
    with (
        psycopg.connect(owner_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        connection.execute("TRUNCATE audit_entry")


def test_run_jobs_performs_what_was_deferred_and_committed(
    services: Services, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setitem(
        HANDLERS,
        Job.TIDY,
        lambda _services, **ids: seen.append(ids),
    )
    with services.work() as work:
        jobs.defer(work.session, Job.TIDY, n=7)
        work.session.flush()
        assert run_jobs() == []
    assert run_jobs() == [Job.TIDY]
    assert seen == [{"n": 7}]
    assert run_jobs() == []


def test_the_client_talks_to_the_application(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"

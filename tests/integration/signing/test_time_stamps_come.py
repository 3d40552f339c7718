"""No passphrase is asked while no time stamp could be had."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.bootstrap import Services
from backend.certificates.timestamps import HttpTimeStamper
from tests.factories.signings import Case, case
from tests.fakes.authority_server import AuthorityServer
from tests.support.clock import SettableClock


@pytest.fixture
def elsewhere(tmp_path: Path, clock: SettableClock) -> Iterator[AuthorityServer]:
    with AuthorityServer(tmp_path / "elsewhere", clock).running() as running:
        yield running


def stamped_by(services: Services, server: AuthorityServer) -> Case:
    """A ticked paper of an agency whose time stamps come from outside."""
    paper = case(replace(services, time_stamper=HttpTimeStamper(f"{server.origin}/tsa")))
    paper.tick(paper.signatories[0])
    paper.prepare()
    return paper


def why_not(paper: Case) -> str | None:
    problem = paper.preflight(paper.signatories[0]).standing.problem
    return problem.code if problem else None


def test_a_service_that_does_not_answer_is_told_before_the_passphrase(
    services: Services, elsewhere: AuthorityServer
) -> None:
    paper = stamped_by(services, elsewhere)
    elsewhere.broken = True
    assert why_not(paper) == "certificates/time-stamp-unavailable"
    elsewhere.broken = False
    assert why_not(paper) is None


def test_no_transaction_is_open_while_it_is_asked(
    services: Services, elsewhere: AuthorityServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = stamped_by(services, elsewhere)
    held: list[int] = []

    def asked(_: HttpTimeStamper) -> None:
        with services.engine.connect() as connection:
            held.append(
                connection.execute(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' "
                        "AND datname = current_database() AND pid <> pg_backend_pid()"
                    )
                ).scalar_one()
            )

    monkeypatch.setattr(HttpTimeStamper, "require_answer", asked)
    assert why_not(paper) is None
    assert held == [0]

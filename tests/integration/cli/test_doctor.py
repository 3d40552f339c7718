"""Each check says what is wrong and how to mend it."""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from backend import demo
from backend.bootstrap import Services
from backend.certificates import authority, revocation
from backend.core import limits
from backend.core.settings import Settings
from backend.signing import desk_socket
from mobile_api.cli.checks import Finding, Level, floods, house, machine, running, sandbox
from mobile_api.cli.checks import authority as authority_checks
from mobile_api.cli.doctor import CHECKS, examine
from mobile_api.public import throttle
from tests.integration.cli.conftest import Run
from tests.support.clock import SettableClock

Examine = Callable[..., list[Finding]]


def with_settings(services: Services, **changes: object) -> Services:
    from dataclasses import replace

    return replace(services, settings=services.settings.model_copy(update=changes))


@pytest.fixture
def regency(services: Services, environment: None) -> Services:
    """An installation on which nothing about people and certificates is wrong."""
    inline = with_settings(services, issuer="inline")
    demo.seed(inline)
    return inline


def problems(findings: list[Finding]) -> str:
    return "\n".join(f"{each.level} {each.problem} -> {each.remedy}" for each in findings)


def test_it_tells_problems_with_remedies_and_fails(run: Run) -> None:
    result = run("doctor")
    assert result.code == 1
    assert "No worker is running" in result.out
    assert "centang worker" in result.out


def test_it_tells_machines_the_same(run: Run) -> None:
    result = run("doctor", "--json")
    assert result.code == 1
    for each in json.loads(result.out):
        assert set(each) == {"level", "problem", "remedy"}


def test_every_finding_has_both_halves(services: Services) -> None:
    for each in examine(services):
        assert each.problem.endswith(".")
        assert len(each.remedy) > 10


def test_an_open_home_and_open_secrets_are_named(services: Services) -> None:
    services.settings.root.chmod(0o755)
    path = services.settings.secrets_dir / "master.key"
    path.chmod(0o644)
    said = problems(examine(services, (machine.home_is_private, machine.secrets_are_private)))
    assert "is open to other users" in said
    assert f"chmod o-rwx {path}" in said
    services.settings.root.chmod(0o700)
    path.chmod(0o600)
    assert not examine(services, (machine.home_is_private, machine.secrets_are_private))


@pytest.mark.parametrize(("free", "level"), [(500 << 20, Level.FAIL), (3 << 30, Level.WARN)])
def test_a_filling_disk_is_named(
    services: Services, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage)
    findings = examine(services, (machine.disk_has_room,))
    assert findings[0].level is level
    assert "GiB left" in findings[0].problem


def test_old_tables_are_named(services: Services, owner_url: str) -> None:
    import psycopg

    assert not examine(services, (running.tables_are_current,))
    with psycopg.connect(owner_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    try:
        assert "`centang migrate`" in problems(examine(services, (running.tables_are_current,)))
    finally:
        with psycopg.connect(owner_url) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0002'")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "nobody else can open that"),
        ({"public_url": "http://centang.contoh.example"}, "is not HTTPS"),
        ({"public_url": "https://centang.contoh.example"}, "CENTANG_TRUSTED_PROXIES=1"),
        (
            {"public_url": "https://contoh.example/centang", "trusted_proxies": 1},
            "without a path",
        ),
    ],
)
def test_a_wrong_address_is_named(
    services: Services, changes: dict[str, object], said: str
) -> None:
    assert said in problems(
        examine(with_settings(services, **changes), (running.address_is_public,))
    )


def test_a_right_address_is_not(services: Services) -> None:
    good = with_settings(services, public_url="https://centang.contoh.example", trusted_proxies=1)
    assert not examine(good, (running.address_is_public,))


def test_a_worker_without_its_desk_is_named(services: Services, owner_url: str) -> None:
    import psycopg

    web = with_settings(services, desk="worker")
    look = (running.desk_is_answering,)
    assert not examine(web, look)  # no worker at all: said by another check
    with psycopg.connect(owner_url) as connection:
        connection.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert str(web.settings.desk_socket) in problems(examine(web, look))
    assert not examine(services, look)
    with desk_socket.serving(web.settings.desk_socket, web.work, web.signing, web.engine, web.seal):
        deadline = time.monotonic() + 10
        while found := examine(web, look):
            assert time.monotonic() < deadline, problems(found)
            time.sleep(0.02)


def test_failed_jobs_are_named(services: Services, owner_url: str) -> None:
    import psycopg

    with psycopg.connect(owner_url) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('documents', 'documents.examine_version', 'failed')"
        )
    said = problems(examine(services, (running.jobs_get_done,)))
    assert "1 jobs of the kind documents.examine_version failed" in said


def test_the_demo_regency_has_the_people_it_needs(regency: Services) -> None:
    assert not examine(
        regency, (house.is_set_up, house.officers_are_enough, house.no_unit_hangs_on_one_operator)
    )


def test_guessers_and_floods_of_files_are_named(services: Services, clock: SettableClock) -> None:
    def said() -> str:
        return problems(examine(services, floods.CHECKS))

    for kind, most in (("unknown", throttle.UNKNOWN[0]), ("judge", throttle.JUDGED[0])):
        bucket = f"{kind}:host:192.0.2.7"
        limits.hit(
            services.sessions, bucket, most, timedelta(minutes=10), clock.now(), cost=most - 1
        )
        assert "1 addresses" not in said()
        limits.hit(services.sessions, bucket, most, timedelta(minutes=10), clock.now())
        assert "1 addresses" in said()
        clock.advance(hours=2)
        assert said() == ""


def test_missing_people_are_named(run: Run, regency: Services) -> None:
    for username in ("verifikator2", "operator2.bkad", "auditor"):
        assert run("user", "leave", username).code == 0
    said = problems(
        examine(regency, (house.officers_are_enough, house.no_unit_hangs_on_one_operator))
    )
    assert "There are 1 registration officers" in said
    assert "one operator only" in said
    assert "Nobody is auditor" in said


def test_the_roots_list_is_due_sixty_days_ahead(
    services: Services, clock: SettableClock, environment: None, run: Run
) -> None:
    from backend import bootstrap

    inline = bootstrap.build(
        Settings(home=services.settings.home, _env_file=None),
        str(services.engine.url),
        clock=clock,
        engine=services.engine,
    )
    with inline.work() as work:
        authority.establish(work, issuer=inline.issuer, organisation="Kabupaten Contoh")
        revocation.publish_due(work, issuer=inline.issuer)
    assert not examine(inline, (*authority_checks.CHECKS, running.time_stamps_come))
    with inline.work() as work:
        root = authority.current(work.session, authority.AuthorityKind.ROOT)
        due = revocation.published(work.session, root.id).next_update
    clock.set(due - timedelta(days=61))
    assert "root's revocation list" not in problems(examine(inline, authority_checks.CHECKS))
    clock.set(due - timedelta(days=59))
    assert "root's revocation list runs out" in problems(examine(inline, authority_checks.CHECKS))


def test_a_check_that_cannot_look_says_so_instead_of_breaking_off(services: Services) -> None:
    def broken(_services: Services) -> list[Finding]:
        raise PermissionError(13, "no")

    findings = examine(services, (broken, *CHECKS[:1]))
    assert "Could not find out whether broken (PermissionError)" in problems(findings)


def test_a_home_of_somebody_else_is_named(
    services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    owner = services.settings.root.stat().st_uid
    monkeypatch.setattr(machine.os, "geteuid", lambda: owner + 1)
    if owner:
        assert "belongs to another user" in problems(examine(services, (machine.home_is_private,)))


def test_a_machine_that_cannot_examine_files_is_named(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert problems(examine(services, sandbox.CHECKS)) == ""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert "No PDF can be examined" in problems(examine(services, sandbox.CHECKS))

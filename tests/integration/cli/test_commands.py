"""Every command helps, fails with a code, and never shows a traceback."""

from pathlib import Path

import psycopg
import pytest

from backend.audit import trail
from backend.bootstrap import Services
from mobile_api.cli import centang, main
from mobile_api.cli import failures as failing
from tests.integration.cli.conftest import Run

COMMANDS = centang.list_commands(None)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_helps(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.code == 0
    assert "Usage: centang " + name in result.out


def test_without_a_command_it_lists_them_all(run: Run) -> None:
    result = run("--help")
    assert result.code == 0
    for name in COMMANDS:
        assert f"\n  {name}" in result.out


@pytest.mark.parametrize("arguments", [("nonsense",), ("serve", "--nonsense"), ("backup",)])
def test_a_misused_command_fails_with_two(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert result.err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "eighty", "PORT"),
        ("CENTANG_HOME", "/proc/nowhere", "Error"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing", "database does not answer"),
    ],
)
def test_a_wrong_environment_is_one_plain_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    result = run("audit", "verify")
    assert result.code == 1
    assert said in result.err
    assert len(result.err.strip().splitlines()) == 1


def test_what_nobody_foresaw_is_kept_in_a_file(
    environment: None,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def break_down(*_: object) -> None:
        raise KeyError("passphrase=correct horse")

    monkeypatch.setattr("mobile_api.cli.audit.verify_chain", break_down)
    assert main(["audit", "verify"]) == 1
    said = capsys.readouterr().err
    assert "something unexpected went wrong (KeyError)" in said
    assert "correct horse" not in said
    (log,) = services.settings.logs_dir.glob("command-*.log")
    assert "break_down" in log.read_text()


def test_an_interrupted_command_says_so(
    environment: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mobile_api.cli.audit.verify_chain", interrupt)
    assert main(["audit", "verify"]) == 130
    assert capsys.readouterr().err.strip() == "Interrupted."


def test_a_full_disk_is_named() -> None:
    assert "disk is full" in failing.explain(OSError(28, "No space left on device"))


def test_an_intact_audit_trail_is_told_with_its_head(run: Run, services: Services) -> None:
    with services.work() as work:
        trail.record(work, "test.happened", "test", "1")
    result = run("audit", "verify")
    assert result.code == 0
    assert "1 entries, head " in result.out


def test_a_rewritten_audit_trail_fails_with_the_place(
    run: Run, services: Services, owner_url: str
) -> None:
    for number in range(3):
        with services.work() as work:
            trail.record(work, "test.happened", "test", number)
    with psycopg.connect(owner_url) as connection:
        connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change")
        connection.execute("UPDATE audit_entry SET action = 'other' WHERE seq = 2")
        connection.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_no_change")
    result = run("audit", "verify")
    assert result.code == 1
    assert "broken at entry 2" in result.err


def test_migrate_brings_an_empty_database_up_and_is_then_content(
    run: Run, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    monkeypatch.delenv("DATABASE_OWNER_URL")
    assert run("migrate", "--show").out == "none\n"
    first = run("migrate")
    assert first.code == 0
    assert "is at revision" in first.out
    assert run("migrate").out == "The database was up to date.\n"


def test_serve_says_when_its_port_is_taken(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("PORT", str(other.getsockname()[1]))
        monkeypatch.setenv("CENTANG_HOST", "127.0.0.1")
        result = run("serve")
    assert result.code == 1
    assert "PORT=8081 make run" in result.err


def test_the_web_server_alone_needs_a_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    result = run("serve", "--web-only")
    assert result.code == 1
    assert "DATABASE_URL" in result.err

"""The units in deploy/ start commands that exist, with settings that exist."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from backend.core.settings import Settings
from mobile_api.cli import centang

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


def test_alarms_ask_for_measures_that_exist() -> None:
    asked = re.findall(r"\bcentang_[a-z_]+", (DEPLOY / "alerts.yml").read_text())
    # Each name as Prometheus tells it apart from its parts.
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked}
    code = (DEPLOY.parent / "backend" / "core" / "metrics.py").read_text()
    assert families
    assert {name for name in families if f'"{name}"' not in code} == set()


def known_variables() -> set[str]:
    fields = Settings.model_fields.items()
    return {str(f.validation_alias or f"CENTANG_{name.upper()}") for name, f in fields}


def test_there_is_a_unit_for_each_process() -> None:
    assert {unit.stem for unit in UNITS} == {
        "centang-issuer",
        "centang-migrate",
        "centang-web",
        "centang-worker",
    }


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_something_that_exists(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    words = shlex.split(line)
    if "-m" in words:
        assert find_spec(words[words.index("-m") + 1])
        return
    start = next(i for i, word in enumerate(words) if word.endswith("/bin/centang"))
    command = centang.get_command(click.Context(centang), words[start + 1])
    assert command is not None
    options = {option for parameter in command.params for option in parameter.opts}
    assert set(words[start + 2 :]) <= options


@pytest.mark.parametrize("file", [*UNITS, *DEPLOY.glob("*.env")], ids=lambda file: file.name)
def test_every_setting_named_exists(file: Path) -> None:
    named = re.findall(r"\b(CENTANG_[A-Z0-9_]+|DATABASE[A-Z_]*|DEMO|HTTPS|PORT)=", file.read_text())
    assert set(named) <= known_variables()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_gives_up_what_it_does_not_need(unit: Path) -> None:
    text = unit.read_text()
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n"):
        assert line in text
    assert "User=root" not in text


def test_only_the_migration_knows_the_owner() -> None:
    knows = {unit.stem for unit in UNITS if "owner.env" in unit.read_text()}
    assert knows == {"centang-migrate"}


def test_the_issuer_hears_the_number_that_the_users_file_gives() -> None:
    (number,) = re.findall(
        r"^u centang +(\d+)", (DEPLOY / "sysusers.conf").read_text(), re.MULTILINE
    )
    assert f"CENTANG_ISSUER_CALLERS=[{number}]" in (DEPLOY / "centang-issuer.service").read_text()


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    page = (DEPLOY.parent / "docs" / "settings.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([A-Z0-9_]+)`", " ".join(rows))) == known_variables()

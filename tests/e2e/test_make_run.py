"""`make run` as the README has it: from a clone and nothing else, Ctrl-C, and once more."""

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from mobile_api.cli.terminal_qr import draw, totp_uri
from tests.e2e.live import ROOT, Account, free_port
from tests.factories.pdfs import make_pdf
from tests.support.processes import await_end_below
from tests.support.remote import Remote
from tests.support.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(540)]

FROM_NOTHING, AGAIN = 420, 45
"""Seconds: everything fetched and built on a busy machine; everything there already."""
NOBODY = 65534
# What the tests' own environment must not lend to a newcomer's.
OURS = ("MAKE", "MFLAGS", "PYTHON", "PYTEST", "VIRTUAL_ENV", "CENTANG_", "DATABASE_", "XDG_")
CACHES = {".cache", ".npm", ".config", ".local"}
"""What pip and npm keep for themselves in a person's home."""
LAST_WORDS = "Ctrl-C stops everything"


@dataclass(frozen=True)
class Newcomer:
    """An ordinary user with a clone: nobody in particular, when the tests run as root."""

    folder: Path
    port: int

    @property
    def clone(self) -> Path:
        return self.folder / "centang"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def _as_them(self, *command: str) -> list[str]:
        if os.geteuid() != 0:
            return list(command)
        number = str(NOBODY)
        return ["setpriv", "--reuid", number, "--regid", number, "--clear-groups", *command]

    @property
    def _environment(self) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return given | {
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
            "TERM": "xterm",
            "PORT": str(self.port),
            "CENTANG_HOME": str(self.state),
        }

    def make_run(self) -> Terminal:
        command = self._as_them("make", "run")
        return Terminal(command, cwd=self.clone, env=self._environment)

    def ask(self, *command: str) -> str:
        """What a program says to them, in the clone."""
        return subprocess.run(
            self._as_them(*command),
            cwd=self.clone,
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout


@pytest.fixture
def newcomer() -> Iterator[Newcomer]:
    folder = Path(tempfile.mkdtemp(prefix="newcomer-"))  # short, and no other user's
    newcomer = Newcomer(folder, free_port())
    (folder / "gitconfig").write_text("[safe]\n\tdirectory = *\n")
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    subprocess.run(
        ["git", "clone", "--quiet", str(ROOT), str(newcomer.clone)],
        env={**os.environ, "GIT_CONFIG_GLOBAL": str(folder / "gitconfig")},
        check=True,
    )
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(folder)], check=True)
    yield newcomer
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_a_clone_runs_with_one_command_ends_with_ctrl_c_and_loses_nothing(
    newcomer: Newcomer, record_property: Callable[[str, object], None]
) -> None:
    with newcomer.make_run() as first:
        took = first.await_text(LAST_WORDS, seconds=FROM_NOTHING)
        record_property("make run from a bare clone", f"{took:.0f} s")
        people = _accounts(first.text)
        assert f"Centang:  {newcomer.origin}\n" in first.text
        for account in (people["bupati"], people["pengelola"]):
            for line in draw(totp_uri(account.totp_secret, account.username)):
                assert line in first.text
        operator = _signed_in(newcomer, people["operator1.disdik"])
        paper = _upload(operator)
        head = newcomer.ask(".venv/bin/centang", "audit", "verify")
        _end(first, newcomer)

    with newcomer.make_run() as second:
        took = second.await_text(LAST_WORDS, seconds=AGAIN)
        record_property("make run the second time", f"{took:.1f} s")
        assert _accounts(second.text) == people
        assert newcomer.ask(".venv/bin/centang", "audit", "verify") == head
        # The same session goes on: cookies and their keys outlived the restart.
        kept = operator.call("GET", f"/documents/{paper['id']}")
        assert (kept["subject"], kept["version"]["id"]) == (
            paper["subject"],
            paper["version"]["id"],
        )
        assert kept["version"]["sha256"] == paper["version"]["sha256"]
        _signed_in(newcomer, people["kepala.disdik"])
        _end(second, newcomer)


def _accounts(printed: str) -> dict[str, Account]:
    """The table of people under its heading: user name, password, secret, who."""
    table = printed.split("User name", 1)[1].split("\n\n", 1)[0]
    rows = (re.split(r"\s{2,}", line.strip()) for line in table.splitlines()[1:])
    found = {row[0]: Account(row[0], "", row[1], row[2], row[3]) for row in rows}
    assert len(found) >= 20
    return found


def _signed_in(newcomer: Newcomer, account: Account) -> Remote:
    person = Remote(SimpleNamespace(origin=newcomer.origin), replace(account), lambda: None)
    person.sign_in()
    return person


def _upload(operator: Remote) -> dict[str, object]:
    """A paper whose page has been examined and drawn."""
    unit = operator.call("GET", "/session")["roles"][0]["unit_id"]
    facts = {"unit_id": unit, "type_code": "SE", "subject": "Naskah pertama"}
    facts |= {"classification": "300.2", "number_mode": "none"}
    paper = operator.call("POST", "/documents", facts, expect=201)
    answer = operator.http.post(
        f"{operator.live.origin}/api/v1/documents/{paper['id']}/versions",
        data=make_pdf(seed=61),
        headers={"Content-Type": "application/pdf", "X-Filename": "naskah.pdf"},
        timeout=60,
    )
    assert answer.status_code == 202, answer.text
    path = f"/documents/{paper['id']}"
    return operator.await_answer(path, lambda now: now["version"]["state"] == "ready")


def _end(terminal: Terminal, newcomer: Newcomer) -> None:
    """Everything ends, and what it did lies in the clone and below its home only."""
    terminal.press_ctrl_c(seconds=90)
    assert "stopped; everything is saved." in terminal.text
    assert "Traceback" not in terminal.text
    await_end_below(newcomer.folder, seconds=5)
    assert [path.name for path in (newcomer.folder / "tmp").iterdir()] == []
    assert {path.name for path in (newcomer.folder / "home").iterdir()} <= CACHES
    assert newcomer.ask("git", "status", "--porcelain") == ""
    assert not (newcomer.clone / "var").exists()

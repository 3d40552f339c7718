"""Strangers' files are handled by a process that has little to spend and nothing to reach."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core.sandbox import Limits, Sandbox, SandboxCrash, SandboxMemory, SandboxTimeout
from backend.core.settings import Settings

MIB = 1024 * 1024


class _TestSandbox(Sandbox):
    code = (*Sandbox.code, Path(__file__).parent / "victims")


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return _TestSandbox(Settings(home=tmp_path))


def ask(sandbox: Sandbox, do: str, *, limits: Limits | None = None, **request: object) -> object:
    with sandbox.run("misbehave", {"do": do, **request}, inputs={}, limits=limits) as result:
        return result.answer["said"]


def scratch(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "scratch").iterdir())


def test_it_answers_and_hands_over_files_which_then_vanish(sandbox, tmp_path):
    with sandbox.run(
        "misbehave", {"do": "echo", "word": "Mu’awanah"}, inputs={"in.txt": b"paper"}
    ) as result:
        assert result.answer == {"said": "Mu’awanah"}
        assert result.outputs["out.txt"].read_bytes() == b"PAPER"
        assert list(result.outputs) == ["out.txt"]
    assert scratch(tmp_path) == []


def test_it_works_on_a_copy_of_an_input(sandbox, tmp_path):
    original = tmp_path / "original"
    original.write_bytes(b"paper")
    with sandbox.run("misbehave", {"do": "echo", "word": ""}, inputs={"in.txt": original}):
        pass
    assert original.read_bytes() == b"paper"


def test_it_ends_a_process_that_takes_too_long(sandbox, tmp_path):
    started = time.monotonic()
    with pytest.raises(SandboxTimeout):
        ask(sandbox, "sleep", limits=Limits(seconds=0.5))
    assert time.monotonic() - started < 3
    assert scratch(tmp_path) == []


def test_it_ends_a_process_that_burns_its_time(sandbox):
    with pytest.raises(SandboxTimeout):
        ask(sandbox, "spin", limits=Limits(seconds=0.5))


def test_it_refuses_memory_beyond_the_ceiling(sandbox):
    with pytest.raises(SandboxMemory):
        ask(sandbox, "eat_memory", limits=Limits(memory_bytes=512 * MIB))


def test_it_refuses_files_beyond_the_ceiling(sandbox, tmp_path):
    with pytest.raises(SandboxCrash, match="OSError"):
        ask(sandbox, "fill_disk", limits=Limits(file_bytes=MIB))
    assert scratch(tmp_path) == []


def test_a_crash_is_an_answer_and_dumps_no_core(sandbox, tmp_path):
    with pytest.raises(SandboxCrash, match="SIGABRT"):
        ask(sandbox, "crash")
    assert scratch(tmp_path) == []


def test_an_exception_in_the_child_tells_its_place_but_nothing_of_the_file(sandbox):
    with pytest.raises(SandboxCrash, match="ValueError at misbehave:") as caught:
        ask(sandbox, "fail")
    assert "secret" not in str(caught.value)


def test_the_environment_is_scrubbed(sandbox, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    assert set(ask(sandbox, "environment")) <= {
        *("PYTHONPATH", "LANG", "LC_CTYPE", "PYTHONHASHSEED", "HOME", "TMPDIR"),
    }


class TestOnLinux:
    def test_it_says_what_holds(self, sandbox):
        request = {"do": "echo", "word": ""}
        with sandbox.run("misbehave", request, inputs={"in.txt": b""}) as result:
            assert result.held == {"landlock", "seccomp"}

    def test_there_is_no_network(self, sandbox):
        assert ask(sandbox, "connect") == "PermissionError"

    def test_no_program_can_be_started(self, sandbox):
        assert ask(sandbox, "start_program") == "PermissionError"

    def test_the_installation_is_out_of_reach(self, sandbox, tmp_path):
        secret = tmp_path / "secrets" / "master.key"
        secret.parent.mkdir()
        secret.write_text("canary")
        assert ask(sandbox, "read", path=str(secret)) == "PermissionError"
        assert ask(sandbox, "read", path="/etc/passwd") == "PermissionError"

    def test_the_child_never_outlives_a_parent_that_was_killed(self, tmp_path):
        parent = subprocess.Popen(
            [sys.executable, "-c", ORPHAN, str(tmp_path), str(Path(__file__).parent / "victims")],
            cwd=Path(__file__).parents[3],
        )
        child = _child_of(parent.pid)
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 5
        while _is_alive(child) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not _is_alive(child)


ORPHAN = """
import sys
from pathlib import Path
from backend.core.sandbox import Sandbox
from backend.core.settings import Settings
Sandbox.code = (*Sandbox.code, Path(sys.argv[2]))
with Sandbox(Settings(home=Path(sys.argv[1]))).run("misbehave", {"do": "sleep"}, inputs={}):
    pass
"""


def _child_of(pid: int) -> int:
    """The process id of the fork below it, once it has confined itself and called the module."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for child in _below(pid):
            if "Seccomp:\t2" in Path(f"/proc/{child}/status").read_text():
                return child
        time.sleep(0.02)
    raise AssertionError("no confined child appeared")


def _below(pid: int) -> Iterator[int]:
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        yield child
        yield from _below(child)


def _is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False

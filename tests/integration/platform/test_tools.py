"""What `make test` needs from the system: found, fetched through apt, or named exactly."""

import shutil
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[3] / ".ci" / "tools"
PROGRAMS = ("chromium", "pdfsig", "certutil", "qpdf", "softhsm2-util", "openssl")
ALL = "chromium poppler-utils libnss3-tools qpdf softhsm2 openssl"


class Machine:
    """A machine with these programs and no others, and one user at its terminal."""

    def __init__(self, folder: Path, *programs: str, root: bool = False) -> None:
        self.bin, self.log = folder / "bin", folder / "asked"
        self.bin.mkdir()
        for name in programs:
            self.has(name, "exit 0")
        self.has("id", f"echo {0 if root else 1000}")

    def has(self, name: str, does: str) -> None:
        program = self.bin / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)

    def note(self, name: str, then: str = "exit 0") -> None:
        """A program that writes down what it was asked."""
        self.has(name, f'echo "{name} $*" >> {self.log}; {then}')

    def asked(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def run(self) -> subprocess.CompletedProcess[str]:
        shell = shutil.which("sh")
        assert shell
        return subprocess.run(
            [shell, str(TOOLS)],
            env={"PATH": str(self.bin)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def test_it_is_silent_where_everything_is_there(tmp_path: Path) -> None:
    machine = Machine(tmp_path, *PROGRAMS)
    machine.note("apt-get")
    result = machine.run()
    assert (result.returncode, result.stdout, machine.asked()) == (0, "", [])


@pytest.mark.parametrize("browser", ["chromium-browser", "google-chrome"])
def test_any_chromium_will_do(tmp_path: Path, browser: str) -> None:
    assert Machine(tmp_path, browser, *PROGRAMS[1:]).run().returncode == 0


def test_an_ordinary_user_without_sudo_is_told_exactly_what_to_install(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "pdfsig", "openssl")
    machine.note("apt-get")
    machine.note("sudo", "exit 1")
    result = machine.run()
    assert result.returncode == 1
    assert "  sudo apt-get install chromium libnss3-tools qpdf softhsm2\n" in result.stdout
    assert machine.asked() == ["sudo -n true"]


def test_a_machine_without_apt_names_everything(tmp_path: Path) -> None:
    result = Machine(tmp_path, root=True).run()
    assert result.returncode == 1
    assert f"  sudo apt-get install {ALL}\n" in result.stdout
    assert result.stderr == ""


def test_root_has_it_installed_without_a_question(tmp_path: Path) -> None:
    machine = Machine(tmp_path, *PROGRAMS[1:], root=True)
    machine.note("apt-get")
    assert machine.run().returncode == 0
    update, install = machine.asked()
    assert update == "apt-get update -qq"
    assert install == "apt-get install -y -qq --no-install-recommends chromium"


def test_when_apt_is_forbidden_it_still_says_what_to_install(tmp_path: Path) -> None:
    machine = Machine(tmp_path, *PROGRAMS[1:], root=True)
    machine.note("apt-get", "exit 100")
    result = machine.run()
    assert result.returncode == 1
    assert "apt could not install them." in result.stdout
    assert "  sudo apt-get install chromium\n" in result.stdout

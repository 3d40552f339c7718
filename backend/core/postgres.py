"""The embedded PostgreSQL: a small supervisor around the binaries of a PyPI wheel.

Everything it keeps lies in `postgres/` and `secrets/` below the home; nothing outside is touched.
It listens on a Unix socket only, every role has a password, and the server ends with its parent.
One process at a time may own a server: it holds a lock on `postgres/lock` while it does.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from backend.core.folder_lock import FolderLock, TakenError
from backend.core.postgres_programs import (
    FOR_ROOT,
    MAJOR,
    SAME,
    Identity,
    PostgresError,
    binaries,
    command,
    maker_of,
    run,
)
from backend.core.private_files import private, private_file

DATABASE = "centang"
ADMIN, OWNER, APP = "centang_admin", "centang_owner", "centang_app"
"""Superuser for this supervisor; owner of the tables (migrations); the application."""

# The kernel's limit of a socket's path is 107 bytes and a zero (unix(7)).
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_LIMIT = 107

OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # A failing statement's values could be somebody's data: never into the log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
}
LOG_LIMIT = 8 * 1024 * 1024

Progress = Callable[[str], None]


def _quiet(_: str) -> None:
    pass


class EmbeddedPostgres:
    """One server below `home`. Start it from a thread that lives as long as the server should."""

    def __init__(
        self,
        home: Path,
        *,
        options: Mapping[str, str] | None = None,
        progress: Progress = _quiet,
    ) -> None:
        self.home = home.absolute()
        self.folder = self.home / "postgres"
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.secrets = self.home / "secrets"
        self._options = {**OPTIONS, **(options or {})}
        self._progress = progress
        self._bin = binaries()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: FolderLock | None = None
        self._identity = SAME

    # -- addresses ---------------------------------------------------------------------------

    @property
    def admin_url(self) -> str:
        return self.url(ADMIN, "postgres")

    @property
    def owner_url(self) -> str:
        return self.url(OWNER)

    @property
    def app_url(self) -> str:
        return self.url(APP)

    def url(self, role: str, database: str = DATABASE) -> str:
        """A libpq URI. It names the password's file, never the password."""
        host, passfile = quote(str(self.socket_dir), ""), quote(str(self._passfile(role)), "")
        return f"postgresql://{role}@/{database}?host={host}&passfile={passfile}"

    @property
    def socket_dir(self) -> Path:
        """Below home where the path is short enough, otherwise a recorded temporary folder."""
        inside = self.folder / "run"
        if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_LIMIT:
            return inside
        record = self.folder / "socket-dir"
        return Path(record.read_text()) if record.exists() else inside

    def _passfile(self, role: str) -> Path:
        return self.secrets / f"pgpass-{role.removeprefix('centang_')}"

    # -- life --------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, *, wait: float = 0) -> None:
        """Starts the server and returns when it accepts connections, however long recovery takes.

        `wait` is how many seconds another owner of this home is waited for.
        """
        private(self.home)
        private(self.folder)
        private(self.secrets)
        self._take_lock(wait)
        try:
            self._end_orphan()
            self._identity = self._choose_identity()
            self._prepare_socket_dir()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._check_version()
            self._launch()
            self._await_ready()
            self._ensure_roles()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends the server cleanly (fast shutdown) and gives the lock back."""
        if self._process:
            for number, patience in ((signal.SIGINT, 60), (signal.SIGQUIT, 20)):
                if self._process.poll() is None:
                    self._process.send_signal(number)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self._process.wait(patience)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._lock:
            self._lock.release()
            self._lock = None

    def alive(self) -> bool:
        """Whether the server this object started still runs."""
        return self._process is not None and self._process.poll() is None

    def owned_elsewhere(self) -> bool:
        """Whether another process owns a server on this home now."""
        return FolderLock(self.folder / "lock").taken()

    # -- parts -------------------------------------------------------------------------------

    def _take_lock(self, wait: float) -> None:
        lock = FolderLock(self.folder / "lock")
        try:
            lock.take(wait, lambda: self._progress("waiting for another Centang process to finish"))
        except TakenError:
            raise PostgresError(
                f"Another Centang process is using {self.home}. "
                "Stop it first, or choose another CENTANG_HOME."
            ) from None
        self._lock = lock

    def _end_orphan(self) -> None:
        """Stops a server whose owner was killed, and forgets one that is no longer there."""
        pidfile = self.data / "postmaster.pid"
        try:
            pid = int(pidfile.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if not self._is_ours(pid):
            # The number may meanwhile belong to someone else, which would stop PostgreSQL.
            pidfile.unlink()
            return
        self._progress("stopping a database server that was left behind")
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 60
        while self._is_ours(pid):
            if time.monotonic() > deadline:
                raise PostgresError(f"The old database server (process {pid}) does not stop.")
            time.sleep(0.05)

    def _is_ours(self, pid: int) -> bool:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self.data) in words

    def _choose_identity(self) -> Identity:
        """How to be someone whom PostgreSQL accepts."""
        if os.geteuid() != 0:
            return SAME
        for identity in FOR_ROOT:
            # Files that root owns were made in a user namespace, and stay there.
            if self.data.exists() and identity.changes_user != (self.data.stat().st_uid != 0):
                continue
            self._open_for(identity)
            if run(identity, self.folder, self._bin / "postgres", "--version").returncode == 0:
                return identity
        raise PostgresError(
            f"PostgreSQL refuses to run as root, and no other user can reach {self.home} here. "
            "Run Centang as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own."
        )

    def _open_for(self, identity: Identity) -> None:
        """Gives `postgres/` to whoever runs the server, and lets its group pass through home."""
        uid, gid = (identity.uid, identity.gid) if identity.changes_user else (0, 0)
        with contextlib.suppress(OSError):  # then the trial that follows fails, and says so
            os.chown(self.folder, uid, gid)
            os.chown(self.home, -1, gid)
            for folder in (self.home, self.folder):
                folder.chmod(0o710 if identity.changes_user else 0o700)

    def _prepare_socket_dir(self) -> None:
        inside = self.folder / "run"
        if len(os.fsencode(inside / SOCKET_NAME)) > SOCKET_LIMIT:
            record = self.folder / "socket-dir"
            if not (record.exists() and Path(record.read_text()).is_dir()):
                record.write_text(tempfile.mkdtemp(prefix="centang-"))
        folder = self.socket_dir
        private(folder)
        self._give(folder)

    def _give(self, path: Path) -> None:
        owner = self.folder.stat()
        if owner.st_uid != os.geteuid():
            os.chown(path, owner.st_uid, owner.st_gid)

    def _initialise(self) -> None:
        """Makes the cluster beside its final place, so that it exists whole or not at all."""
        self._progress("creating the database (first run only)")
        self._write_passwords()
        for interrupted in self.folder.glob("new-*"):
            shutil.rmtree(interrupted)
        final, maker = self._identity, maker_of(self._identity)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix="new-") as name:
            fresh = Path(name)
            password = fresh / "password"
            password.write_text(self._password(ADMIN) + "\n")
            if maker.changes_user:
                for path in (fresh, password):
                    os.chown(path, maker.uid, maker.gid)
            arguments = ["-D", str(fresh / "data"), "-U", ADMIN]
            arguments += [f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8"]
            arguments += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            arguments += ["--text-search-config=simple", "--data-checksums", "--no-instructions"]
            if self._options.get("fsync") == "off":
                arguments.append("--no-sync")
            result = run(maker, fresh, self._bin / "initdb", *arguments)
            if result.returncode != 0:
                raise PostgresError(f"The database could not be created: {_reason(result.stderr)}")
            if final.changes_user:
                for path in [fresh / "data", *(fresh / "data").rglob("*")]:
                    os.chown(path, final.uid, final.gid)
            (fresh / "data").rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise PostgresError(
                f"{self.data} was made by PostgreSQL {found}; this version brings {MAJOR}. "
                "Make a backup with the version that made it and restore it here."
            )

    def _launch(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        options = {**self._options, "unix_socket_directories": str(self.socket_dir)}
        arguments = ["-D", str(self.data)]
        for name, value in options.items():
            arguments += ["-c", f"{name}={value}"]
        descriptor = os.open(
            self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, mode=0o600
        )
        try:
            self._process = subprocess.Popen(
                command(self._identity, self.folder, self._bin / "postgres", *arguments),
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                cwd="/",
                # Ctrl-C in a terminal reaches the whole foreground group: the database ends last.
                start_new_session=True,
            )
        finally:
            os.close(descriptor)

    def _await_ready(self) -> None:
        assert self._process is not None  # noqa: S101
        pidfile, started, told = self.data / "postmaster.pid", time.monotonic(), 2.0
        while True:
            if self._process.poll() is not None:
                raise PostgresError(f"The database did not start: {self._last_words()}")
            with contextlib.suppress(OSError):
                lines = pidfile.read_text().split("\n")
                if (
                    len(lines) > 7
                    and lines[0] == str(self._process.pid)
                    and lines[7].strip() == "ready"
                ):
                    return
            waited = time.monotonic() - started
            if waited > told:
                self._progress(f"the database is recovering ({waited:.0f} s): {self._last_words()}")
                told *= 2
            time.sleep(0.02)

    def _last_words(self) -> str:
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 4096))
            return _last(file.read()) or f"see {self.log}"

    def _ensure_roles(self) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            for role in (OWNER, APP):
                found = connection.execute(
                    "SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)
                ).fetchone()
                if not found:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                            sql.Identifier(role), sql.Literal(self._password(role))
                        )
                    )
            self.create_database(connection, DATABASE)

    @staticmethod
    def create_database(connection: psycopg.Connection, name: str) -> None:
        """An empty database of the owner role, unless there is one."""
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )

    def _write_passwords(self) -> None:
        for role in (ADMIN, OWNER, APP):
            path = self._passfile(role)
            with private_file(path) as descriptor:
                os.write(descriptor, f"*:*:*:{role}:{secrets.token_hex(24)}\n".encode())

    def _password(self, role: str) -> str:
        return self._passfile(role).read_text().strip().rsplit(":", 1)[1]


def _reason(output: bytes) -> str:
    """What initdb says was wrong: its own lines, without the tidying up that follows."""
    lines = [line for line in output.decode(errors="replace").splitlines() if "rror" in line]
    return lines[0] if lines else _last(output)


def _last(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""

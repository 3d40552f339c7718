"""The embedded PostgreSQL: private, owned by one process, recovered after a kill."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from backend.core.postgres import APP, OWNER, EmbeddedPostgres
from backend.core.postgres_programs import PostgresError
from tests.support.database import FAST, Cluster
from tests.support.processes import await_end_below, started

HOLD = """
import sys, time
from pathlib import Path
from backend.core.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.owner_url, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_it_listens_on_a_private_socket_only(cluster: Cluster) -> None:
    with psycopg.connect(cluster.server.admin_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    folder = cluster.server.socket_dir
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.server.home.stat().st_mode) & 0o007 == 0


@pytest.mark.parametrize("role", [OWNER, APP])
def test_nobody_enters_without_a_password(cluster: Cluster, role: str, tmp_path: Path) -> None:
    url = cluster.url(cluster.main, role).split("&passfile=")[0]
    empty = tmp_path / "empty"
    empty.touch(mode=0o600)
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"{url}&passfile={empty}")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"{url}&password=guess")


def test_addresses_carry_no_password(cluster: Cluster) -> None:
    secret = (cluster.server.secrets / "pgpass-app").read_text().strip().rsplit(":", 1)[1]
    assert len(secret) >= 32
    assert secret not in cluster.server.app_url


def test_the_application_role_owns_nothing_and_is_no_superuser(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(cluster.main)) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (x int)")


def test_checksums_and_utf8_hold(cluster: Cluster) -> None:
    with psycopg.connect(cluster.server.admin_url) as connection:
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SELECT upper('é’') = 'É’'").fetchone() == (True,)


def test_a_failed_statement_leaves_no_value_in_the_log(cluster: Cluster) -> None:
    with (
        psycopg.connect(cluster.url(cluster.main), autocommit=True) as connection,
        pytest.raises(psycopg.errors.UndefinedColumn),
    ):
        connection.execute("SELECT nothing_like_it FROM document WHERE subject = 'canary-7f3a'")
    assert "canary-7f3a" not in cluster.server.log.read_text()


def test_a_second_owner_is_refused_in_plain_words(cluster: Cluster) -> None:
    assert cluster.server.owned_elsewhere()
    with pytest.raises(PostgresError, match="Another Centang process"):
        EmbeddedPostgres(cluster.server.home).start()


def test_a_deep_home_gets_a_short_private_socket_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    with EmbeddedPostgres(deep, options=FAST) as server:
        assert len(os.fsencode(server.socket_dir)) < 90
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
        with psycopg.connect(server.app_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        folder = server.socket_dir
    assert EmbeddedPostgres(deep).socket_dir == folder


def test_a_killed_owner_leaves_no_orphan_and_loses_nothing(home: Path) -> None:
    with started(["-c", HOLD, str(home)], {}) as owner:
        url = owner.stdout.readline().strip()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(owner.pid, signal.SIGKILL)
        owner.wait()
        await_end_below(home, seconds=15)
    with EmbeddedPostgres(home, options=FAST) as server, psycopg.connect(server.owner_url) as again:
        assert again.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_server_that_was_left_behind_is_ended_before_the_next_starts(home: Path) -> None:
    with EmbeddedPostgres(home, options=FAST) as server:
        pidfile = (server.data / "postmaster.pid").read_text()
        pid = int(pidfile.split("\n", 1)[0])
        # As after a kill on a system that does not end children with their parent.
        server._lock.release()
        server._lock = None
        messages: list[str] = []
        with EmbeddedPostgres(home, options=FAST, progress=messages.append) as second:
            assert "stopping a database server that was left behind" in messages
            server._process.wait(10)
            assert second._process.pid != pid


def test_a_stale_process_number_that_is_someone_elses_now_does_no_harm(home: Path) -> None:
    with EmbeddedPostgres(home, options=FAST) as server:
        data = server.data
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (data / "postmaster.pid").write_text(f"{bystander.pid}\n{data}\n0\n5432\n\n\n0 0\nready\n")
        with EmbeddedPostgres(home, options=FAST) as server:
            assert server.alive()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_half_made_cluster_is_made_again(home: Path) -> None:
    (home / "postgres" / "new-interrupted" / "data").mkdir(parents=True)
    with EmbeddedPostgres(home, options=FAST) as server:
        assert server.alive()
    assert not list((home / "postgres").glob("new-*"))


def test_another_major_version_is_named_and_left_alone(home: Path) -> None:
    with EmbeddedPostgres(home, options=FAST) as server:
        version = server.data / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 16"):
        EmbeddedPostgres(home, options=FAST).start()


def test_it_never_runs_as_root_and_touches_nothing_outside_its_home(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    before = closed.stat()
    with EmbeddedPostgres(closed / "home", options=FAST) as server:
        status = Path(f"/proc/{server._process.pid}/status").read_text()
        assert "Uid:\t0" not in status
    after = closed.stat()
    assert (before.st_mode, before.st_uid, before.st_gid) == (
        after.st_mode,
        after.st_uid,
        after.st_gid,
    )

"""The restore drill: into an empty home, every digest proved."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.audit import trail
from backend.bootstrap import Services
from backend.core.db import make_engine
from backend.core.models import InstallationFact
from backend.organisation.models import Agency
from mobile_api.cli import archive
from tests.integration.cli.conftest import Run
from tests.support.database import Cluster

LOGO = b"\x89PNG\r\n\x1a\n contoh"


@pytest.fixture
def key(services: Services, tmp_path: Path) -> Path:
    """The master key, kept apart; and an installation with something to lose."""
    sealed = services.master_key.seal("test", b"a sealed secret", b"owner")
    (services.settings.secrets_dir / "authority").mkdir(mode=0o700)
    (services.settings.secrets_dir / "authority" / "root.key").write_bytes(b"PRIVATE")
    logo = services.blobs.put(LOGO)
    with services.work() as work:
        work.session.add(
            Agency(
                name="Kabupaten Contoh", short_name="Contoh", logo_sha256=logo, updated_at=work.now
            )
        )
        work.session.add(
            InstallationFact(
                name="sealed", value={"hex": sealed.hex()}, updated_at=work.now, updated_by=None
            )
        )
        for number in range(5):
            trail.record(work, "test.happened", "test", number)
    return tmp_path / "elsewhere" / "master.key"


@pytest.fixture
def made(run: Run, key: Path, tmp_path: Path) -> Path:
    key.parent.mkdir()
    folder = tmp_path / "backup"
    result = run("backup", folder, "--master-key", key)
    assert result.code == 0, result.err
    return folder


@pytest.fixture
def empty_home(
    empty_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Run
) -> Path:
    home = tmp_path / "restored"
    monkeypatch.setenv("CENTANG_HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", empty_database)
    monkeypatch.setenv("DATABASE_OWNER_URL", empty_database)
    return home


def test_a_backup_restores_into_an_empty_home_with_every_digest_proved(
    run: Run, made: Path, key: Path, empty_home: Path, empty_database: str, services: Services
) -> None:
    result = run("restore", made, "--master-key", key)
    assert result.code == 0, result.err
    assert "1 files and 5 audit entries, every digest proved" in result.out
    assert (empty_home / "secrets" / "authority" / "root.key").read_bytes() == b"PRIVATE"
    assert (empty_home / "secrets" / "master.key").stat().st_mode & 0o777 == 0o600
    engine = make_engine(empty_database)
    with engine.connect() as connection:
        value = connection.execute(select(InstallationFact.value)).scalar_one()
        assert services.master_key.open("test", bytes.fromhex(value["hex"]), b"owner")
    engine.dispose()


def test_the_restored_application_role_still_cannot_touch_the_trail(
    run: Run, made: Path, key: Path, empty_home: Path, empty_database: str, cluster: Cluster
) -> None:
    assert run("restore", made, "--master-key", key).code == 0
    name = empty_database.split("@/")[1].split("?", maxsplit=1)[0]
    engine = make_engine(cluster.url(name))
    with engine.connect() as connection:
        allowed = connection.exec_driver_sql(
            "SELECT has_table_privilege('audit_entry', 'INSERT'),"
            " has_table_privilege('audit_entry', 'UPDATE, DELETE, TRUNCATE')"
        ).one()
    engine.dispose()
    assert tuple(allowed) == (True, False)


def test_nothing_in_the_backup_opens_without_the_master_key(made: Path, services: Services) -> None:
    master = (services.settings.secrets_dir / "master.key").read_bytes().strip()
    for path in made.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert master not in content
            assert b"PRIVATE" not in content
    assert not [path for path in made.rglob("*") if path.name.startswith(("master", "pgpass"))]


def test_another_master_key_opens_nothing(
    run: Run, made: Path, empty_home: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.key"
    shutil.copyfile(made / archive.LIST, other)
    result = run("restore", made, "--master-key", other)
    assert result.code == 1
    assert "not the master key of this backup" in result.err
    assert not empty_home.exists()


@pytest.mark.parametrize("name", [archive.DUMP, archive.SECRETS, archive.LIST, archive.MANIFEST])
def test_a_damaged_backup_is_refused_before_anything_is_touched(
    run: Run, made: Path, key: Path, empty_home: Path, name: str
) -> None:
    content = bytearray((made / name).read_bytes())
    content[len(content) // 2] ^= 1
    (made / name).write_bytes(content if name != archive.MANIFEST else content[:-9])
    result = run("restore", made, "--master-key", key)
    assert result.code == 1
    assert "damaged" in result.err
    assert not empty_home.exists()


def test_a_changed_file_is_refused(run: Run, made: Path, key: Path, empty_home: Path) -> None:
    (path,) = [path for path in (made / archive.BLOBS).rglob("*") if path.is_file()]
    path.write_bytes(b"other")
    result = run("restore", made, "--master-key", key)
    assert result.code == 1
    assert path.name in result.err


def test_a_home_that_holds_something_is_left_alone(
    run: Run, made: Path, key: Path, empty_home: Path
) -> None:
    empty_home.mkdir()
    (empty_home / "paper.pdf").touch()
    result = run("restore", made, "--master-key", key)
    assert result.code == 1
    assert "not empty" in result.err
    assert [path.name for path in empty_home.iterdir()] == ["paper.pdf"]


def test_a_folder_takes_one_backup(run: Run, made: Path) -> None:
    result = run("backup", made)
    assert result.code == 1
    assert "not empty" in result.err


def test_the_master_key_may_not_go_into_the_backup(run: Run, key: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    result = run("backup", folder, "--master-key", folder / "master.key")
    assert result.code == 1
    assert "outside the backup" in result.err


def test_an_unfinished_backup_is_no_backup(
    run: Run, made: Path, key: Path, empty_home: Path
) -> None:
    (made / archive.MANIFEST).unlink()
    result = run("restore", made, "--master-key", key)
    assert result.code == 1
    assert "no complete backup" in result.err


def test_a_broken_trail_is_not_backed_up_as_if_it_were_whole(
    run: Run, key: Path, services: Services, tmp_path: Path, cluster: Cluster
) -> None:
    with services.work() as work:
        work.session.connection().exec_driver_sql(
            "INSERT INTO audit_entry (seq, at, action, subject_type, subject_id, data, previous,"
            " digest) VALUES (99, now(), 'x', 'x', 'x', '{}', 'x', 'x')"
        )
    result = run("backup", tmp_path / "backup")
    assert result.code == 1
    assert "broken at entry 6" in result.err


def test_a_missing_file_is_noted_instead_of_hidden(
    run: Run, key: Path, services: Services, tmp_path: Path
) -> None:
    with services.work() as work:
        agency = work.session.scalars(select(Agency)).one()
        agency.logo_sha256 = "0" * 64
    result = run("backup", tmp_path / "backup")
    assert "Warning: 1 files" in result.out
    manifest = json.loads((tmp_path / "backup" / archive.MANIFEST).read_bytes())
    assert manifest["missing"] == ["0" * 64]

"""Stored files are read again; what rotted is told, shown, and seen to be whole again."""

import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.audit.models import AuditEntry
from backend.bootstrap import Services
from backend.core import metrics
from backend.core.blobs import BlobStore
from backend.core.models import FileDamage
from backend.notifications.models import Notice, NoticeKind
from backend.organisation.models import Role
from backend.scrub import Scrubbed, scrub
from mobile_api.cli.checks.files import files_are_whole
from tests.factories import people
from tests.factories.signings import Case, case
from tests.support.jobs import RunJobs


@pytest.fixture
def paper(services: Services, run_jobs: RunJobs) -> Case:
    """A signed paper, whose files the scrub reads, and an administrator."""
    with services.work() as work:
        people.role(work.session, people.person(work.session), Role.ADMINISTRATOR)
    made = case(services)
    made.sign(made.signatories[0])
    run_jobs()
    return made


def stored(services: Services, digest: str) -> Path:
    return services.settings.blobs_dir / digest[:2] / digest[2:4] / digest


def damages(services: Services) -> list[tuple[str, str, bool]]:
    with services.work() as work:
        rows = work.session.query(FileDamage).order_by(FileDamage.digest)
        return [(row.digest, row.problem, row.mended_at is not None) for row in rows]


def said(services: Services, action: str) -> list[str]:
    with services.work() as work:
        return [e.subject_id for e in work.session.query(AuditEntry).filter_by(action=action)]


def settle(services: Services) -> int:
    """Scrubs until nothing is new: pages of the factories have no files, which is damage, too."""
    scrub(services.work, services.blobs)
    return len(damages(services))


def test_a_flipped_byte_is_found_told_and_seen_to_be_mended(
    services: Services, paper: Case, run_jobs: RunJobs
) -> None:
    before = settle(services)
    digest = str(paper.document().signed_sha256)
    path = stored(services, digest)
    whole = path.read_bytes()
    path.write_bytes(whole[:500] + bytes([whole[500] ^ 1]) + whole[501:])

    scrub(services.work, services.blobs)
    run_jobs()
    assert (digest, "differs", False) in damages(services)
    assert said(services, "file.damaged").count(digest) == 1
    with services.work() as work:
        told = work.session.query(Notice).filter_by(kind=NoticeKind.FILE_DAMAGED).all()
        assert [n.data["problem"] for n in told if n.data["digest"] == digest] == ["differs"]
        assert metrics.damaged_files(work.session) == before + 1
        assert f"centang_damaged_files {before + 1}.0" in metrics.render(work.session).decode()
    (finding,) = files_are_whole(services)
    assert f"{before + 1} stored files" in finding.problem

    scrub(services.work, services.blobs)
    assert said(services, "file.damaged").count(digest) == 1

    path.write_bytes(whole)
    scrub(services.work, services.blobs, budget=1)
    assert (digest, "differs", True) in damages(services)
    assert said(services, "file.mended") == [digest]


def test_a_missing_file_is_found(services: Services, paper: Case) -> None:
    settle(services)
    digest = str(paper.document().signed_sha256)
    stored(services, digest).unlink()
    scrub(services.work, services.blobs)
    assert (digest, "missing", False) in damages(services)


def test_a_disk_that_refuses_one_file_does_not_stop_the_round(
    services: Services, paper: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = scrub(services.work, services.blobs).checked
    digest, stream = str(paper.document().signed_sha256), BlobStore.stream

    def refusing(store: BlobStore, wanted: str) -> Iterator[bytes]:
        if wanted == digest:
            raise OSError(errno.EIO, "Input/output error")
        return stream(store, wanted)

    monkeypatch.setattr(BlobStore, "stream", refusing)
    assert scrub(services.work, services.blobs).checked == everything
    assert (digest, "unreadable", False) in damages(services)


def test_a_store_that_is_away_is_no_damage(
    services: Services, paper: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = settle(services)

    def away(_store: BlobStore, _digest: str) -> bool:
        raise OSError(errno.ENOTCONN, "not connected")

    monkeypatch.setattr(BlobStore, "stream", away)
    monkeypatch.setattr(BlobStore, "exists", away)
    with pytest.raises(OSError, match="not connected"):
        scrub(services.work, services.blobs)
    assert len(damages(services)) == before


def test_runs_with_a_small_budget_come_round_to_every_file(services: Services, paper: Case) -> None:
    everything = scrub(services.work, services.blobs).checked
    damaged = len(damages(services))
    assert everything > 3
    digest = str(paper.document().signed_sha256)
    path = stored(services, digest)
    path.write_bytes(b"x" + path.read_bytes()[1:])
    assert hashlib.sha256(path.read_bytes()).hexdigest() != digest
    runs = [scrub(services.work, services.blobs, budget=1) for _ in range(everything)]
    assert all(run.checked >= 1 for run in runs)
    assert len(damages(services)) == damaged + 1


def test_an_empty_house_is_whole(services: Services) -> None:
    assert scrub(services.work, services.blobs) == Scrubbed(0, 0)
    assert list(files_are_whole(services)) == []

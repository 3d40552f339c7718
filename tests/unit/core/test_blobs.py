"""What a row may name for good is on the disk before the row is."""

import errno
import os
from typing import Any

import pytest

from backend.core.blobs import BlobStore
from backend.core.errors import STORAGE_FULL, DomainError
from backend.core.settings import Settings


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The inodes that were waited for."""
    waited: set[int] = set()

    def fsync(handle: Any) -> None:
        waited.add(os.fstat(handle).st_ino)

    monkeypatch.setattr("backend.core.blobs.os.fsync", fsync)
    return waited


def test_a_durable_file_waits_for_the_disk_with_the_folders_that_lead_to_it(
    settings: Settings, synced: set[int]
) -> None:
    digest = BlobStore.from_settings(settings).put(b"a signed file", durable=True)
    folder = settings.blobs_dir
    path = folder / digest[:2] / digest[2:4] / digest
    leading = (path, path.parent, path.parent.parent, folder)
    assert synced == {one.stat().st_ino for one in leading}


def test_a_file_that_was_there_already_is_waited_for_too(
    settings: Settings, synced: set[int]
) -> None:
    blobs = BlobStore.from_settings(settings)
    blobs.put(b"a signed file")
    assert synced == set()
    blobs.put(b"a signed file", durable=True)
    assert len(synced) == 4


def test_what_was_not_written_whole_is_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = BlobStore.from_settings(settings)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("backend.core.blobs.os.rename", full)
        with pytest.raises(DomainError) as refused:
            blobs.put(b"a signed file")
    assert refused.value.problem is STORAGE_FULL
    left = [path for path in settings.blobs_dir.rglob("*") if path.is_file()]
    assert left == []
    assert blobs.get(blobs.put(b"a signed file")) == b"a signed file"


def test_a_file_being_written_is_in_no_list(settings: Settings) -> None:
    blobs = BlobStore.from_settings(settings)
    digest = blobs.put(b"a signed file")
    path = settings.blobs_dir / digest[:2] / digest[2:4] / f"{digest}#123"
    path.write_bytes(b"half of ano")
    assert list(blobs.digests()) == [digest]
    assert [name for name, _ in blobs.shelf(digest[:2])] == [digest]

"""What a row may name for good is on the disk before the row is."""

import os
from typing import Any

import pytest

from backend.core.blobs import BlobStore
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

"""Content-addressed files: the same calls for a local folder and S3-compatible storage."""

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import obstore
from obstore.store import LocalStore, from_url

from backend.core.errors import NOT_FOUND, STORAGE_FULL
from backend.core.settings import Settings

CHUNK = 1024 * 1024
RETIRED = "retired/"
FAILURES = (OSError, obstore.exceptions.BaseError)
"""What a store says when it cannot do what was asked."""


def _retired(digest: str) -> str:
    return f"{RETIRED}{digest}"


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file, lower-case hex, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    """Waits until a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class BlobStore:
    """Immutable files addressed by the SHA-256 of their bytes (lower-case hex)."""

    def __init__(self, store: Any, folder: Path | None = None) -> None:
        """`folder`: where the files lie, when the store is this machine's own disk."""
        self._store, self._folder = store, folder
        self._settled: set[Path] = set()
        """Folders that are known to be on the disk themselves: they stay for good."""

    @classmethod
    def from_settings(cls, settings: Settings) -> "BlobStore":
        if settings.blob_url:
            return cls(from_url(settings.blob_url))
        settings.blobs_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(LocalStore(str(settings.blobs_dir)), settings.blobs_dir)

    @staticmethod
    def _key(digest: str) -> str:
        return f"{digest[:2]}/{digest[2:4]}/{digest}"

    def put(self, data: bytes | Path, *, durable: bool = False) -> str:
        """Stores bytes, or a file, and returns its digest. Storing the same bytes twice is one file.

        `durable`: from here on it outlives a power cut, so that a row may name it for good.
        """
        digest = sha256_file(data) if isinstance(data, Path) else hashlib.sha256(data).hexdigest()
        try:
            if not self.exists(digest):
                obstore.put(self._store, self._key(digest), data)
            if durable:
                self._settle(self._key(digest))
        except FAILURES as error:
            if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error):
                raise STORAGE_FULL() from error
            raise
        return digest

    def _settle(self, key: str) -> None:
        """Waits until a file, and the folders that lead to it, are on the disk."""
        if self._folder is None:
            return
        path = self._folder / key
        _sync(path)
        _sync(path.parent)
        if path.parent not in self._settled:
            for folder in path.parents[1 : key.count("/") + 1]:
                _sync(folder)
            self._settled.add(path.parent)

    def exists(self, digest: str) -> bool:
        try:
            obstore.head(self._store, self._key(digest))
        except FileNotFoundError:
            return False
        return True

    def get(self, digest: str) -> bytes:
        """The bytes under a digest. Raises NOT_FOUND when there are none."""
        return bytes(self._found(digest).bytes())

    def stream(self, digest: str) -> Iterator[bytes]:
        """The bytes in pieces of about a megabyte."""
        found = self._found(digest)
        if found.meta["size"] <= CHUNK:
            yield bytes(found.bytes())  # to start a stream costs more than a small file
        else:
            yield from map(bytes, found.stream(CHUNK))

    def _found(self, digest: str) -> Any:
        # A file that is restored is missing from its shelf before, from the retired ones after.
        for key in (self._key(digest), _retired(digest), self._key(digest)):
            with contextlib.suppress(FileNotFoundError):
                return obstore.get(self._store, key)
        raise NOT_FOUND()

    def save_to(self, digest: str, path: Path) -> None:
        """Writes a copy to a file of the caller's."""
        with path.open("wb") as file:
            file.writelines(self.stream(digest))

    def digests(self) -> Iterator[str]:
        """Every stored digest, in no particular order."""
        for digest, _ in self._listed(None):
            yield digest

    def shelf(self, beginning: str) -> Iterator[tuple[str, datetime]]:
        """The files whose digests begin with these two digits, with the moment each was stored."""
        return self._listed(f"{beginning}/")

    def retired(self) -> Iterator[tuple[str, datetime]]:
        """The files taken out of use, with the moment each was."""
        return self._listed(RETIRED)

    def _listed(self, prefix: str | None) -> Iterator[tuple[str, datetime]]:
        for page in obstore.list(self._store, prefix=prefix):
            for item in page:
                if prefix or not item["path"].startswith(RETIRED):
                    yield item["path"].rsplit("/", 1)[-1], item["last_modified"]

    def retire(self, digest: str) -> None:
        """Takes a file out of use. Whoever began to use it just now can read it still."""
        # Written anew and not moved, so that its date is today's.
        obstore.put(self._store, _retired(digest), self.get(digest))
        obstore.delete(self._store, self._key(digest))

    def restore(self, digest: str) -> None:
        """Puts a retired file back to where it was."""
        obstore.put(self._store, self._key(digest), self.get(digest))
        obstore.delete(self._store, _retired(digest))

    def discard(self, digest: str) -> None:
        """Deletes a retired file for good."""
        obstore.delete(self._store, _retired(digest))

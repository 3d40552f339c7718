"""Content-addressed files: the same calls for a local folder and S3-compatible storage."""

# A path object costs more than most of these calls.
# ruff: noqa: PTH103, PTH104, PTH108, PTH110, PTH120, PTH123

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import obstore
from obstore.store import LocalStore, from_url

from backend.core.errors import NOT_FOUND, STORAGE_FULL
from backend.core.settings import Settings

CHUNK = 1024 * 1024
RETIRED = "retired/"
FAILURES = (OSError, obstore.exceptions.BaseError)
"""What a store says when it cannot do what was asked."""

_Read = TypeVar("_Read")


def _retired(digest: str) -> str:
    return f"{RETIRED}{digest}"


def sha256_file(path: Path) -> str:
    """The SHA-256 of a file, lower-case hex, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: str) -> None:
    """Waits until a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Files(Protocol):
    """Where files lie under their keys. What is missing raises FileNotFoundError."""

    def has(self, key: str) -> bool: ...

    def write(self, key: str, data: bytes | Path) -> None:
        """The whole file is there from here on, or none."""
        ...

    def settle(self, key: str) -> None:
        """Waits until a file outlives a power cut."""
        ...

    def read(self, key: str) -> bytes: ...

    def pieces(self, key: str) -> Iterator[bytes]:
        """Found at once, read as it is asked for."""
        ...


class _Bucket:
    """An object store, which answers once a file is safe."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def has(self, key: str) -> bool:
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def write(self, key: str, data: bytes | Path) -> None:
        obstore.put(self._store, key, data)

    def settle(self, key: str) -> None:
        pass

    def read(self, key: str) -> bytes:
        return bytes(obstore.get(self._store, key).bytes())

    def pieces(self, key: str) -> Iterator[bytes]:
        found = obstore.get(self._store, key)
        if found.meta["size"] <= CHUNK:
            return iter((bytes(found.bytes()),))  # to start a stream costs more than a small file
        return map(bytes, found.stream(CHUNK))


class _Folder(_Bucket):
    """A folder of this machine's own disk, read and written by plain system calls.

    A small file takes ten times as long through an object store's layers, and each signed paper is
    three of them.
    """

    def __init__(self, store: Any, folder: Path) -> None:
        super().__init__(store)
        self._folder = os.fspath(folder)
        self._settled: set[str] = set()
        """Folders that are known to be on the disk themselves: they stay for good."""

    def _path(self, key: str) -> str:
        return f"{self._folder}/{key}"

    def has(self, key: str) -> bool:
        return os.path.exists(self._path(key))

    def write(self, key: str, data: bytes | Path) -> None:
        if isinstance(data, Path):
            super().write(key, data)
            return
        path = self._path(key)
        # As the object store names what is unfinished, and leaves it out of its lists.
        unfinished = f"{path}#{secrets.randbits(63)}"
        try:
            try:
                _write(unfinished, data)
            except FileNotFoundError:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                _write(unfinished, data)
            os.rename(unfinished, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(unfinished)
            raise

    def settle(self, key: str) -> None:
        """With the folders that lead to it."""
        path = self._path(key)
        _sync(path)
        folder = path.rpartition("/")[0]
        _sync(folder)
        if folder not in self._settled:
            for _ in range(key.count("/")):
                folder = folder.rpartition("/")[0]
                _sync(folder)
            self._settled.add(path.rpartition("/")[0])

    def read(self, key: str) -> bytes:
        with open(self._path(key), "rb") as file:
            return file.read()

    def pieces(self, key: str) -> Iterator[bytes]:
        file = open(self._path(key), "rb")  # noqa: SIM115 (read() closes it)

        def read() -> Iterator[bytes]:
            with file:
                while piece := file.read(CHUNK):
                    yield piece

        return read()


def _write(path: str, data: bytes) -> None:
    with open(path, "xb") as file:
        file.write(data)


class BlobStore:
    """Immutable files addressed by the SHA-256 of their bytes (lower-case hex)."""

    def __init__(self, store: Any, folder: Path | None = None) -> None:
        """`folder`: where the files lie, when the store is this machine's own disk."""
        self._store = store
        self._files: _Files = _Folder(store, folder) if folder else _Bucket(store)

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
                self._files.write(self._key(digest), data)
            if durable:
                self._files.settle(self._key(digest))
        except FAILURES as error:
            if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error):
                raise STORAGE_FULL() from error
            raise
        return digest

    def exists(self, digest: str) -> bool:
        return self._files.has(self._key(digest))

    def get(self, digest: str) -> bytes:
        """The bytes under a digest. Raises NOT_FOUND when there are none."""
        return self._found(digest, self._files.read)

    def stream(self, digest: str) -> Iterator[bytes]:
        """The bytes in pieces of about a megabyte."""
        yield from self._found(digest, self._files.pieces)

    def _found(self, digest: str, look: Callable[[str], _Read]) -> _Read:
        # A file that is restored is missing from its shelf before, from the retired ones after.
        for key in (self._key(digest), _retired(digest), self._key(digest)):
            with contextlib.suppress(FileNotFoundError):
                return look(key)
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

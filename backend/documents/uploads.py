"""Files that come in pieces and go on where the line broke.

The sender announces size and digest, then sends pieces, each with the place where it belongs. How
much is here is the length of the file on disk and nothing else, so a piece that was cut off counts
as far as it came, and a server that was killed knows as much as one that was not. A piece that came
whole and is not what its sender says is taken out again, so that it alone is sent once more. When the file is
whole it goes the way of every other (intake.py), digest and all.

On another machine of the same installation the file is not there, and its sender begins again.
"""

import fcntl
import hashlib
import hmac
import os
from collections.abc import Container, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, or_, select, text

from backend.core.blobs import CHUNK, BlobStore
from backend.core.db import Work
from backend.core.errors import NOT_FOUND, STORAGE_FULL, TOO_LARGE, DomainError
from backend.core.settings import Settings
from backend.documents import intake, problems
from backend.documents.intake import Upload
from backend.documents.models import PartialUpload, Version

MOST = 5
"""Unfinished ones of one person."""
PATIENCE = timedelta(days=3)
"""How long an unfinished one waits for its next piece."""
REMEMBERED = timedelta(days=1)
"""How long a finished one still says what became of it."""


def begin(
    work: Work, document_id: UUID, *, size: int, sha256: str, filename: str, most_bytes: int
) -> PartialUpload:
    """Makes ready for a file, or finds the one that was begun: same person, paper and digest.

    Raises NOT_FOUND, NOT_EDITABLE, EMPTY, TOO_LARGE, DUPLICATE or TOO_MANY_UPLOADS, before any of
    it travels.
    """
    document = intake.check(work, document_id)
    if size > most_bytes:
        raise TOO_LARGE(limit_mb=most_bytes // 1048576)
    if size < 1:
        raise problems.EMPTY()
    person_id, announced = work.actor.known_id, sha256.lower()
    intake.refuse_duplicate(work, document, Upload(announced, size))
    work.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 3))"), {"name": str(person_id)}
    )
    unfinished = work.session.scalars(
        select(PartialUpload).where(
            PartialUpload.person_id == person_id, PartialUpload.version_id.is_(None)
        )
    ).all()
    for row in unfinished:
        if (row.document_id, row.announced) == (document_id, announced):
            row.size, row.touched_at = size, work.now
            return row
    if len(unfinished) >= MOST:
        raise problems.TOO_MANY_UPLOADS(most=MOST)
    row = PartialUpload(
        person_id=person_id,
        document_id=document_id,
        announced=announced,
        size=size,
        filename=intake.tame(filename),
        touched_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def find(work: Work, upload_id: UUID) -> PartialUpload:
    """One's own. Raises NOT_FOUND."""
    row = work.session.get(PartialUpload, upload_id)
    if row is None or row.person_id != work.actor.known_id:
        raise NOT_FOUND()
    return row


def arrived(folder: Path, row: PartialUpload) -> int:
    """How many bytes are here."""
    if row.version_id is not None:
        return row.size
    try:
        return (folder / str(row.id)).stat().st_size
    except FileNotFoundError:
        return 0


def receive(
    folder: Path,
    row: PartialUpload,
    offset: int,
    pieces: Iterable[bytes],
    sha256: bytes | None = None,
) -> None:
    """Puts pieces down from `offset` on; no transaction is open. What came stays, whatever follows,
    unless all of it came and its digest is not the one given.

    Raises UPLOAD_ELSEWHERE with the right place when that is another one: the piece came twice, or
    a later request went on while this one hung. Raises DIGEST_MISMATCH for more than was announced,
    PIECE_DAMAGED for another digest.
    """
    start, found = offset, hashlib.sha256()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / str(row.id)).open("ab", buffering=0) as file, intake.storage():
        _at(file.fileno(), offset)
        for piece in pieces:
            if offset + len(piece) > row.size:
                raise problems.DIGEST_MISMATCH()
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                _at(file.fileno(), offset)
                file.write(piece)
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
            offset += len(piece)
            found.update(piece)
        if sha256 is not None and not hmac.compare_digest(found.digest(), sha256):
            fcntl.flock(file, fcntl.LOCK_EX)
            _at(file.fileno(), offset)
            file.truncate(start)
            raise problems.PIECE_DAMAGED()


def assemble(row: PartialUpload, *, settings: Settings, blobs: BlobStore) -> Upload:
    """Takes the whole file in; no transaction is open. What is not a whole PDF begins again.

    Raises as `intake.store`.
    """
    path = settings.uploads_dir / str(row.id)
    try:
        return intake.store(
            _read(path), settings=settings, blobs=blobs, length=row.size, sha256=row.announced
        )
    except DomainError as error:
        if error.problem is not STORAGE_FULL:
            path.unlink(missing_ok=True)
        raise


def finish(work: Work, upload_id: UUID, upload: Upload) -> Version:
    """Makes it the paper's next version, once. Raises as `intake.add_version`."""
    row = work.session.get(PartialUpload, upload_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NOT_FOUND()
    if row.version_id is None:
        version = intake.add_version(work, row.document_id, upload, row.filename)
        row.version_id, row.touched_at = version.id, work.now
    return work.session.get_one(Version, row.version_id)


def discard(work: Work, upload_id: UUID) -> None:
    """Forgets one's own; its file is swept."""
    work.session.delete(find(work, upload_id))


def wanted(work: Work) -> set[str]:
    """Forgets what nobody went on with, and names the files of what is still to come."""
    touched = PartialUpload.touched_at
    work.session.execute(
        delete(PartialUpload).where(
            or_(
                touched < work.now - PATIENCE,
                PartialUpload.version_id.is_not(None) & (touched < work.now - REMEMBERED),
            )
        )
    )
    ids = work.session.scalars(select(PartialUpload.id).where(PartialUpload.version_id.is_(None)))
    return {str(upload_id) for upload_id in ids}


def sweep(folder: Path, wanted: Container[str]) -> int:
    """Removes the files of uploads that are finished or forgotten. Returns how many."""
    found = [path for path in folder.glob("*") if path.name not in wanted]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _at(descriptor: int, offset: int) -> None:
    here = os.fstat(descriptor).st_size
    if here != offset:
        raise problems.UPLOAD_ELSEWHERE(offset=here)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece

"""Takes in a file: to the scratch folder, checked, to the blob store, and only then a version.

Nothing is visible before the last step, and nothing stays behind when one before it fails.
"""

import errno
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, text

from backend.audit.trail import record
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.errors import STORAGE_FULL, TOO_LARGE
from backend.core.jobs import Job, defer
from backend.core.settings import Settings
from backend.documents import problems
from backend.documents.access import for_operator, open_to
from backend.documents.models import Document, DocumentState, Version, VersionState

ACCEPTING = frozenset(
    {
        *(DocumentState.DRAFT, DocumentState.NEEDS_REVISION),
        *(DocumentState.UNDER_REVIEW, DocumentState.READY_TO_SIGN),
    }
)
"""States in which a new version may come; on the route it voids what was given to the old one."""
ENDED = frozenset(
    {
        *(DocumentState.CANCELLED, DocumentState.REJECTED),
        *(DocumentState.REVOKED, DocumentState.SUPERSEDED),
    }
)
"""Papers whose file may be the beginning of another one."""
LONGEST_FILENAME = 200
_BLANK = b"\x00\t\n\x0c\r \xef\xbb\xbf"


@dataclass(frozen=True)
class Upload:
    """Bytes that arrived whole."""

    sha256: str
    size: int


def check(work: Work, document_id: UUID) -> Document:
    """The document, if it may get a file now: asked before the file travels."""
    document = for_operator(work, document_id)
    if document.state not in ACCEPTING:
        raise problems.NOT_EDITABLE()
    return document


def store(
    chunks: Iterable[bytes],
    *,
    settings: Settings,
    blobs: BlobStore,
    length: int | None = None,
    sha256: str | None = None,
) -> Upload:
    """Writes the bytes down, no transaction open. `length` and `sha256` (hex) are the sender's.

    Raises TOO_LARGE, NOT_A_PDF, INCOMPLETE, DIGEST_MISMATCH or STORAGE_FULL; then nothing is kept.
    """
    settings.scratch_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = settings.scratch_dir
    with storage(), tempfile.NamedTemporaryFile(dir=folder, prefix="upload-") as file:
        digest, size = hashlib.sha256(), 0
        for chunk in chunks:
            if not size and not chunk.lstrip(_BLANK).startswith(b"%PDF-"):
                raise problems.NOT_A_PDF()
            size += len(chunk)
            if size > settings.upload_limit_bytes:
                raise TOO_LARGE(limit_mb=settings.upload_limit_bytes // 1048576)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        if not size:
            raise problems.EMPTY()
        if length is not None and size != length:
            raise problems.INCOMPLETE()
        if sha256 and sha256.lower() != digest.hexdigest():
            raise problems.DIGEST_MISMATCH()
        return Upload(blobs.put(Path(file.name), durable=True), size)


@contextmanager
def storage() -> Iterator[None]:
    """Says STORAGE_FULL where the disk is."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise STORAGE_FULL() from error
        raise


def add_version(work: Work, document_id: UUID, upload: Upload, filename: str) -> Version:
    """Makes what arrived the document's next version, to be examined by the worker.

    Raises NOT_EDITABLE, or DUPLICATE when the unit already has these bytes.
    """
    document = for_operator(work, document_id, lock=True)
    if document.state not in ACCEPTING:
        raise problems.NOT_EDITABLE()
    refuse_duplicate(work, document, upload)
    last = work.session.scalar(
        select(func.max(Version.ordinal)).where(Version.document_id == document.id)
    )
    version = Version(
        document_id=document.id,
        ordinal=(last or 0) + 1,
        state=VersionState.EXAMINING,
        uploaded_sha256=upload.sha256,
        size=upload.size,
        filename=tame(filename),
        uploaded_by=work.actor.known_id,
        uploaded_at=work.now,
    )
    work.session.add(version)
    document.updated_at = work.now
    work.session.flush()
    defer(work.session, Job.EXAMINE_VERSION, version_id=version.id)
    record(
        work,
        "document.version-uploaded",
        "document",
        document.id,
        version=version.id,
        ordinal=version.ordinal,
        sha256=upload.sha256,
        size=upload.size,
    )
    return version


def refuse_duplicate(work: Work, document: Document, upload: Upload) -> None:
    """The same bytes twice in one unit is nearly always a slip, unless the first came to nothing.

    A secret paper with the same bytes is not betrayed to who does not handle it.
    """
    work.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 2))"),
        {"name": f"{document.unit_id} {upload.sha256}"},
    )
    other = work.session.scalars(
        select(Document)
        .join(Version, Version.document_id == Document.id)
        .where(
            Document.unit_id == document.unit_id,
            open_to(work.actor),
            Document.state.not_in(ENDED),
            Version.uploaded_sha256 == upload.sha256,
            Version.state != VersionState.REFUSED,
            Version.voided_at.is_(None),
        )
        .order_by(Document.id)
        .limit(1)
    ).first()
    if other is not None:
        raise problems.DUPLICATE(
            document_id=str(other.id),
            subject=other.subject,
            number=other.number or "tanpa nomor",
            same_document=other.id == document.id,
        )


def tame(filename: str) -> str:
    """A file's name without folders and control characters."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if c.isprintable()).strip()
    return name[-LONGEST_FILENAME:] or "naskah.pdf"

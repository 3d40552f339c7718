"""Pictures of a paper as it was given out: with its number, its feet and everybody's block.

They are to be held beside the sheet, so they are of the validated file and not of the version that
was ticked. A page is drawn when somebody first looks at it: most papers are never asked about.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.errors import UNAVAILABLE
from backend.core.sandbox import Limits, Sandbox, SandboxError
from backend.documents.models import Document
from backend.documents.pdf import preview
from backend.verification.models import FinalPage
from backend.verification.problems import UNKNOWN_CODE
from backend.verification.records import PublicRecord

TYPE = "image/webp"
LIMITS = Limits(seconds=9, memory_bytes=1024 * 1024 * 1024, file_bytes=1024 * 1024)


def find(work: Work, record: PublicRecord, ordinal: int) -> tuple[str, str | None]:
    """The validated file, and the stored digest of this page's picture if it was drawn.

    Raises UNKNOWN_CODE where the page may not be seen, or there is none.
    """
    if not 1 <= ordinal <= record.pictures:
        raise UNKNOWN_CODE()
    file = work.session.scalars(
        select(Document.validated_sha256).where(Document.public_code == record.code)
    ).one()
    if file is None:
        raise UNKNOWN_CODE()
    drawn = select(FinalPage.image_sha256).where(
        FinalPage.file_sha256 == file, FinalPage.ordinal == ordinal
    )
    return file, work.session.scalar(drawn)


def draw(blobs: BlobStore, sandbox: Sandbox, scratch: Path, file: str, ordinal: int) -> str:
    """Draws and stores one page; its digest. No transaction is open. Raises UNAVAILABLE."""
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(prefix="page-", dir=scratch) as folder:
        path = Path(folder) / preview.INPUT
        blobs.save_to(file, path)
        order = {"page": ordinal, "large": True}
        try:
            with sandbox.run(
                preview.__name__, order, inputs={preview.INPUT: path}, limits=LIMITS
            ) as result:
                if preview.OUTPUT not in result.outputs:
                    raise UNAVAILABLE()
                return blobs.put(result.outputs[preview.OUTPUT].read_bytes(), durable=True)
        except SandboxError as error:
            raise UNAVAILABLE() from error


def keep(work: Work, code: str, file: str, ordinal: int, digest: str) -> None:
    """Remembers the picture; what was drawn of the paper's earlier files is let go."""
    document_id = work.session.scalars(
        select(Document.id).where(Document.public_code == code)
    ).one()
    work.session.execute(
        delete(FinalPage).where(FinalPage.document_id == document_id, FinalPage.file_sha256 != file)
    )
    row = {"file_sha256": file, "ordinal": ordinal, "document_id": document_id}
    work.session.execute(
        insert(FinalPage).values(image_sha256=digest, **row).on_conflict_do_nothing()
    )

"""Full validation of a file with a new archive time stamp; only then it takes its place.

Until then, and when it fails, the file that passed before stays the paper's.
"""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from backend.audit import trail
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.sandbox import Sandbox
from backend.documents.models import Document
from backend.signing.models import ArchiveStamp, ArchiveState
from backend.verification.candidates import Begin, Candidate, candidate, judged, keep
from backend.verification.models import ValidationReport
from backend.verification.report import FileReport
from backend.verification.verdicts import Verdict


def validate_archived(
    begin: Begin, blobs: BlobStore, sandbox: Sandbox, scratch: Path, stamp_id: UUID
) -> None:
    """Judges a stamped file and, if it passes, makes it the document's."""
    with begin() as work:
        one = _candidate(work, stamp_id)
    if one is None:
        return
    with judged(one, blobs, sandbox, scratch) as (report, _):
        pass
    with begin() as work:
        _finish(work, stamp_id, report)


def _candidate(work: Work, stamp_id: UUID) -> Candidate | None:
    stamp = work.session.get(ArchiveStamp, stamp_id)
    if stamp is None or stamp.state is not ArchiveState.MADE:
        return None
    return candidate(work, stamp.document_id, stamp.file_sha256)


def _finish(work: Work, stamp_id: UUID, report: FileReport) -> None:
    stamp = work.session.get_one(ArchiveStamp, stamp_id, with_for_update=True)
    if stamp.state is not ArchiveState.MADE:
        return
    document = work.session.get_one(Document, stamp.document_id, with_for_update={"of": Document})
    facts = {"file_sha256": stamp.file_sha256, "base_sha256": stamp.base_sha256}
    if not _holds(report, stamp) or not _still_its_file(document, stamp):
        stamp.state = ArchiveState.REFUSED
        codes = [reason.code for reason in report.reasons]
        trail.record(
            work, "document.archive-refused", "document", document.id, codes=codes, **facts
        )
        return
    picture = work.session.scalar(
        select(ValidationReport.preview_sha256)
        .where(ValidationReport.file_sha256 == stamp.base_sha256)
        .order_by(ValidationReport.id.desc())
        .limit(1)
    )
    keep(work, document.id, stamp.file_sha256, report, picture)
    document.signed_sha256 = document.validated_sha256 = stamp.file_sha256
    stamp.state = ArchiveState.KEPT
    trail.record(work, "document.archive-kept", "document", document.id, **facts)


def _holds(report: FileReport, stamp: ArchiveStamp) -> bool:
    """Everything in the file is valid, and the new time stamp is among it."""
    return report.verdict is Verdict.VALID and any(
        s.field == stamp.field and s.kind == "time-stamp" and s.verdict is Verdict.VALID
        for s in report.signatures
    )


def _still_its_file(document: Document, stamp: ArchiveStamp) -> bool:
    return document.signed_sha256 == document.validated_sha256 == stamp.base_sha256

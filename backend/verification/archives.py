"""Full validation of a file with a new archive time stamp; only then it takes its place.

Begin (a transaction) → judge in the confined process (none open) → finish (a transaction that looks
again). Until then, and when it fails, the file that passed before stays the paper's.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import select

from backend.audit import trail
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.sandbox import Sandbox
from backend.documents.models import Document
from backend.signing.models import ArchiveStamp, ArchiveState
from backend.verification.anchors import installation_trust
from backend.verification.examination import OUR_OWN, examine
from backend.verification.judge import INPUT
from backend.verification.models import ValidationReport
from backend.verification.own_files import Begin, against_records, signers_of
from backend.verification.report import FileReport
from backend.verification.trust import Trust
from backend.verification.verdicts import Verdict


@dataclass(frozen=True)
class _Candidate:
    sha256: str
    trust: Trust
    now: datetime
    signers: tuple[str, ...]


def validate_archived(
    begin: Begin, blobs: BlobStore, sandbox: Sandbox, scratch: Path, stamp_id: UUID
) -> None:
    """Judges a stamped file and, if it passes, makes it the document's."""
    with begin() as work:
        candidate = _candidate(work, stamp_id)
    if candidate is None:
        return
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(prefix="validate-", dir=scratch) as folder:
        file = Path(folder) / INPUT
        blobs.save_to(candidate.sha256, file)
        report = examine(sandbox, file, candidate.trust, candidate.now, OUR_OWN)
    with begin() as work:
        _finish(work, stamp_id, against_records(report, candidate.signers))


def _candidate(work: Work, stamp_id: UUID) -> _Candidate | None:
    stamp = work.session.get(ArchiveStamp, stamp_id)
    if stamp is None or stamp.state is not ArchiveState.MADE:
        return None
    signers = signers_of(work, stamp.document_id)
    return _Candidate(stamp.file_sha256, installation_trust(work), work.now, signers)


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
    work.session.add(
        ValidationReport(
            document_id=document.id,
            file_sha256=stamp.file_sha256,
            verdict=report.verdict,
            report=report.model_dump(mode="json"),
            made_at=work.now,
            preview_sha256=picture,
        )
    )
    document.signed_sha256 = document.validated_sha256 = stamp.file_sha256
    stamp.state = ArchiveState.KEPT
    trail.record(work, "document.archived", "document", document.id, **facts)


def _holds(report: FileReport, stamp: ArchiveStamp) -> bool:
    """Everything in the file is valid, and the new time stamp is among it."""
    return report.verdict is Verdict.VALID and any(
        s.field == stamp.field and s.kind == "time-stamp" and s.verdict is Verdict.VALID
        for s in report.signatures
    )


def _still_its_file(document: Document, stamp: ArchiveStamp) -> bool:
    return document.signed_sha256 == document.validated_sha256 == stamp.base_sha256

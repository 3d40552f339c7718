"""Full validation of a file signed here: until it has passed, nothing is distributed.

Safe to run twice: a file that has its report is not judged anew.
"""

import contextlib
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from backend.audit import trail
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.core.sandbox import Sandbox, SandboxError
from backend.documents.models import Document
from backend.documents.pdf import preview
from backend.routing import timeline
from backend.routing.models import EventKind
from backend.signing import archiving
from backend.signing.models import Signature
from backend.verification.candidates import Begin, Candidate, candidate, judged, keep
from backend.verification.examination import OUR_OWN
from backend.verification.models import ValidationReport
from backend.verification.report import FileReport
from backend.verification.verdicts import Verdict


def validate_signed(
    begin: Begin, blobs: BlobStore, sandbox: Sandbox, scratch: Path, document_id: UUID
) -> None:
    """Judges the newest signed file of a document and, if it passes, opens it to the public."""
    with begin() as work:
        one = _candidate(work, document_id)
    if one is None:
        return
    with judged(one, blobs, sandbox, scratch) as (report, file):
        picture = _picture(sandbox, blobs, file) if report.verdict is Verdict.VALID else None
    with begin() as work:
        _finish(work, document_id, one.sha256, report, picture)


def _candidate(work: Work, document_id: UUID) -> Candidate | None:
    document = work.session.get(Document, document_id)
    if document is None or document.signed_sha256 in {None, document.validated_sha256}:
        return None
    sha256 = str(document.signed_sha256)
    judged = select(ValidationReport.id).where(
        ValidationReport.document_id == document_id, ValidationReport.file_sha256 == sha256
    )
    if work.session.scalar(judged.limit(1)) is not None:
        return None
    return candidate(work, document_id, sha256)


def _picture(sandbox: Sandbox, blobs: BlobStore, file: Path) -> str | None:
    """The stored digest of the first page's small picture; None when it cannot be drawn."""
    with (
        contextlib.suppress(SandboxError),
        sandbox.run(
            preview.__name__, {"page": 1}, inputs={preview.INPUT: file}, limits=OUR_OWN
        ) as result,
    ):
        drawn = result.outputs.get(preview.OUTPUT)
        return blobs.put(drawn.read_bytes(), durable=True) if drawn else None
    return None


def _last_step(work: Work, document_id: UUID) -> UUID:
    return work.session.scalars(
        select(Signature.step_id)
        .where(Signature.document_id == document_id, Signature.voided_at.is_(None))
        .order_by(Signature.signed_at.desc())
        .limit(1)
    ).one()


def _finish(
    work: Work, document_id: UUID, sha256: str, report: FileReport, picture: str | None
) -> None:
    document = work.session.get_one(Document, document_id, with_for_update=True)
    keep(work, document_id, sha256, report, picture)
    facts = {"file_sha256": sha256, "verdict": report.verdict.value}
    if report.verdict is not Verdict.VALID:
        codes = [reason.code for reason in report.reasons]
        timeline.add(work, document, EventKind.FAILED, reason="validation", codes=codes)
        trail.record(
            work, "document.validation_failed", "document", document_id, codes=codes, **facts
        )
        defer(
            work.session,
            Job.ANNOUNCE_OUTCOME,
            document_id=document_id,
            step_id=_last_step(work, document_id),
            outcome="not-validated",
        )
        return
    if document.signed_sha256 == sha256:
        document.validated_sha256 = sha256
        document.updated_at = work.now
        timeline.add(work, document, EventKind.VALIDATED)
        work.session.flush()
        archiving.ask(work, document)
        defer(work.session, Job.UPDATE_STATUS, later=True, document_id=document_id)
    trail.record(work, "document.validated", "document", document_id, **facts)

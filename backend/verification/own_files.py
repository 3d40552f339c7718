"""Full validation of a file signed here: until it has passed, nothing is distributed.

Begin (a transaction) → judge in the confined process (none open) → finish (a transaction that looks
again). Safe to run twice: a file that has its report is not judged anew.
"""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import select

from backend.audit import trail
from backend.certificates.models import Certificate
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.core.sandbox import Sandbox, SandboxError
from backend.documents.models import Document
from backend.documents.pdf import preview
from backend.routing import timeline
from backend.routing.models import EventKind
from backend.signing import archiving
from backend.signing.models import DocumentSeal, Signature
from backend.verification.anchors import installation_trust
from backend.verification.examination import OUR_OWN, examine
from backend.verification.models import ValidationReport
from backend.verification.report import FileReport, Indication, Reason
from backend.verification.trust import Trust
from backend.verification.verdicts import Verdict

Begin = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True)
class _Candidate:
    sha256: str
    trust: Trust
    now: datetime
    signers: tuple[str, ...]
    """Thumbprints of the certificates that sealed and signed it, by our own records."""


def validate_signed(
    begin: Begin, blobs: BlobStore, sandbox: Sandbox, scratch: Path, document_id: UUID
) -> None:
    """Judges the newest signed file of a document and, if it passes, opens it to the public."""
    with begin() as work:
        candidate = _candidate(work, document_id)
    if candidate is None:
        return
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(prefix="validate-", dir=scratch) as folder:
        file = Path(folder) / preview.INPUT
        blobs.save_to(candidate.sha256, file)
        report = examine(sandbox, file, candidate.trust, candidate.now, OUR_OWN)
        report = against_records(report, candidate.signers)
        picture = _picture(sandbox, blobs, file) if report.verdict is Verdict.VALID else None
    with begin() as work:
        _finish(work, document_id, candidate.sha256, report, picture)


def _candidate(work: Work, document_id: UUID) -> _Candidate | None:
    document = work.session.get(Document, document_id)
    if document is None or document.signed_sha256 in {None, document.validated_sha256}:
        return None
    sha256 = str(document.signed_sha256)
    judged = select(ValidationReport.id).where(
        ValidationReport.document_id == document_id, ValidationReport.file_sha256 == sha256
    )
    if work.session.scalar(judged.limit(1)) is not None:
        return None
    return _Candidate(sha256, installation_trust(work), work.now, signers_of(work, document_id))


def signers_of(work: Work, document_id: UUID) -> tuple[str, ...]:
    """Thumbprints of the certificates that signed a document, by our own records."""
    signers = work.session.scalars(
        select(Certificate.thumbprint)
        .join(Signature, Signature.certificate_id == Certificate.id)
        .where(Signature.document_id == document_id, Signature.voided_at.is_(None))
        .order_by(Signature.signed_at)
    )
    seals = work.session.scalars(
        select(Certificate.thumbprint)
        .join(DocumentSeal, DocumentSeal.certificate_id == Certificate.id)
        .where(DocumentSeal.document_id == document_id, DocumentSeal.voided_at.is_(None))
    )
    return (*seals, *signers)


def against_records(report: FileReport, signers: tuple[str, ...]) -> FileReport:
    """A valid file signed by others than our records say is not the file we mean."""
    found = [
        s.certificate.thumbprint
        for s in report.signatures
        if s.kind == "signature" and s.certificate is not None
    ]
    if report.verdict is not Verdict.VALID or sorted(found) == sorted(signers):
        return report
    return report.model_copy(
        update={
            "verdict": Verdict.INVALID,
            "indication": Indication.TOTAL_FAILED,
            "sub_indication": "SIG_CONSTRAINTS_FAILURE",
            "certified": False,
            "reasons": (Reason(code="signer-mismatch"),),
        }
    )


def _picture(sandbox: Sandbox, blobs: BlobStore, file: Path) -> str | None:
    """The stored digest of the first page's small picture; None when it cannot be drawn."""
    with (
        contextlib.suppress(SandboxError),
        sandbox.run(
            preview.__name__, {"page": 1}, inputs={preview.INPUT: file}, limits=OUR_OWN
        ) as result,
    ):
        drawn = result.outputs.get(preview.OUTPUT)
        return blobs.put(drawn.read_bytes()) if drawn else None
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
    work.session.add(
        ValidationReport(
            document_id=document_id,
            file_sha256=sha256,
            verdict=report.verdict,
            report=report.model_dump(mode="json"),
            made_at=work.now,
            preview_sha256=picture,
        )
    )
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
    trail.record(work, "document.validated", "document", document_id, **facts)

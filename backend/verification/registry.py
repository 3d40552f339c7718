"""Files of this house's own, recognised by their digest before anything else is asked."""

from datetime import datetime
from typing import Literal

from sqlalchemy import exists, select

from backend.core.db import Work
from backend.documents.models import Document, DocumentState
from backend.signing.models import ArchiveStamp, ArchiveState
from backend.verification.afterwards import brought_up_to_date
from backend.verification.models import ValidationReport
from backend.verification.report import FileReport, Part
from backend.verification.verdicts import Verdict


class RegistryAnswer(Part):
    """Whoever holds the file holds its QR too: naming its code gives nothing away."""

    status: Literal["final", "earlier", "revoked", "superseded"]
    """`earlier`: genuine, and further signatures were added since."""
    code: str
    number: str | None
    ended_at: datetime | None = None
    """When it was revoked or superseded."""


class Found(Part):
    answer: RegistryAnswer
    report: FileReport


_GONE: dict[DocumentState, Literal["revoked", "superseded"]] = {
    DocumentState.REVOKED: "revoked",
    DocumentState.SUPERSEDED: "superseded",
}


def recognise(work: Work, sha256: str) -> Found | None:
    """The record of a file that was signed and fully validated here, byte for byte."""
    row = work.session.execute(
        select(Document, ValidationReport.report)
        .join(ValidationReport, ValidationReport.document_id == Document.id)
        .where(ValidationReport.file_sha256 == sha256, ValidationReport.verdict == Verdict.VALID)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    document, report = row
    final = document.validated_sha256 == sha256 or _only_archived_since(work, sha256)
    gone = _GONE.get(document.state)
    answer = RegistryAnswer(
        status=gone or ("final" if final else "earlier"),
        code=document.public_code,
        number=document.number,
        ended_at=(document.revoked_at or document.updated_at) if gone else None,
    )
    judged = FileReport.model_validate(report)
    return Found(answer=answer, report=brought_up_to_date(work, judged))


def _only_archived_since(work: Work, sha256: str) -> bool:
    """Whether a paper's file, as all had signed it, got nothing but archive time stamps later."""
    kept = ArchiveStamp.base_sha256 == sha256, ArchiveStamp.state == ArchiveState.KEPT
    return bool(work.session.scalar(select(exists().where(*kept))))

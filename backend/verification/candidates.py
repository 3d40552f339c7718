"""A file of our own, judged in the confined process against our own records.

Begin (a transaction) → judge (none open) → finish (a transaction that looks again): what is judged
is named and gathered in the first, the report is kept in the last.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import select

from backend.certificates.models import Certificate
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.sandbox import Sandbox
from backend.documents.pdf import preview
from backend.signing.models import DocumentSeal, Signature
from backend.verification.anchors import installation_trust
from backend.verification.examination import OUR_OWN, examine
from backend.verification.models import ValidationReport
from backend.verification.report import FileReport, Indication, Reason
from backend.verification.trust import Trust
from backend.verification.verdicts import Verdict

Begin = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Candidate:
    """A stored file and what it is judged by."""

    sha256: str
    trust: Trust
    now: datetime
    signers: tuple[str, ...]
    """Thumbprints of the certificates that sealed and signed it, by our own records."""


def candidate(work: Work, document_id: UUID, sha256: str) -> Candidate:
    """A file of this document, to be judged by what the installation trusts now."""
    return Candidate(sha256, installation_trust(work), work.now, _signers(work, document_id))


@contextmanager
def judged(
    one: Candidate, blobs: BlobStore, sandbox: Sandbox, scratch: Path
) -> Iterator[tuple[FileReport, Path]]:
    """The verdict and, for as long as the block runs, the file it is about."""
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(prefix="validate-", dir=scratch) as folder:
        file = Path(folder) / preview.INPUT
        blobs.save_to(one.sha256, file)
        report = examine(sandbox, file, one.trust, one.now, OUR_OWN)
        yield _against_records(report, one.signers), file


def keep(
    work: Work, document_id: UUID, sha256: str, report: FileReport, picture: str | None
) -> None:
    """Writes down what was found. `picture`: digest of the first page's small picture."""
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


def _signers(work: Work, document_id: UUID) -> tuple[str, ...]:
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


def _against_records(report: FileReport, signers: tuple[str, ...]) -> FileReport:
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

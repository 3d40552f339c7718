"""What the public may learn about one document by its code."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from backend.certificates.models import Certificate
from backend.core.db import Work
from backend.core.ids import normalise_code
from backend.documents.citizens import mask
from backend.documents.models import Document, DocumentState, Page, Secrecy
from backend.organisation.models import Agency
from backend.routing.models import EventKind, TimelineEvent
from backend.signing.models import Signature
from backend.verification.afterwards import revoked_since
from backend.verification.models import ValidationReport
from backend.verification.problems import UNKNOWN_CODE
from backend.verification.report import FileReport, Part
from backend.verification.verdicts import Verdict


class RecordState(StrEnum):
    CERTIFIED = "certified"
    """Signed with certificates of an Indonesian PSrE, and validated."""
    INTACT = "intact"
    """Signed with the embedded authority's certificates, and validated."""
    CHECKING = "checking"
    """Signed; full validation has not passed yet."""
    IN_PROGRESS = "in-progress"
    """Not signed by everyone yet."""
    UNSURE = "unsure"
    """A signing service left open whether it signed; nobody is asked again until that is known."""
    NOT_ISSUED = "not-issued"
    """Rejected or cancelled; never became a document."""
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Signer(Part):
    name: str
    capacity: str
    """The position as held then, such as «Plt. Sekretaris Daerah»."""
    signed_at: datetime
    certificate_revoked_at: datetime | None = None
    """When it was revoked after this signature, which stands by its time stamp."""


class Successor(Part):
    code: str
    number: str | None


class PublicRecord(Part):
    code: str
    state: RecordState
    kind: str | None = None
    subject: str | None = None
    """Hidden above Terbatas, and always while the document is not complete."""
    number: str | None = None
    unit: str | None = None
    signers: tuple[Signer, ...] = ()
    sealed_by: str | None = None
    """The agency whose electronic seal stands before the signatures."""
    issuers: tuple[str, ...] = ()
    level: str | None = None
    signed_at: datetime | None = None
    ended_at: datetime | None = None
    end_note: str | None = None
    ended_by: Signer | None = None
    successor: Successor | None = None
    preview_sha256: str | None = None
    pictures: int = 0
    """How many pages may be shown, to hold beside the paper."""
    file_sha256: str | None = None
    """The validated file, where citizens may have it."""


_COMPLETE = {DocumentState.SIGNED, DocumentState.SENT, DocumentState.ARCHIVED}
_ENDED = {
    DocumentState.REVOKED: (RecordState.REVOKED, EventKind.REVOKED),
    DocumentState.SUPERSEDED: (RecordState.SUPERSEDED, EventKind.SUPERSEDED),
}
_NEVER = {DocumentState.REJECTED, DocumentState.CANCELLED}


def public_record(work: Work, code: str) -> PublicRecord:
    """The record under a code typed or scanned. Raises UNKNOWN_CODE."""
    wanted = normalise_code(code)
    document = work.session.scalar(select(Document).where(Document.public_code == wanted))
    if document is None:
        raise UNKNOWN_CODE()
    if document.state in _NEVER:
        return PublicRecord(code=wanted, state=RecordState.NOT_ISSUED)
    if document.state is DocumentState.UNKNOWN:
        return PublicRecord(code=wanted, state=RecordState.UNSURE)
    if document.state not in _COMPLETE and document.state not in _ENDED:
        return PublicRecord(code=wanted, state=RecordState.IN_PROGRESS)
    report = _report(work, document)
    record = _complete(work, document, report)
    if document.state in _ENDED:
        return record.model_copy(update=_ending(work, document))
    if report is None:
        return PublicRecord(code=wanted, state=RecordState.CHECKING)
    return record


def _report(work: Work, document: Document) -> ValidationReport | None:
    if document.validated_sha256 is None or document.validated_sha256 != document.signed_sha256:
        return None
    return work.session.scalar(
        select(ValidationReport)
        .where(
            ValidationReport.document_id == document.id,
            ValidationReport.file_sha256 == document.validated_sha256,
            ValidationReport.verdict == Verdict.VALID,
        )
        .limit(1)
    )


def _complete(work: Work, document: Document, report: ValidationReport | None) -> PublicRecord:
    judged = FileReport.model_validate(report.report) if report else None
    signed = work.session.execute(
        select(Signature, Certificate.thumbprint)
        .join(Certificate, Certificate.id == Signature.certificate_id)
        .where(Signature.document_id == document.id, Signature.voided_at.is_(None))
        .order_by(Signature.signed_at)
    ).all()
    ours = [s for s in judged.signatures if s.kind == "signature"] if judged else []
    shown = document.secrecy in {Secrecy.BIASA, Secrecy.TERBATAS}
    certified = judged is not None and judged.certified
    revoked = revoked_since(work, [thumbprint for _, thumbprint in signed])
    return PublicRecord(
        code=document.public_code,
        state=RecordState.CERTIFIED if certified else RecordState.INTACT,
        kind=document.type.name,
        subject=mask(document.subject) if shown else None,
        number=document.number,
        unit=document.unit.name,
        signers=tuple(
            Signer(
                name=s.signer_name,
                capacity=s.capacity,
                signed_at=s.signed_at,
                certificate_revoked_at=revoked.get(thumbprint),
            )
            for s, thumbprint in signed
        ),
        sealed_by=next((s.signer for s in ours if s.is_seal), None),
        issuers=tuple(dict.fromkeys(s.certificate.issuer for s in ours if s.certificate)),
        level=min((s.level for s in ours if s.level), default=None),
        signed_at=signed[-1][0].signed_at if signed else None,
        **_open_files(work, document, report),
    )


def _open_files(work: Work, document: Document, report: ValidationReport | None) -> dict[str, Any]:
    """Pictures and file, where secrecy and policy allow and no citizen's number stands in them."""
    if report is None or document.secrecy is not Secrecy.BIASA or document.state not in _COMPLETE:
        return {}
    agency = work.session.scalar(select(Agency).limit(1))
    policy = agency.policy if agency else {}
    pages = select(Page.ordinal, Page.names_citizen).where(
        Page.version_id == document.current_version_id
    )
    named = {row.ordinal: row.names_citizen for row in work.session.execute(pages)}
    numbered = any(named.values())
    return {
        "preview_sha256": None if named.get(1) else report.preview_sha256,
        "pictures": 0 if numbered else len(named),
        "file_sha256": report.file_sha256
        if policy.get("public_download", True) and not numbered
        else None,
    }


def _ending(work: Work, document: Document) -> dict[str, object]:
    state, kind = _ENDED[document.state]
    event = work.session.scalar(
        select(TimelineEvent)
        .where(TimelineEvent.document_id == document.id, TimelineEvent.kind == kind)
        .order_by(TimelineEvent.id.desc())
        .limit(1)
    )
    ended_at = document.revoked_at or (event.at if event else document.updated_at)
    by = None
    if event and event.person_name:
        by = Signer(name=event.person_name, capacity=event.capacity or "", signed_at=ended_at)
    shown = document.secrecy in {Secrecy.BIASA, Secrecy.TERBATAS}
    note = document.revocation_note or (event.note if event else None)
    return {
        "state": state,
        "ended_at": ended_at,
        "end_note": mask(note) if note and shown else None,
        "ended_by": by,
        "successor": _successor(work, document),
    }


def _successor(work: Work, document: Document) -> Successor | None:
    if document.superseded_by is None:
        return None
    newer = work.session.get_one(Document, document.superseded_by)
    if newer.state not in _COMPLETE or newer.validated_sha256 is None:
        return None
    return Successor(code=newer.public_code, number=newer.number)

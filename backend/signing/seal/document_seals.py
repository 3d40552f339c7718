"""The agency's seal on a paper: known by everything that was drawn into the sealed file."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from backend.audit.trail import record
from backend.core.db import Work
from backend.documents.models import Document, DocumentType
from backend.routing.machine import ON_ROUTE
from backend.signing.models import DocumentSeal, Prepared


def known(work: Work, document_id: UUID, layout_digest: str) -> DocumentSeal | None:
    """The seal that fits what is to be signed now."""
    return work.session.scalars(
        select(DocumentSeal).where(
            DocumentSeal.document_id == document_id,
            DocumentSeal.layout_digest == layout_digest,
            DocumentSeal.voided_at.is_(None),
        )
    ).first()


def void(work: Work, document_id: UUID) -> None:
    """What was sealed is not what will be signed."""
    for row in work.session.scalars(
        select(DocumentSeal).where(
            DocumentSeal.document_id == document_id, DocumentSeal.voided_at.is_(None)
        )
    ):
        row.voided_at = work.now
        record(work, "document.seal-voided", "document", document_id, file_sha256=row.file_sha256)
    work.session.flush()


def waiting(work: Work) -> Sequence[UUID]:
    """Papers whose kind is sealed and that nobody could prepare for their first signer yet."""
    sealed = select(DocumentSeal.document_id).where(DocumentSeal.voided_at.is_(None))
    prepared = select(Prepared.document_id).where(Prepared.voided_at.is_(None))
    return work.session.scalars(
        select(Document.id)
        .join(DocumentType)
        .where(
            DocumentType.sealed,
            Document.state.in_(ON_ROUTE),
            Document.signed_sha256.is_(None),
            Document.id.not_in(sealed) | Document.id.not_in(prepared),
        )
        .order_by(Document.id)
    ).all()

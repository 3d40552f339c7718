"""Archive time stamps (B-LTA): the first after the last signature, each next before the last ages.

Read (transaction) → stamp and check (none open) → keep (transaction, if what was read still holds).
What is kept is a candidate: the full validator decides whether it takes the file's place
(verification/archives.py), so that citizens meanwhile have the file that passed before.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from backend.audit.trail import record
from backend.certificates.revocation import RevocationSource
from backend.certificates.timestamps import TimeStamper
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.documents.models import Document, DocumentState, SignatureLevel
from backend.signing.models import ArchiveStamp, ArchiveState, Signature
from backend.signing.pdf import archive_check, archive_stamp

OpenWork = Callable[[], AbstractContextManager[Work]]

AHEAD = timedelta(days=365)
"""How long before a certificate ends, or an algorithm ages, the next stamp is added."""
AT_MOST_EVERY = timedelta(days=180)
"""Where only the algorithm ages: a new stamp by the same one would age as well."""
AFTER_REFUSAL = timedelta(days=30)
SETTLED = frozenset(
    {
        *(DocumentState.SIGNED, DocumentState.SENT, DocumentState.ARCHIVED),
        *(DocumentState.REVOKED, DocumentState.SUPERSEDED),
    }
)


@dataclass(frozen=True)
class Archivist:
    """What archiving needs beside the database."""

    blobs: BlobStore
    stamper: TimeStamper
    revocation: RevocationSource
    ageing: Mapping[str, date]
    """Until when an algorithm counts as strong; see core.settings."""


def due(work: Work, ageing: Mapping[str, date], *, limit: int = 500) -> list[UUID]:
    """Papers that are to be preserved and whose newest time stamp is missing or ages."""
    wanted = select(Document.id).where(_due(work.now, ageing)).order_by(Document.id).limit(limit)
    return list(work.session.scalars(wanted))


def archive(open_work: OpenWork, archivist: Archivist, document_id: UUID) -> None:
    """Adds an archive time stamp if one is due. Safe to run twice, and at any time.

    Raises TIME_STAMP_UNAVAILABLE, FOREIGN_CERTIFICATE or SelfCheckError; then nothing is kept.
    """
    with open_work() as work:
        base, at = _base(work, archivist, document_id), work.now
    if base is None:
        return
    before = archivist.blobs.get(base)
    made = archive_stamp.add(before, archivist.stamper, archivist.revocation)
    stamped_at = archive_check.check(made.data, before, made.field, at)
    digest = archivist.blobs.put(made.data, durable=True)
    with open_work() as work:
        if _base(work, archivist, document_id) != base:
            return
        stamp = ArchiveStamp(
            document_id=document_id,
            base_sha256=base,
            file_sha256=digest,
            field=made.field,
            algorithm=made.algorithm,
            stamped_at=stamped_at,
            valid_until=made.valid_until,
            renew_at=max(
                made.valid_until - AHEAD, stamped_at + (made.valid_until - stamped_at) / 2
            ),
            state=ArchiveState.MADE,
        )
        work.session.add(stamp)
        work.session.flush()
        defer(work.session, Job.VALIDATE_ARCHIVED, stamp_id=stamp.id)
        record(
            work,
            "document.archive-stamped",
            "document",
            document_id,
            base_sha256=base,
            file_sha256=digest,
            valid_until=made.valid_until.isoformat(),
        )


def ask(work: Work, document: Document) -> None:
    """Has a paper archived that is signed by all and validated, if its kind wants that."""
    if work.session.scalar(select(exists().where(Document.id == document.id, _preserved()))):
        defer(work.session, Job.ARCHIVE_DOCUMENT, document_id=document.id)


def _base(work: Work, archivist: Archivist, document_id: UUID) -> str | None:
    """The file that is to be stamped now; the document stays locked."""
    document = work.session.get(
        Document, document_id, with_for_update={"of": Document}, populate_existing=True
    )
    now_due = select(Document.id).where(
        Document.id == document_id, _due(work.now, archivist.ageing)
    )
    if document is None or work.session.scalar(now_due) is None:
        return None
    return document.validated_sha256


def _preserved() -> ColumnElement[bool]:
    """Signed by all, passed, and of a level that is kept for ever."""
    return and_(
        Document.state.in_(SETTLED),
        Document.validated_sha256 == Document.signed_sha256,
        exists().where(
            Signature.document_id == Document.id,
            Signature.level == SignatureLevel.B_LTA,
            Signature.voided_at.is_(None),
        ),
    )


def _due(now: datetime, ageing: Mapping[str, date]) -> ColumnElement[bool]:
    old = [name for name, until in ageing.items() if until <= (now + AHEAD).date()]
    lasting = or_(
        and_(
            ArchiveStamp.state != ArchiveState.REFUSED,
            ArchiveStamp.renew_at > now,
            or_(ArchiveStamp.algorithm.not_in(old), ArchiveStamp.stamped_at > now - AT_MOST_EVERY),
        ),
        and_(
            ArchiveStamp.state == ArchiveState.REFUSED,
            ArchiveStamp.stamped_at > now - AFTER_REFUSAL,
        ),
    )
    return and_(_preserved(), ~exists().where(ArchiveStamp.document_id == Document.id, lasting))

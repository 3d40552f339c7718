"""The published list of what became of every paper with a claim; see certificates.status_list.

It changes in the moment a paper was validated, revoked or superseded, and is dated anew every hour,
so that whoever has no line can tell how old its word is.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.certificates import status_list
from backend.certificates.issuer import IssuingKey
from backend.certificates.status_list import Status
from backend.core.db import Work
from backend.documents.models import Document, DocumentState
from backend.signing.claims.indexes import WINDOW
from backend.signing.claims.models import StatusEntry, StatusPublication

_COMPLETE = {DocumentState.SIGNED, DocumentState.SENT, DocumentState.ARCHIVED}
_THE_LIST = 1


def update(work: Work, document_id: UUID, *, issuer: IssuingKey) -> None:
    """Lists what became of one paper, if the list does not say so yet."""
    publication = _locked(work, issuer)
    entry = work.session.scalar(select(StatusEntry).where(StatusEntry.document_id == document_id))
    if entry is None:
        return
    document = work.session.get_one(Document, document_id)
    status = _status(document.state, document.signed_sha256, document.validated_sha256)
    if entry.published == status:
        return
    entry.published = status
    statuses = bytearray(publication.statuses)
    status_list.put(statuses, entry.index, status)
    _publish(work, publication, statuses, issuer)


def renew(work: Work, *, issuer: IssuingKey) -> None:
    """Dates the list anew, with every index there is, and whatever was missed."""
    publication = _locked(work, issuer)
    statuses = bytearray(publication.statuses)
    rows = work.session.execute(
        select(
            StatusEntry.index,
            StatusEntry.published,
            Document.state,
            Document.signed_sha256,
            Document.validated_sha256,
        ).join(Document, Document.id == StatusEntry.document_id)
    )
    missed = {}
    for index, published, state, signed, validated in rows:
        status = _status(state, signed, validated)
        if published != status:
            missed[index] = status
        _reach(statuses, index)
    for index, status in missed.items():
        work.session.get_one(StatusEntry, index).published = status
        status_list.put(statuses, index, status)
    _publish(work, publication, statuses, issuer)


def published(work: Work, *, issuer: IssuingKey) -> StatusPublication:
    """The list as it is now, made if there is none yet."""
    found = work.session.get(StatusPublication, _THE_LIST)
    return found or _locked(work, issuer)


def _locked(work: Work, issuer: IssuingKey) -> StatusPublication:
    """The list, for one writer at a time."""
    query = select(StatusPublication).with_for_update()
    found = work.session.scalars(query).one_or_none()
    if found is None:
        empty = bytes([status_list.UNUSED]) * (WINDOW // status_list.A_BYTE)
        message = issuer.status_list(status_list.pack(empty))
        row = {"id": _THE_LIST, "statuses": empty, "message": message, "made_at": work.now}
        work.session.execute(insert(StatusPublication).values(row).on_conflict_do_nothing())
        found = work.session.scalars(query).one()
    return found


def _publish(
    work: Work, publication: StatusPublication, statuses: bytearray, issuer: IssuingKey
) -> None:
    publication.statuses = bytes(statuses)
    publication.message = issuer.status_list(status_list.pack(publication.statuses))
    publication.made_at = work.now
    work.session.flush()


def _reach(statuses: bytearray, index: int) -> None:
    """Makes the list as long as the window that an index lies in."""
    needed = (index // WINDOW + 1) * WINDOW // status_list.A_BYTE
    statuses.extend([status_list.UNUSED] * (needed - len(statuses)))


def _status(state: DocumentState, signed: str | None, validated: str | None) -> Status:
    match state:
        case DocumentState.REVOKED:
            return Status.REVOKED
        case DocumentState.SUPERSEDED:
            return Status.SUPERSEDED
    complete = state in _COMPLETE and validated is not None and validated == signed
    return Status.VALID if complete else Status.NOT_ISSUED

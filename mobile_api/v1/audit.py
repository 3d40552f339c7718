"""The audit trail, for auditors."""

from datetime import datetime
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from backend.audit import heads, queries
from backend.audit.models import AuditEntry
from backend.organisation import directory
from backend.organisation.models import Role
from mobile_api.access import needs
from mobile_api.context import current_services, current_work
from mobile_api.fields import Moment
from mobile_api.pagination import PageQuery, page
from mobile_api.v1.shown import Answer, Named, Page

bp = APIBlueprint("audit", __name__, url_prefix="/api/v1/audit")


class Query(PageQuery):
    subject: str | None = None
    """`<type>:<id>`, or an id alone."""
    person_id: UUID | None = None
    since: Moment | None = None
    """The first moment wanted."""
    until: Moment | None = None
    """The first moment no longer wanted."""


class EntryAnswer(Answer):
    seq: int
    at: datetime
    actor: Named | None
    """None when the system acted by itself."""
    device_id: UUID | None
    action: str
    subject_type: str
    subject_id: str
    data: dict[str, Any]
    previous: str
    digest: str


class VerificationAnswer(Answer):
    intact: bool
    entries: int
    head: str
    broken_at: int | None


@bp.get("")
@needs(Role.AUDITOR)
@bp.input(Query, location="query")
@bp.output(Page[EntryAnswer])
def listed(query_data: Query) -> dict[str, Any]:
    """Entries, the newest first."""
    work = current_work()
    kind, _, subject_id = (query_data.subject or "").rpartition(":")
    position = query_data.position(int)
    rows = queries.entries(
        work.session,
        subject_type=kind or None,
        subject_id=subject_id or None,
        person_id=query_data.person_id,
        since=query_data.since,
        until=query_data.until,
        before=position[0] if position else None,
        limit=query_data.limit + 1,
    )
    names = directory.names(work.session, [row.actor_person_id for row in rows])
    return page(rows, query_data, lambda row: _show(row, names), lambda row: (row.seq,))


@bp.get("/verification")
@needs(Role.AUDITOR)
@bp.output(VerificationAnswer)
def verification() -> VerificationAnswer:
    """Recomputes the whole chain."""
    book = heads.path(current_services().settings)
    return VerificationAnswer.model_validate(
        queries.verify(current_work().session, heads.noted(book))
    )


def _show(row: AuditEntry, names: dict[UUID, str]) -> EntryAnswer:
    person_id = row.actor_person_id
    return EntryAnswer(
        seq=row.seq,
        at=row.at,
        actor=Named(id=person_id, name=names.get(person_id, "")) if person_id else None,
        device_id=row.actor_device_id,
        action=row.action,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        data=row.data,
        previous=row.previous,
        digest=row.digest,
    )

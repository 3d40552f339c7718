"""The audit trail, for auditors."""

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from backend.audit import queries
from backend.audit.models import AuditEntry
from backend.organisation import directory
from backend.organisation.models import Role
from mobile_api.access import needs
from mobile_api.context import current_work
from mobile_api.fields import rfc3339
from mobile_api.pagination import PageQuery, page

bp = APIBlueprint("audit", __name__, url_prefix="/api/v1/audit")


class Query(PageQuery):
    subject: str | None = None
    """`<type>:<id>`, or an id alone."""
    person_id: UUID | None = None


@bp.get("")
@needs(Role.AUDITOR)
@bp.input(Query, location="query")
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
        before=position[0] if position else None,
        limit=query_data.limit + 1,
    )
    names = directory.names(work.session, [row.actor_person_id for row in rows])
    return page(rows, query_data, lambda row: _show(row, names), lambda row: (row.seq,))


@bp.get("/verification")
@needs(Role.AUDITOR)
def verification() -> dict[str, Any]:
    """Recomputes the whole chain."""
    found = queries.verify(current_work().session)
    return {
        "intact": found.intact,
        "entries": found.entries,
        "head": found.head,
        "broken_at": found.broken_at,
    }


def _show(row: AuditEntry, names: dict[UUID, str]) -> dict[str, Any]:
    person_id = row.actor_person_id
    return {
        "seq": row.seq,
        "at": rfc3339(row.at),
        "actor": {"id": str(person_id), "name": names.get(person_id)} if person_id else None,
        "device_id": str(row.actor_device_id) if row.actor_device_id else None,
        "action": row.action,
        "subject_type": row.subject_type,
        "subject_id": row.subject_id,
        "data": row.data,
        "previous": row.previous,
        "digest": row.digest,
    }

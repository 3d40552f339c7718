"""The in-app list: what a person must know, rung on each of their phones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.core.db import Work
from backend.core.ids import new_id
from backend.documents.models import Document
from backend.notifications import delivery
from backend.notifications.models import Notice, NoticeKind
from backend.routing.access import may_read


@dataclass(frozen=True)
class NoticeView:
    notice: Notice
    document: Document | None
    """None when the notice is about no paper, or the actor may no longer read it."""


@dataclass(frozen=True)
class NoticeList:
    items: list[NoticeView]
    """At most one more than asked for, which tells that there is a next page."""
    unread: int


def give(
    work: Work,
    person_id: UUID,
    kind: NoticeKind,
    cause: str,
    *,
    document_id: UUID | None = None,
    step_id: UUID | None = None,
    **data: Any,
) -> bool:
    """Tells a person once, in the list and as they prefer to be told. False when they knew."""
    notice_id = work.session.scalar(
        insert(Notice)
        .values(
            id=new_id(),
            person_id=person_id,
            kind=kind,
            cause=cause,
            document_id=document_id,
            step_id=step_id,
            data=data,
            at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["person_id", "cause"])
        .returning(Notice.id)
    )
    if notice_id is None:
        return False
    delivery.plan(work, notice_id, person_id, kind)
    return True


def notices(work: Work, *, after: UUID | None = None, limit: int = 25) -> NoticeList:
    """One page of the actor's notices, newest first."""
    person_id = work.actor.known_id
    query = select(Notice).where(Notice.person_id == person_id).order_by(Notice.id.desc())
    if after:
        query = query.where(Notice.id < after)
    shown = work.session.scalars(query.limit(limit + 1)).all()
    readable = _readable(work, shown)
    return NoticeList(
        items=[
            NoticeView(n, readable.get(n.document_id) if n.document_id else None) for n in shown
        ],
        unread=unread(work.session, person_id),
    )


def unread(session: Session, person_id: UUID) -> int:
    """How many notices a person has not read."""
    return (
        session.scalar(
            select(func.count()).where(Notice.person_id == person_id, Notice.read_at.is_(None))
        )
        or 0
    )


def read_until(work: Work, until_id: UUID) -> int:
    """Everything up to this notice was seen. Returns how many are still unread."""
    work.session.execute(
        update(Notice)
        .where(
            Notice.person_id == work.actor.known_id,
            Notice.id <= until_id,
            Notice.read_at.is_(None),
        )
        .values(read_at=work.now)
    )
    return unread(work.session, work.actor.known_id)


def read_about_step(work: Work, step_id: UUID) -> None:
    """Opening the paper itself reads what was said about its turn."""
    work.session.execute(
        update(Notice)
        .where(
            Notice.person_id == work.actor.known_id,
            Notice.step_id == step_id,
            Notice.read_at.is_(None),
        )
        .values(read_at=work.now)
    )


def _readable(work: Work, shown: Sequence[Notice]) -> dict[UUID, Document]:
    ids = {notice.document_id for notice in shown if notice.document_id}
    documents = work.session.scalars(select(Document).where(Document.id.in_(ids)))
    return {document.id: document for document in documents if may_read(work, document)}

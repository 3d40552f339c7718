"""What a person must know."""

from datetime import datetime
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy import select

from backend.identity.models import Account
from backend.notifications import notices
from backend.notifications.models import NoticeKind
from backend.notifications.notices import NoticeView
from backend.notifications.titles import titles
from mobile_api.access import signed_in
from mobile_api.context import current_work
from mobile_api.fields import Body
from mobile_api.pagination import PageQuery, page

bp = APIBlueprint("notices", __name__, url_prefix="/api/v1/notices", tag="notifications")


class NoticeItem(BaseModel):
    id: UUID
    kind: NoticeKind
    at: datetime
    read: bool
    title: str
    document_id: UUID | None
    step_id: UUID | None
    subject: str | None
    """None where one may no longer read the paper."""
    data: dict[str, Any]


class NoticeList(BaseModel):
    items: list[NoticeItem]
    next_cursor: str | None
    unread: int


class ReadUntil(Body):
    until_id: UUID


class Unread(BaseModel):
    unread: int


@bp.get("")
@signed_in
@bp.input(PageQuery, location="query")
@bp.output(NoticeList)
def listed(query_data: PageQuery) -> NoticeList:
    """One's notices, newest first, with how many are unread."""
    work = current_work()
    position = query_data.position(UUID)
    found = notices.notices(work, after=position[0] if position else None, limit=query_data.limit)
    language = work.session.scalar(
        select(Account.language).where(Account.person_id == work.actor.known_id)
    )
    shown = page(
        found.items,
        query_data,
        lambda view: _show(view, titles(language)),
        lambda view: (view.notice.id,),
    )
    return NoticeList(**shown, unread=found.unread)


@bp.post("/read")
@signed_in
@bp.input(ReadUntil)
@bp.output(Unread)
def read(json_data: ReadUntil) -> Unread:
    """Everything up to this notice was seen."""
    return Unread(unread=notices.read_until(current_work(), json_data.until_id))


def _show(view: NoticeView, said: dict[NoticeKind, str]) -> NoticeItem:
    notice, document = view.notice, view.document
    return NoticeItem(
        id=notice.id,
        kind=notice.kind,
        at=notice.at,
        read=notice.read_at is not None,
        title=said[notice.kind],
        document_id=document.id if document else None,
        step_id=notice.step_id if document else None,
        subject=document.subject if document else None,
        # A note tells of the paper as its subject does.
        data=notice.data if document or not notice.document_id else {},
    )

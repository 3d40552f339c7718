"""A paper before its route: drafted, edited, cancelled, found again."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, or_, select, tuple_
from sqlalchemy.orm import joinedload

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.ids import public_code
from backend.documents import numbering, problems
from backend.documents.access import SECRET, for_operator, open_to, operates, require_unit
from backend.documents.models import (
    Document,
    DocumentState,
    DocumentType,
    NumberMode,
    Secrecy,
    Urgency,
)

EDITABLE = frozenset({DocumentState.DRAFT, DocumentState.NEEDS_REVISION})
_FIXED_BY_NUMBER = ("type_code", "classification", "secrecy")
_SEARCHED: ColumnElement[Any] = literal_column(
    "to_tsvector('simple', coalesce(number, '') || ' ' || subject)"
)


class Shelf(StrEnum):
    """How operators group their papers."""

    DRAFT = "draft"
    RUNNING = "running"
    RETURNED = "returned"
    FINISHED = "finished"


SHELVES = {
    Shelf.DRAFT: {DocumentState.DRAFT},
    Shelf.RUNNING: {
        *(DocumentState.UNDER_REVIEW, DocumentState.READY_TO_SIGN, DocumentState.PROCESSING),
        DocumentState.UNKNOWN,
    },
    Shelf.RETURNED: {DocumentState.NEEDS_REVISION, DocumentState.REJECTED},
    Shelf.FINISHED: {
        *(DocumentState.SIGNED, DocumentState.SENT, DocumentState.ARCHIVED),
        *(DocumentState.REVOKED, DocumentState.SUPERSEDED, DocumentState.CANCELLED),
    },
}


def create(
    work: Work,
    *,
    unit_id: UUID,
    type_code: str,
    subject: str,
    classification: str,
    secrecy: Secrecy = Secrecy.BIASA,
    urgency: Urgency = Urgency.BIASA,
    due_at: datetime | None = None,
    recipient: str = "",
    number_mode: NumberMode = NumberMode.NONE,
    number_id: UUID | None = None,
) -> Document:
    """Begins a paper of the operator's unit. Raises UNKNOWN_TYPE or NUMBER_NOT_FREE."""
    require_unit(work, unit_id)
    _require_type(work, type_code)
    document = Document(
        unit_id=unit_id,
        type_code=type_code,
        subject=subject,
        classification=classification,
        secrecy=secrecy,
        urgency=urgency,
        due_at=due_at,
        recipient=recipient,
        number_mode=NumberMode.RESERVED if number_id else number_mode,
        state=DocumentState.DRAFT,
        public_code=public_code(),
        created_by=work.actor.known_id,
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(document)
    work.session.flush()
    if number_id:
        numbering.attach(work, document, number_id)
    record(work, "document.drafted", "document", document.id, unit=unit_id, type=type_code)
    return document


def edit(work: Work, document_id: UUID, revision: int, changes: dict[str, Any]) -> Document:
    """Changes a paper that is not on its route; `revision` is the one the operator saw.

    Raises CHANGED, NOT_EDITABLE, NUMBER_FIXED, UNKNOWN_TYPE or NUMBER_NOT_FREE.
    """
    document = for_operator(work, document_id, lock=True)
    if document.revision != revision:
        raise problems.CHANGED()
    if document.state not in EDITABLE:
        raise problems.NOT_EDITABLE()
    changed = {k: v for k, v in changes.items() if getattr(document, k) != v}
    if "type_code" in changed:
        _require_type(work, changed["type_code"])
    if document.number_id and any(
        k in changed for k in (*_FIXED_BY_NUMBER, "number_id", "number_mode")
    ):
        raise problems.NUMBER_FIXED(number=document.number)
    number_id = changed.pop("number_id", None)
    for name, value in changed.items():
        setattr(document, name, value)
    if number_id:
        document.number_mode = NumberMode.RESERVED
        numbering.attach(work, document, number_id)
    if changed or number_id:
        document.updated_at = work.now
        record(work, "document.edited", "document", document.id, fields=sorted(changed))
    return document


def cancel(work: Work, document_id: UUID, note: str) -> Document:
    """Gives a paper up before its route; its number stays in the book as void."""
    document = for_operator(work, document_id, lock=True)
    if document.state not in EDITABLE:
        raise problems.NOT_EDITABLE()
    if not note.strip():
        raise problems.NOTE_NEEDED()
    # The book of numbers is open to the whole unit: of a secret paper it says no more than that.
    numbering.release(work, document, "Rahasia" if document.secrecy in SECRET else note)
    document.state, document.updated_at = DocumentState.CANCELLED, work.now
    record(work, "document.cancelled", "document", document.id, note=note)
    return document


def find(
    work: Work,
    *,
    shelf: Shelf | None = None,
    query: str = "",
    unit_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[Document]:
    """Papers of the operator's units, last changed first: one more than `limit`, if there is.

    `query` looks for words (or their beginnings) in number and subject, and for parts of numbers.
    `after` is the change and id of the last paper seen.
    """
    units = {u for u in work.actor.unit_ids if operates(work.actor, u)}
    chosen = units if unit_id is None else units & {unit_id}
    wanted = select(Document).where(Document.unit_id.in_(chosen), open_to(work.actor))
    if shelf is not None:
        wanted = wanted.where(Document.state.in_(SHELVES[shelf]))
    if words := "".join(c if c.isalnum() else " " for c in query).split():
        terms = func.to_tsquery("simple", " & ".join(f"{word}:*" for word in words))
        number = Document.number.icontains(query.strip(), autoescape=True)
        wanted = wanted.where(or_(_SEARCHED.op("@@")(terms), number))
    if after:
        wanted = wanted.where(tuple_(Document.updated_at, Document.id) < tuple_(*after))
    return work.session.scalars(
        wanted.order_by(Document.updated_at.desc(), Document.id.desc())
        .limit(limit + 1)
        .options(joinedload(Document.unit), joinedload(Document.type))
    ).all()


def types(work: Work) -> Sequence[DocumentType]:
    """The kinds of paper in use."""
    query = select(DocumentType).where(DocumentType.active).order_by(DocumentType.name)
    return work.session.scalars(query).all()


def _require_type(work: Work, type_code: str) -> None:
    kind = work.session.get(DocumentType, type_code)
    if kind is None or not kind.active:
        raise problems.UNKNOWN_TYPE()

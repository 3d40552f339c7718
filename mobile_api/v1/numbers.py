"""The agenda book: numbers taken, entered by hand, voided; and where it stands."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints

from backend.documents import numbering
from backend.documents.models import NumberState, ReferenceNumber, Secrecy
from backend.organisation.models import Role
from mobile_api.access import needs
from mobile_api.context import current_work
from mobile_api.fields import Body, Line, Note, rfc3339
from mobile_api.pagination import PageQuery, page
from mobile_api.v1.documents import Classification, TypeCode

bp = APIBlueprint("numbers", __name__, url_prefix="/api/v1", tag="documents")

Kind = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Z0-9]{1,4})$")]
"""A document type's code, or `*` for the book that all kinds share."""
Sequence = Annotated[int, Field(ge=1, le=999_999)]


class NewNumber(Body):
    unit_id: UUID
    type_code: TypeCode
    classification: Classification
    secrecy: Secrecy = Secrecy.BIASA
    dated: date | None = None
    """Today in the agency's zone unless given."""


class NumberByHand(Body):
    unit_id: UUID
    kind: Kind = numbering.SHARED
    sequence: Sequence
    text: Line
    dated: date
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class Reason(Body):
    note: Note


class Standing(Body):
    unit_id: UUID
    kind: Kind = numbering.SHARED
    year: Annotated[int, Field(ge=2000, le=2200)]
    last: Annotated[int, Field(ge=0, le=999_999)]


class NumbersQuery(PageQuery):
    unit_id: UUID


class NumberShown(BaseModel):
    id: UUID
    unit_id: UUID
    year: int
    sequence: int
    text: str
    dated: date
    state: NumberState
    by_hand: bool
    note: str
    taken_at: str | None
    voided_at: str | None


class Book(BaseModel):
    items: list[NumberShown]
    next_cursor: str | None


@bp.post("/numbers")
@needs(Role.OPERATOR)
@bp.input(NewNumber)
@bp.output(NumberShown, status_code=201)
def reserve(json_data: NewNumber) -> NumberShown:
    """Takes the next number for a paper that is still being written."""
    return _show(numbering.reserve(current_work(), **dict(json_data)))


@bp.post("/numbers/by-hand")
@needs(Role.OPERATOR)
@bp.input(NumberByHand)
@bp.output(NumberShown, status_code=201)
def enter_by_hand(json_data: NumberByHand) -> NumberShown:
    """Enters a number taken from the paper agenda book."""
    return _show(numbering.enter_by_hand(current_work(), **dict(json_data)))


@bp.post("/numbers/<uuid:number_id>/void")
@needs(Role.OPERATOR)
@bp.input(Reason)
@bp.output(NumberShown)
def void(number_id: UUID, json_data: Reason) -> NumberShown:
    """Cancels a number that no paper uses; it is never given again."""
    return _show(numbering.void(current_work(), number_id, json_data.note))


@bp.get("/numbers")
@needs(Role.OPERATOR)
@bp.input(NumbersQuery, location="query")
@bp.output(Book)
def book(query_data: NumbersQuery) -> dict[str, Any]:
    """The unit's agenda book, newest first."""
    after = query_data.position(UUID)
    rows = numbering.book(
        current_work(),
        query_data.unit_id,
        after=after[0] if after else None,
        limit=query_data.limit,
    )
    return page(rows, query_data, _show, lambda row: (row.id,))


@bp.put("/agenda-series")
@needs(Role.OPERATOR)
@bp.input(Standing)
@bp.output(Standing)
def stand(json_data: Standing) -> Standing:
    """Says where the office's agenda book stands; the next number follows it."""
    series = numbering.start_agenda(current_work(), **dict(json_data))
    return Standing(unit_id=series.unit_id, kind=series.kind, year=series.year, last=series.last)


def _show(number: ReferenceNumber) -> NumberShown:
    return NumberShown(
        id=number.id,
        unit_id=number.unit_id,
        year=number.year,
        sequence=number.sequence,
        text=number.text,
        dated=number.dated,
        state=number.state,
        by_hand=number.by_hand,
        note=number.note,
        taken_at=rfc3339(number.taken_at),
        voided_at=rfc3339(number.voided_at),
    )

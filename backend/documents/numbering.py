"""Reference numbers: each given once, in the order of the unit's agenda book, never again.

A counter's row is locked by the increment itself, so two operators never get the same number; what
rolls back gives its number back before anyone saw it.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.documents import problems
from backend.documents.access import require_unit
from backend.documents.calendar import MONTHS, ROMAN, today
from backend.documents.models import (
    Document,
    DocumentType,
    NumberState,
    ReferenceNumber,
    Secrecy,
)
from backend.organisation.models import Agency, AgendaSeries, Unit
from backend.organisation.numbers import FIELD

SHARED = "*"
"""The kind of an agenda book that all kinds of paper share."""
DEFAULT_TEMPLATE = "{klasifikasi}/{urut}/{unit}/{tahun}"
SECRECY_LETTERS = {
    Secrecy.BIASA: "B",
    Secrecy.TERBATAS: "T",
    Secrecy.RAHASIA: "R",
    Secrecy.SANGAT_RAHASIA: "SR",
}


def compose(
    template: str,
    *,
    sequence: int,
    dated: date,
    unit_code: str,
    type_code: str,
    classification: str,
    secrecy: Secrecy,
) -> str:
    """The number as printed by a pattern that organisation.numbers accepted."""
    values = {
        "klasifikasi": classification,
        "urut": str(sequence),
        "unit": unit_code,
        "tahun": str(dated.year),
        "sifat": SECRECY_LETTERS[secrecy],
        "jenis": type_code,
        "bulan": f"{dated.month:02d}",
        "bulan_romawi": ROMAN[dated.month - 1],
        "nama_bulan": MONTHS[dated.month - 1],
    }
    return FIELD.sub(lambda m: values[m[1]].zfill(int(m[2] or 0)), template)


def take(
    work: Work,
    *,
    unit_id: UUID,
    type_code: str,
    classification: str,
    secrecy: Secrecy,
    dated: date | None = None,
    taken_by: UUID | None = None,
) -> ReferenceNumber:
    """The next number of the unit's agenda, dated today in the agency's zone unless given.

    Takes no rights check: callers did theirs. Raises NUMBER_DATE.
    """
    dated = _checked_date(work, dated)
    unit = work.session.get_one(Unit, unit_id)
    template = _template(work, type_code)
    kind = _kind(work, unit_id, type_code)
    while True:
        series_id, sequence = _advance(work, unit_id, kind, dated.year)
        text = compose(
            template,
            sequence=sequence,
            dated=dated,
            unit_code=unit.code,
            type_code=type_code,
            classification=classification,
            secrecy=secrecy,
        )
        if not _is_taken(work, series_id, sequence, text):
            break
    number = ReferenceNumber(
        series_id=series_id,
        unit_id=unit_id,
        year=dated.year,
        sequence=sequence,
        text=text,
        dated=dated,
        state=NumberState.RESERVED,
        taken_by=taken_by or work.actor.known_id,
        taken_at=work.now,
    )
    work.session.add(number)
    work.session.flush()
    record(work, "number.taken", "reference-number", number.id, number=text, unit=unit_id)
    return number


def reserve(
    work: Work,
    *,
    unit_id: UUID,
    type_code: str,
    classification: str,
    secrecy: Secrecy,
    dated: date | None = None,
) -> ReferenceNumber:
    """Takes a number for a paper that is still being written."""
    require_unit(work, unit_id)
    return take(
        work,
        unit_id=unit_id,
        type_code=type_code,
        classification=classification,
        secrecy=secrecy,
        dated=dated,
    )


def enter_by_hand(
    work: Work,
    *,
    unit_id: UUID,
    kind: str,
    sequence: int,
    text: str,
    dated: date,
    note: str,
) -> ReferenceNumber:
    """Enters a number that was taken from the paper agenda book. Raises NUMBER_TAKEN."""
    require_unit(work, unit_id)
    dated = _checked_date(work, dated)
    series_id = _series(work, unit_id, kind, dated.year).id
    if _is_taken(work, series_id, sequence, text):
        raise problems.NUMBER_TAKEN(sequence=sequence, year=dated.year)
    number = ReferenceNumber(
        series_id=series_id,
        unit_id=unit_id,
        year=dated.year,
        sequence=sequence,
        text=text,
        dated=dated,
        state=NumberState.RESERVED,
        by_hand=True,
        note=note,
        taken_by=work.actor.known_id,
        taken_at=work.now,
    )
    work.session.add(number)
    work.session.flush()
    record(work, "number.entered-by-hand", "reference-number", number.id, number=text)
    return number


def void(work: Work, number_id: UUID, note: str) -> ReferenceNumber:
    """Cancels a number that no paper uses; it stays in the book as void."""
    number = _locked(work, number_id)
    require_unit(work, number.unit_id)
    if number.state is not NumberState.RESERVED:
        raise problems.NUMBER_NOT_FREE(number=number.text)
    _void(work, number, note)
    return number


def attach(work: Work, document: Document, number_id: UUID) -> None:
    """Gives a reserved number of the same unit to a paper. Raises NUMBER_NOT_FREE."""
    number = _locked(work, number_id)
    if number.unit_id != document.unit_id:
        raise NOT_FOUND()
    if number.state is not NumberState.RESERVED:
        raise problems.NUMBER_NOT_FREE(number=number.text)
    number.state = NumberState.USED
    document.number_id, document.number, document.dated = number.id, number.text, number.dated


def take_for(work: Work, document: Document, taken_by: UUID) -> None:
    """Gives a paper that is to be stamped its number, once; a further version keeps it."""
    if document.number_id is not None:
        return
    number = take(
        work,
        unit_id=document.unit_id,
        type_code=document.type_code,
        classification=document.classification,
        secrecy=document.secrecy,
        taken_by=taken_by,
    )
    attach(work, document, number.id)


def release(work: Work, document: Document, note: str) -> None:
    """Voids the number of a paper that was cancelled."""
    if document.number_id is not None:
        _void(work, _locked(work, document.number_id), note)


def start_agenda(work: Work, *, unit_id: UUID, kind: str, year: int, last: int) -> AgendaSeries:
    """Sets where the office's agenda book stands. Raises AGENDA_BEHIND for less than was given."""
    require_unit(work, unit_id)
    series = _series(work, unit_id, kind, year)
    highest = work.session.scalar(
        select(func.max(ReferenceNumber.sequence)).where(
            ReferenceNumber.series_id == series.id, ReferenceNumber.by_hand.is_(False)
        )
    )
    if highest is not None and last < highest:
        raise problems.AGENDA_BEHIND(year=year, highest=highest)
    series.last = last
    record(work, "agenda.set", "agenda-series", series.id, unit=unit_id, year=year, last=last)
    return series


def book(
    work: Work, unit_id: UUID, *, after: UUID | None = None, limit: int = 50
) -> Sequence[ReferenceNumber]:
    """The unit's numbers, newest first: one more than `limit`, if there is."""
    require_unit(work, unit_id)
    query = select(ReferenceNumber).where(ReferenceNumber.unit_id == unit_id)
    if after:
        query = query.where(ReferenceNumber.id < after)
    return work.session.scalars(query.order_by(ReferenceNumber.id.desc()).limit(limit + 1)).all()


def _checked_date(work: Work, dated: date | None) -> date:
    now = today(work)
    if dated is None:
        return now
    if dated > now or dated.year < now.year - 1:
        raise problems.NUMBER_DATE()
    return dated


def _template(work: Work, type_code: str) -> str:
    own = select(DocumentType.number_template).where(DocumentType.code == type_code)
    general = select(Agency.number_template)
    return work.session.scalar(own) or work.session.scalar(general) or DEFAULT_TEMPLATE


def _kind(work: Work, unit_id: UUID, type_code: str) -> str:
    """A kind of paper has its own book when the unit ever opened one for it."""
    own = exists().where(AgendaSeries.unit_id == unit_id, AgendaSeries.kind == type_code)
    return type_code if work.session.scalar(select(own)) else SHARED


def _advance(work: Work, unit_id: UUID, kind: str, year: int) -> tuple[int, int]:
    row = work.session.execute(
        insert(AgendaSeries)
        .values(unit_id=unit_id, kind=kind, year=year, last=1)
        .on_conflict_do_update(
            index_elements=["unit_id", "kind", "year"], set_={"last": AgendaSeries.last + 1}
        )
        .returning(AgendaSeries.id, AgendaSeries.last)
    ).one()
    return row.id, row.last


def _series(work: Work, unit_id: UUID, kind: str, year: int) -> AgendaSeries:
    """The counter's row, locked, made when missing."""
    work.session.execute(
        insert(AgendaSeries)
        .values(unit_id=unit_id, kind=kind, year=year, last=0)
        .on_conflict_do_nothing()
    )
    return work.session.scalars(
        select(AgendaSeries)
        .where(
            AgendaSeries.unit_id == unit_id, AgendaSeries.kind == kind, AgendaSeries.year == year
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _is_taken(work: Work, series_id: int, sequence: int, text: str) -> bool:
    """Whether the place in this book, or the same words in the unit's year, were given before."""
    series = work.session.get_one(AgendaSeries, series_id)
    same_place = (ReferenceNumber.series_id == series_id) & (ReferenceNumber.sequence == sequence)
    same_text = (
        (ReferenceNumber.unit_id == series.unit_id)
        & (ReferenceNumber.year == series.year)
        & (ReferenceNumber.text == text)
    )
    return bool(work.session.scalar(select(exists().where(same_place | same_text))))


def _locked(work: Work, number_id: UUID) -> ReferenceNumber:
    number = work.session.get(
        ReferenceNumber, number_id, with_for_update=True, populate_existing=True
    )
    if number is None:
        raise NOT_FOUND()
    return number


def _void(work: Work, number: ReferenceNumber, note: str) -> None:
    if not note.strip():
        raise problems.NOTE_NEEDED()
    number.state, number.note, number.voided_at = NumberState.VOID, note.strip(), work.now
    record(work, "number.voided", "reference-number", number.id, number=number.text, note=note)

"""A paper's place in the status list, chosen so that its neighbours say nothing about it.

Places are given at random within a window, which fills up before the next is opened: a list that is
full compresses to almost nothing, one with holes does not.
"""

import secrets
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from backend.core.db import Work
from backend.signing.claims.models import StatusEntry

WINDOW = 4096
LONGEST_INDEX = 2**31 - 1
_GUESSES = 4


def index_of(work: Work, document_id: UUID) -> int:
    """The paper's index, given now if it has none. The caller holds the document's lock."""
    query = select(StatusEntry.index).where(StatusEntry.document_id == document_id)
    known = work.session.scalar(query)
    if known is not None:
        return known
    start = (work.session.scalar(select(func.max(StatusEntry.index))) or 0) // WINDOW * WINDOW
    for _ in range(_GUESSES):
        if _take(work, start + secrets.randbelow(WINDOW), document_id):
            return work.session.scalars(query).one()
    while True:
        taken = set(
            work.session.scalars(select(StatusEntry.index).where(StatusEntry.index >= start))
        )
        free = [index for index in range(start, start + WINDOW) if index not in taken]
        if not free:
            start += WINDOW
        elif _take(work, secrets.choice(free), document_id):
            return work.session.scalars(query).one()


def _take(work: Work, index: int, document_id: UUID) -> bool:
    wanted = insert(StatusEntry).values(index=index, document_id=document_id)
    taken = work.session.execute(wanted.on_conflict_do_nothing().returning(StatusEntry.index))
    return taken.scalar() is not None

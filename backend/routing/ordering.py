"""Where a step stands on a desk: most urgent first, then by deadline.

Urgency and deadline belong to the document. Each step carries a copy as its sort key, so that one
page of a desk is one short read of one index, however many papers wait. Whoever changes the
document changes the copies with it, in the same flush.
"""

from typing import Any

from sqlalchemy import Connection, event, func, inspect, update
from sqlalchemy.orm import Mapper

from backend.documents.models import Document, Urgency
from backend.routing.models import NEVER, Step

RANKS = {Urgency.AMAT_SEGERA: 0, Urgency.SEGERA: 1, Urgency.BIASA: 2}


def place(step: Step, document: Document) -> None:
    """Copies the sort key onto a step."""
    step.desk_rank = RANKS[document.urgency]
    step.desk_due = step.due_at or document.due_at or NEVER


@event.listens_for(Document, "after_update")
def _follow(_mapper: Mapper[Any], connection: Connection, document: Document) -> None:
    state = inspect(document)
    if not (state.attrs.urgency.history.has_changes() or state.attrs.due_at.history.has_changes()):
        return
    steps = Step.__table__
    connection.execute(
        update(steps)  # type: ignore[arg-type]  # The table: a sort key is no change of revision.
        .where(steps.c.document_id == document.id)
        .values(
            desk_rank=RANKS[document.urgency],
            desk_due=func.coalesce(steps.c.due_at, document.due_at, NEVER),
        )
    )

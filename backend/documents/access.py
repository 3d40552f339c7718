"""Who may work on a paper before and beside its route: the operators of its unit.

Officials read through routing, which knows the route. Whoever has no business with a paper hears
that it does not exist.
"""

from uuid import UUID

from backend.core.db import Actor, Work
from backend.core.errors import NOT_FOUND
from backend.documents.models import Document
from backend.organisation.models import Role


def operates(actor: Actor, unit_id: UUID) -> bool:
    """Whether the actor is an operator of this unit."""
    return Role.OPERATOR in actor.roles and unit_id in actor.unit_ids


def require_unit(work: Work, unit_id: UUID) -> None:
    """Raises NOT_FOUND unless an operator of the unit acts."""
    if not operates(work.actor, unit_id):
        raise NOT_FOUND()


def for_operator(work: Work, document_id: UUID, *, lock: bool = False) -> Document:
    """The document, when an operator of its unit acts; NOT_FOUND otherwise.

    With `lock` it stays as read until the end of the transaction.
    """
    document = work.session.get(
        Document,
        document_id,
        with_for_update={"of": Document} if lock else None,
        populate_existing=lock,
    )
    if document is None:
        raise NOT_FOUND()
    require_unit(work, document.unit_id)
    return document

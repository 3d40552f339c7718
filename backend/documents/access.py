"""Who may work on a paper before and beside its route: the operators of its unit.

A secret paper is handled by who made it and by the operators whom the unit cleared for such papers.
Officials read through routing, which knows the route. Whoever has no business with a paper hears
that it does not exist.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, or_

from backend.core.db import Actor, Work
from backend.core.errors import NOT_FOUND
from backend.documents.models import Document, Secrecy
from backend.organisation.models import Role

SECRET = frozenset({Secrecy.RAHASIA, Secrecy.SANGAT_RAHASIA})


def operates(actor: Actor, unit_id: UUID) -> bool:
    """Whether the actor is an operator of this unit."""
    return Role.OPERATOR in actor.roles and unit_id in actor.unit_ids


def handles(actor: Actor, document: Document) -> bool:
    """Whether the actor works on this paper as an operator of its unit."""
    return operates(actor, document.unit_id) and (
        document.secrecy not in SECRET
        or document.created_by == actor.person_id
        or document.unit_id in actor.cleared_unit_ids
    )


def open_to(actor: Actor) -> ColumnElement[bool]:
    """Of an operator's units' papers those that `handles` says yes to, for queries."""
    return or_(
        Document.secrecy.not_in(SECRET),
        Document.created_by == actor.person_id,
        Document.unit_id.in_(actor.cleared_unit_ids),
    )


def require_unit(work: Work, unit_id: UUID) -> None:
    """Raises NOT_FOUND unless an operator of the unit acts."""
    if not operates(work.actor, unit_id):
        raise NOT_FOUND()


def for_operator(work: Work, document_id: UUID, *, lock: bool = False) -> Document:
    """The document, when an operator acts who handles it; NOT_FOUND otherwise.

    With `lock` it stays as read until the end of the transaction.
    """
    document = work.session.get(
        Document,
        document_id,
        with_for_update={"of": Document} if lock else None,
        populate_existing=lock,
    )
    if document is None or not handles(work.actor, document):
        raise NOT_FOUND()
    return document

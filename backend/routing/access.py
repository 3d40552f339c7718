"""Who may see a paper on its route. Those who may not are told that it does not exist."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from backend.core.db import Actor, Work
from backend.core.errors import NOT_FOUND
from backend.documents.access import handles
from backend.documents.models import Document, Version
from backend.organisation.mandates import mandates_of
from backend.routing.models import Step, Tick


def manages(actor: Actor, document: Document) -> bool:
    """Whether the actor works on the paper as an operator of its unit."""
    return handles(actor, document)


def require_operator(work: Work, document: Document) -> None:
    """Raises NOT_FOUND unless an operator acts who handles the paper."""
    if not manages(work.actor, document):
        raise NOT_FOUND()


def may_read(work: Work, document: Document) -> bool:
    """Operators who handle the paper; officials whose position is on the queued route; those who acted."""
    if manages(work.actor, document):
        return True
    person_id = work.actor.person_id
    return person_id is not None and is_on_route(work, document.id, person_id)


def require_reader(work: Work, document_id: UUID) -> Document:
    """The document, or NOT_FOUND when it is none of the actor's business."""
    document = work.session.get(Document, document_id)
    if document is None or not may_read(work, document):
        raise NOT_FOUND()
    return document


def require_version(work: Work, version_id: UUID) -> Version:
    """A version, or NOT_FOUND: the route's people see what was queued to them and nothing before."""
    version = work.session.get(Version, version_id)
    if version is None:
        raise NOT_FOUND()
    document = require_reader(work, version.document_id)
    if not manages(work.actor, document) and version_id not in queued_versions(work, document.id):
        raise NOT_FOUND()
    return version


def queued_versions(work: Work, document_id: UUID) -> list[UUID]:
    """The versions that were on the route, the newest last."""
    query = (
        select(Step.version_id)
        .where(Step.document_id == document_id, Step.version_id.is_not(None))
        .group_by(Step.version_id)
        .order_by(func.max(Step.round))
    )
    return [version_id for version_id in work.session.scalars(query) if version_id]


def is_on_route(work: Work, document_id: UUID, person_id: UUID) -> bool:
    """Whether a person holds a position of the newest queued round, or ever acted on the route."""
    positions = {m.position_id for m in mandates_of(work.session, person_id, work.now)}
    return bool(
        work.session.scalar(
            select(
                or_(
                    exists().where(_in_newest_round(document_id), Step.position_id.in_(positions)),
                    exists().where(Step.document_id == document_id, Step.person_id == person_id),
                    exists().where(Tick.document_id == document_id, Tick.person_id == person_id),
                )
            )
        )
    )


def _in_newest_round(document_id: UUID) -> ColumnElement[bool]:
    """Steps of a round that was queued, not of a route still being drawn."""
    other = aliased(Step)
    newest = (
        select(func.max(other.round))
        .where(other.document_id == document_id, other.version_id.is_not(None))
        .scalar_subquery()
    )
    return and_(Step.document_id == document_id, Step.round == newest)

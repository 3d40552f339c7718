"""Who may act on a step at this moment, and how a refusal says why not."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from backend.core.db import Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.organisation import mandates
from backend.organisation.mandates import capacity
from backend.organisation.models import Mandate
from backend.routing import problems
from backend.routing.access import is_on_route
from backend.routing.models import Step
from backend.routing.wording import agency_zone, day


def require_mandate(
    work: Work,
    step: Step,
    person_id: UUID,
    mandate_id: UUID | None = None,
    *,
    held: Sequence[Mandate] | None = None,
) -> Mandate:
    """The mandate under which this person acts on this step now.

    Raises MANDATE_ENDED, NO_MANDATE, or NOT_FOUND to those who may not know the paper. A named
    mandate must itself be the valid one. `held`: the position's, where the caller read them.
    """
    if held is None:
        held = mandates.holders(work.session, step.position_id, work.now)
    for mandate in held:
        if mandate.person_id == person_id and mandate_id in {None, mandate.id}:
            return mandate
    raise _without_mandate(work, step, person_id, mandate_id)


def _without_mandate(
    work: Work, step: Step, person_id: UUID, mandate_id: UUID | None
) -> DomainError:
    query = select(Mandate).where(
        Mandate.person_id == person_id,
        Mandate.position_id == step.position_id,
        Mandate.ends_at <= work.now,
    )
    if mandate_id is not None:
        query = query.where(Mandate.id == mandate_id)
    ended = work.session.scalars(query.order_by(Mandate.ends_at.desc()).limit(1)).first()
    if ended is None or ended.ends_at is None:
        if not is_on_route(work, step.document_id, person_id):
            return NOT_FOUND()
        return problems.NO_MANDATE(position=step.position.title)
    return problems.MANDATE_ENDED(
        capacity=capacity(ended),
        day=day(ended.ends_at, agency_zone(work.session)),
        ended_at=ended.ends_at.isoformat(),
    )


def held_positions(work: Work, person_id: UUID) -> dict[UUID, Mandate]:
    """Position → the mandate under which the person may act for it at this moment."""
    found: dict[UUID, Mandate] = {}
    for mandate in mandates.mandates_of(work.session, person_id, work.now):
        found.setdefault(mandate.position_id, mandate)
    return found

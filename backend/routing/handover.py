"""People leave and mandates change in the middle of a route: steps belong to positions."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.organisation.mandates import valid_mandate
from backend.organisation.models import Mandate, Person
from backend.routing import machine, timeline
from backend.routing.models import EventKind, Step, StepState
from backend.routing.rounds import Round, announced, live_tick, load_round
from backend.routing.ticks import untick

OpenWork = Callable[[], AbstractContextManager[Work]]

SWEEP = timedelta(minutes=15)
"""How far back a sweep looks for mandates that began or ended by the clock."""


def hand_over(open_work: OpenWork, position_id: UUID) -> int:
    """Gives everything that waits for a position to whoever holds it now. Safe to run twice.

    Each paper in a transaction of its own. Returns how many changed hands.
    """
    with open_work() as work:
        waiting = work.session.scalars(
            select(Step.id)
            .where(Step.position_id == position_id, Step.state.in_(machine.ACTIVE))
            .order_by(Step.id)
        ).all()
    count = 0
    for step_id in waiting:
        with open_work() as work:
            count += hand_over_step(work, step_id)
    return count


def changed_positions(work: Work) -> list[UUID]:
    """Positions where a mandate began or ended by the clock a short while ago."""
    since = work.now - SWEEP
    return list(
        work.session.scalars(
            select(Mandate.position_id)
            .where(
                or_(
                    Mandate.starts_at.between(since, work.now),
                    Mandate.ends_at.between(since, work.now),
                )
            )
            .distinct()
        )
    )


def hand_over_step(work: Work, step_id: UUID) -> bool:
    """Hands one step over, if its position's holders are not those who were told.

    A tick by someone who no longer holds the position is void; a signature that is being made was
    authorised in time and is left alone.
    """
    round_ = load_round(work, work.session.get_one(Step, step_id).document_id)
    step = round_.active
    if step is None or step.id != step_id:
        return False
    told, now_held_by = step.announced_to, announced(work, step)
    if step.state not in {StepState.OPEN, StepState.TICKED} or told == now_held_by:
        return False
    voided = _void_stale_tick(round_, step)
    step.announced_to = now_held_by
    if not set(told) <= set(now_held_by) or voided:
        step.delivered_at = step.first_read_at = None
    timeline.add(
        work,
        round_.document,
        EventKind.HANDED_OVER,
        step=step,
        handed_from=_names(work, told),
        handed_to=_names(work, now_held_by),
        tick_voided=voided,
    )
    record(
        work,
        "step.handed-over",
        "document",
        step.document_id,
        step=step.id,
        handed_from=told,
        handed_to=now_held_by,
        tick_voided=voided,
    )
    defer(work.session, Job.ANNOUNCE_STEP, step_id=step.id)
    defer(work.session, Job.PREPARE_SIGNATURES, document_id=step.document_id)
    return True


def _void_stale_tick(round_: Round, step: Step) -> bool:
    tick = live_tick(round_.work, step)
    if tick is None:
        return False
    work = round_.work
    if valid_mandate(work.session, tick.person_id, step.position_id, work.now):
        return False
    untick(round_, step)
    return True


def _names(work: Work, person_ids: list[str]) -> list[str]:
    return [work.session.get_one(Person, UUID(person_id)).name for person_id in person_ids]

"""What the signing engine does to a step that it takes, gives back or does not know of.

Each function is one part of a transaction of the engine's own. A complete signature has a room of
its own (completion.py).
"""

from typing import Any
from uuid import UUID

from backend.audit.trail import record
from backend.core.db import Work
from backend.organisation.models import Mandate
from backend.routing import problems, timeline
from backend.routing.machine import Event
from backend.routing.models import EventKind, Step
from backend.routing.rounds import load_for_step
from backend.routing.turns import Turn


def begin_signing(turn: Turn, mandate: Mandate, *, device_id: UUID, **facts: Any) -> Step:
    """Takes the step for one authorised signature, under the mandate that `turn.require` gave.

    `facts` go into the timeline and the audit trail. The document stays locked until the end of the
    transaction, so that of two authorisations one wins.
    """
    round_, step, person_id = turn.round, turn.step, mandate.person_id
    work = round_.work
    round_.apply(Event.BEGIN_SIGNING, step)
    step.person_id, step.mandate_id, step.device_id = person_id, mandate.id, device_id
    timeline.add(
        work,
        round_.document,
        EventKind.AUTHORISED,
        step=step,
        person_id=person_id,
        mandate=mandate,
        **facts,
    )
    record(work, "step.authorised", "document", round_.document.id, step=step.id, **facts)
    return step


def abandon_signing(
    work: Work, step_id: UUID, *, code: str, params: dict[str, Any] | None = None
) -> Step:
    """Nothing was signed: the step goes back to «ticked» and may be authorised anew.

    `code` and `params` are the problem's; they stand in the timeline.
    """
    round_, step = load_for_step(work, step_id)
    round_.apply(Event.ABANDON_SIGNING, step)
    timeline.add(
        work,
        round_.document,
        EventKind.FAILED,
        step=step,
        person_id=step.person_id,
        mandate=_mandate(work, step),
        code=code,
        params=params or {},
    )
    record(work, "step.signing-abandoned", "document", round_.document.id, step=step.id, code=code)
    step.person_id = step.mandate_id = step.device_id = None
    return step


def mark_unknown(work: Work, step_id: UUID, **facts: Any) -> Step:
    """A signing service did not say whether it signed; nothing happens until that is known."""
    round_, step = load_for_step(work, step_id)
    round_.apply(Event.MARK_UNKNOWN, step)
    timeline.add(
        work,
        round_.document,
        EventKind.UNSURE,
        step=step,
        person_id=step.person_id,
        mandate=_mandate(work, step),
        code=problems.OUTCOME_UNKNOWN.code,
        params={},
        **facts,
    )
    record(work, "step.outcome-unknown", "document", round_.document.id, step=step.id, **facts)
    return step


def _mandate(work: Work, step: Step) -> Mandate | None:
    return work.session.get(Mandate, step.mandate_id) if step.mandate_id else None

"""What the signing engine does to a step that it took and gives back, or does not know of.

Each function is one part of a transaction of the engine's own. The beginning and a complete
signature have rooms of their own (beginning.py, completion.py).
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

"""What the signing engine does to a step, from authorisation to the finished signature.

Each function is one part of a transaction of the engine's own. The engine also sets
`Document.signed_sha256` with its signature and asks for the full validation.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.documents.models import DocumentState
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


def finish_signing(
    work: Work,
    step_id: UUID,
    document_id: UUID | None = None,
    *,
    signed_at: datetime,
    file_sha256: str,
    **facts: Any,
) -> Step:
    """The signature is complete: the step is done and the next one opens.

    `signed_at` is the signature time stamp's. After the last signature the document is signed.
    """
    round_, step = load_for_step(work, step_id, document_id)
    round_.apply(Event.FINISH_SIGNING, step)
    document = round_.document
    document.signed_sha256 = file_sha256
    timeline.add(
        work,
        document,
        EventKind.SIGNED,
        step=step,
        person_id=step.person_id,
        mandate=_mandate(work, step),
        at=signed_at,
        file_sha256=file_sha256,
        **facts,
    )
    record(
        work,
        "document.signed",
        "document",
        document.id,
        step=step.id,
        file_sha256=file_sha256,
        signed_at=signed_at,
        **facts,
    )
    if document.state is DocumentState.SIGNED:
        defer(
            work.session,
            Job.ANNOUNCE_OUTCOME,
            document_id=document.id,
            step_id=step.id,
            outcome="signed",
        )
    else:
        defer(work.session, Job.PREPARE_SIGNATURES, document_id=document.id)
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

"""Signatures start again on the same version, because one who is still to sign has changed.

Every block is drawn before the first signature, so a file that names another signer cannot be
mended, only made anew. Initials were given to the version, which is the same, and stay.
"""

from uuid import UUID

from backend.audit.trail import record
from backend.core.db import Work
from backend.organisation.models import Mandate
from backend.routing import machine, timeline
from backend.routing.models import EventKind, Step, StepAction, StepState
from backend.routing.rounds import Round, live_tick, load_round


def restart_signatures(work: Work, document_id: UUID) -> None:
    """Begins a new round at its first signature; the signatures so far are void and said to be."""
    round_ = load_round(work, document_id)
    document, old = round_.document, round_.steps
    signed = [s for s in old if s.action is StepAction.SIGN and s.state is StepState.DONE]
    ticks = _void_ticks(round_)
    round_.end()
    round_.renew()
    if document.current_version_id is not None:
        round_.assign(document.current_version_id)
    for before, step in zip(old, round_.steps, strict=True):
        if before.action is StepAction.INITIAL:
            _carry_over(work, round_, before, step)
    document.signed_sha256 = document.validated_sha256 = None
    turns = [machine.Turn(s.action, s.state) for s in round_.steps]
    first = next(i for i, turn in enumerate(turns) if turn.action is StepAction.SIGN)
    turns[first] = machine.Turn(StepAction.SIGN, StepState.OPEN)
    timeline.add(
        work,
        document,
        EventKind.VOIDED,
        reason="signer-changed",
        ticks=ticks,
        initials=0,
        signatures=len(signed),
    )
    record(
        work,
        "document.signatures-restarted",
        "document",
        document.id,
        round=round_.number,
        signatures=len(signed),
    )
    round_.write(machine.Route(machine.document_state(turns), tuple(turns)))


def _void_ticks(round_: Round) -> int:
    given = [
        tick
        for step in round_.steps
        if step.action is StepAction.SIGN and (tick := live_tick(round_.work, step))
    ]
    for tick in given:
        tick.voided_at = round_.work.now
    return len(given)


def _carry_over(work: Work, round_: Round, before: Step, step: Step) -> None:
    step.state = StepState.DONE
    step.person_id, step.mandate_id = before.person_id, before.mandate_id
    step.device_id, step.finished_at = before.device_id, before.finished_at
    mandate = work.session.get(Mandate, before.mandate_id) if before.mandate_id else None
    timeline.add(
        work,
        round_.document,
        EventKind.INITIALLED,
        step=step,
        person_id=before.person_id,
        mandate=mandate,
        at=before.finished_at,
        carried_over=True,
    )

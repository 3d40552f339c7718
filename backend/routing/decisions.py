"""What an official decides: initial, return for revision, reject; and that the paper was opened."""

from uuid import UUID

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.identity import devices
from backend.organisation.models import Mandate
from backend.routing import machine, problems, timeline
from backend.routing.authority import require_mandate
from backend.routing.machine import Event
from backend.routing.made import Made, check, marks
from backend.routing.models import EventKind, Step
from backend.routing.rounds import Round, load_for_step
from backend.routing.turns import own_tick

LONGEST_NOTE = 2000


def opened(work: Work, step_id: UUID, *, made: Made | None = None) -> Step:
    """Two grey ticks: the person whose turn it is opened the paper. Later openings change nothing."""
    round_, step, mandate = _acting(work, step_id, made)
    if step.state in machine.ACTIVE and step.first_read_at is None:
        step.first_read_at = work.now
        step.delivered_at = step.delivered_at or work.now
        timeline.add(
            work,
            round_.document,
            EventKind.OPENED,
            step=step,
            mandate=mandate,
            **marks(made, work),
        )
    return step


def initial(work: Work, step_id: UUID, *, made: Made | None = None) -> Step:
    """Paraf: needs the person's own live tick on this version. The next step opens.

    Like a return and a rejection, it waits until the device may sign: DEVICE_WAITS, SIGNING_SUSPENDED.
    `made`: on a phone without a line, some time ago.
    """
    devices.require_acting(work)
    round_, step, mandate = _acting(work, step_id, made)
    outcome = round_.decide(Event.INITIAL, step)
    tick = own_tick(round_, step, work.actor.known_id)
    round_.write(outcome)
    _finish(work, step, mandate)
    said = marks(made, work)
    timeline.add(work, round_.document, EventKind.INITIALLED, step=step, mandate=mandate, **said)
    record(
        work,
        "step.initialled",
        "document",
        step.document_id,
        step=step.id,
        version=tick.version_id,
        sha256=tick.version_sha256,
        mandate=mandate.id,
        **said,
    )
    return step


def give_back(work: Work, step_id: UUID, note: str, *, made: Made | None = None) -> Step:
    """Returns the paper to the operators for revision, with what to mend."""
    return _end(work, step_id, note, Event.RETURN, EventKind.RETURNED, made=made)


def reject(work: Work, step_id: UUID, note: str, *, made: Made | None = None) -> Step:
    """Refuses the paper for good, with the reason."""
    return _end(work, step_id, note, Event.REJECT, EventKind.REJECTED, made=made)


def _end(
    work: Work, step_id: UUID, note: str, event: Event, kind: EventKind, *, made: Made | None
) -> Step:
    note = note.strip()[:LONGEST_NOTE]
    if not note:
        raise problems.NOTE_REQUIRED()
    devices.require_acting(work)
    round_, step, mandate = _acting(work, step_id, made)
    round_.apply(event, step)
    document = round_.document
    document.signed_sha256 = document.validated_sha256 = None
    step.note = note
    step.finished_at = work.now
    _finish(work, step, mandate)
    said = marks(made, work)
    timeline.add(work, document, kind, step=step, mandate=mandate, note=note, **said)
    record(
        work,
        f"document.{kind.value}",
        "document",
        document.id,
        step=step.id,
        mandate=mandate.id,
        **said,
    )
    defer(
        work.session,
        Job.ANNOUNCE_OUTCOME,
        document_id=document.id,
        step_id=step.id,
        outcome=kind.value,
    )
    defer(work.session, Job.PREPARE_SIGNATURES, document_id=document.id)
    return step


def _acting(work: Work, step_id: UUID, made: Made | None) -> tuple[Round, Step, Mandate]:
    round_, step = load_for_step(work, step_id)
    mandate = require_mandate(work, step, work.actor.known_id)
    check(made, round_, step, mandate)
    return round_, step, mandate


def _finish(work: Work, step: Step, mandate: Mandate) -> None:
    step.person_id = work.actor.person_id
    step.mandate_id = mandate.id
    step.device_id = work.actor.device_id

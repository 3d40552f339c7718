"""A complete signature on its step: read in one statement, decided by the machine, written in one.

Hundreds of these follow one activation, one transaction each. What the mapper would do for each of
them (load, compare, write row by row) costs more than the signature itself; what is written is the
same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update

from backend.audit.trail import record
from backend.core.db import Work, expire
from backend.core.errors import CONFLICT, DomainError
from backend.core.ids import new_id
from backend.core.jobs import Job, defer_all
from backend.core.swift import SwiftStatement, driver
from backend.documents.models import Document, DocumentState
from backend.organisation.mandates import capacity_as
from backend.organisation.models import Mandate, Person, Position
from backend.routing import machine
from backend.routing.machine import Event
from backend.routing.models import EventKind, Step, StepState, TimelineEvent
from backend.routing.rounds import NEWEST, load_for_step, open_step

_document, _step, _event = (
    cast("Table", model.__table__) for model in (Document, Step, TimelineEvent)
)
_ROUND = SwiftStatement(
    select(
        Document.state.label("document_state"),
        Document.current_version_id,
        Step.id,
        Step.state,
        Step.action,
        Step.version_id,
        Step.person_id,
        Person.name,
        Mandate.kind,
        Position.title,
    )
    .join(Step, Step.document_id == Document.id)
    .outerjoin(Person, Person.id == Step.person_id)
    .outerjoin(Mandate, Mandate.id == Step.mandate_id)
    .outerjoin(Position, Position.id == Mandate.position_id)
    .where(Document.id == bindparam("document"), Step.round == NEWEST)
    .order_by(Step.ordinal)
    .with_for_update(of=Document, key_share=True)
)
_PAPER = (
    update(_document)
    .where(_document.c.id == bindparam("document"))
    .values(
        state=bindparam("document_state"),
        updated_at=bindparam("now"),
        signed_sha256=bindparam("file"),
        revision=_document.c.revision + 1,
    )
    .cte("paper")
)
# The state again, for whoever waited for the lock has read the steps before it.
_DONE = (
    update(_step)
    .where(_step.c.id == bindparam("step"), _step.c.state == bindparam("was"))
    .values(
        state=StepState.DONE,
        finished_at=bindparam("now"),
        revision=_step.c.revision + 1,
    )
    .returning(_step.c.id)
    .cte("done")
)
_TOLD = ("id", "document_id", "version_id", "kind", "at", "person_id", "person_name", "capacity")
_TOLD_BESIDE = (*_TOLD, "data")
_WRITE = SwiftStatement(
    insert(_event)
    .from_select(
        [*_TOLD_BESIDE, "step_id"],
        select(
            *(bindparam(f"event_{name}", type_=_event.c[name].type) for name in _TOLD_BESIDE),
            _DONE.c.id,
        ),
        include_defaults=False,
    )
    .add_cte(_PAPER)
)


def finish_signing(
    work: Work,
    step_id: UUID,
    document_id: UUID,
    *,
    signed_at: datetime,
    file_sha256: str,
    then: Job,
    **facts: Any,
) -> None:
    """The signature is complete: the step is done and the next one opens.

    `signed_at` is the signature time stamp's. After the last signature the document is signed.
    `then`: what is to be done with the document's new file. `facts` go into timeline and trail.
    """
    work.session.flush()
    swift = driver(work.session)
    rows = _ROUND.rows(swift, document=document_id)
    index = next((i for i, row in enumerate(rows) if row.id == step_id), None)
    if index is None or (after := _after(rows, index)) is None:
        raise _refusal(work, step_id, document_id)
    step = rows[index]
    written = _WRITE.run(
        swift,
        {
            "document": document_id,
            "document_state": after.document,
            "now": work.now,
            "file": file_sha256,
            "step": step_id,
            "was": step.state,
            "event_id": new_id(),
            "event_document_id": document_id,
            "event_version_id": step.current_version_id,
            "event_kind": EventKind.SIGNED,
            "event_at": signed_at,
            "event_person_id": step.person_id,
            "event_person_name": step.name,
            "event_capacity": capacity_as(step.kind, step.title) if step.kind else None,
            "event_data": {"file_sha256": file_sha256, **facts},
        },
    )
    if written != 1:
        raise CONFLICT()
    expire(work.session, Document, document_id)
    expire(work.session, Step, step_id)
    record(
        work,
        "document.signed",
        "document",
        document_id,
        step=step_id,
        file_sha256=file_sha256,
        signed_at=signed_at,
        **facts,
    )
    follows = _go_on(work, document_id, step_id, rows, after)
    defer_all(work.session, follows, (then, {"document_id": document_id}))


def _after(rows: Sequence[Any], index: int) -> machine.Route | None:
    """The route with this step done; None where it cannot be."""
    if rows[index].version_id != rows[index].current_version_id:
        return None
    turns = tuple(machine.Turn(row.action, row.state) for row in rows)
    route = machine.Route(rows[0].document_state, turns)
    outcome = machine.transition(route, Event.FINISH_SIGNING, index)
    return outcome if isinstance(outcome, machine.Route) else None


def _refusal(work: Work, step_id: UUID, document_id: UUID) -> DomainError:
    """Why the step cannot be finished, with everything that the sentence names."""
    try:
        round_, step = load_for_step(work, step_id, document_id)
        round_.decide(Event.FINISH_SIGNING, step)
    except DomainError as refusal:
        return refusal
    return CONFLICT()


def _go_on(
    work: Work, document_id: UUID, step_id: UUID, rows: Sequence[Any], after: machine.Route
) -> tuple[Job, dict[str, Any]]:
    """Opens the next step, if there is one; the job that goes on from here."""
    if after.document is DocumentState.SIGNED:
        told = {"document_id": document_id, "step_id": step_id, "outcome": "signed"}
        return Job.ANNOUNCE_OUTCOME, told
    for row, turn in zip(rows, after.steps, strict=True):
        if turn.state is StepState.OPEN and row.state is not turn.state:
            open_step(work, work.session.get_one(Step, row.id, populate_existing=True))
    return Job.PREPARE_SIGNATURES, {"document_id": document_id}

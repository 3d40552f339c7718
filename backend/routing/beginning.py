"""Steps taken for authorised signatures: as many as one activation names, in a few statements.

Each step is asked about by itself; what is written then differs by hardly more than its id, and
hundreds of rows changed one by one through the mapper took longer than the signatures.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid, any_, bindparam, update

from backend.audit.trail import record
from backend.core.db import Work, expire
from backend.core.errors import CONFLICT
from backend.core.ids import new_id
from backend.core.swift import SwiftInsert, SwiftStatement, driver
from backend.documents.models import Document, DocumentState
from backend.organisation.mandates import capacity
from backend.organisation.models import Mandate
from backend.routing.machine import Event
from backend.routing.models import EventKind, Step, StepState, TimelineEvent
from backend.routing.turns import Turn

_document, _step = (cast("Table", model.__table__) for model in (Document, Step))
_THESE = bindparam("these", type_=ARRAY(Uuid))
_PAPERS = SwiftStatement(
    update(_document)
    .where(_document.c.id == any_(_THESE))
    .values(
        state=bindparam("document_state"),
        updated_at=bindparam("now"),
        revision=_document.c.revision + 1,
    )
)
_TAKEN = SwiftStatement(
    update(_step)
    .where(_step.c.id == any_(_THESE), _step.c.state == StepState.TICKED)
    .values(
        state=StepState.PROCESSING,
        person_id=bindparam("person"),
        mandate_id=bindparam("mandate"),
        device_id=bindparam("device"),
        revision=_step.c.revision + 1,
    )
)
_TOLD = SwiftInsert(
    TimelineEvent,
    *("id", "document_id", "version_id", "step_id"),
    *("kind", "at", "person_id", "person_name", "capacity", "data"),
)


@dataclass(frozen=True)
class Beginning:
    """A step that may be signed now, under the mandate that `turn.require` gave."""

    turn: Turn
    mandate: Mandate
    facts: Mapping[str, Any]
    """For the timeline and the audit trail."""


def begin_signing(work: Work, beginnings: Sequence[Beginning], *, device_id: UUID) -> None:
    """Takes each step for one authorised signature.

    The documents stay locked until the end of the transaction, so that of two authorisations one
    wins.
    """
    papers: defaultdict[DocumentState, list[UUID]] = defaultdict(list)
    taken: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for each in beginnings:
        round_, step = each.turn.round, each.turn.step
        papers[round_.decide(Event.BEGIN_SIGNING, step).document].append(round_.document.id)
        taken[each.mandate.id].append(step.id)
    work.session.flush()
    swift = driver(work.session)
    for state, these in papers.items():
        _PAPERS.run(swift, {"these": these, "document_state": state, "now": work.now})
    mandates = {each.mandate.id: each.mandate for each in beginnings}
    for mandate_id, these in taken.items():
        under = {"person": mandates[mandate_id].person_id, "mandate": mandate_id}
        values = {"these": these, **under, "device": device_id}
        if _TAKEN.run(swift, values) != len(these):
            raise CONFLICT()
    _TOLD.run(swift, [_event(work, each) for each in beginnings])
    for each in beginnings:
        document_id, step_id = each.turn.round.document.id, each.turn.step.id
        record(work, "step.authorised", "document", document_id, step=step_id, **each.facts)
        expire(work.session, Document, document_id)
        expire(work.session, Step, step_id)


def _event(work: Work, one: Beginning) -> dict[str, Any]:
    document, mandate = one.turn.round.document, one.mandate
    return {
        "id": new_id(),
        "document_id": document.id,
        "version_id": document.current_version_id,
        "step_id": one.turn.step.id,
        "kind": EventKind.AUTHORISED,
        "at": work.now,
        "person_id": mandate.person_id,
        "person_name": mandate.person.name,
        "capacity": capacity(mandate),
        "data": dict(one.facts),
    }

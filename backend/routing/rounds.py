"""One run of a document's route, loaded under the document's lock.

Every change of a route goes through here: lock the document, read its steps, ask the machine,
write the new states back. Whoever comes second waits for the lock and then reads what the first
one did, so exactly one wins and the other hears what happened.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased, joinedload

from backend.core.db import Work
from backend.core.errors import NOT_FOUND, DomainError, Problem
from backend.core.jobs import Job, defer
from backend.documents.models import Document, Version
from backend.organisation.mandates import holders
from backend.organisation.models import Person
from backend.routing import machine, problems
from backend.routing.models import EventKind, Step, StepAction, StepState, Tick, TimelineEvent
from backend.routing.ordering import place
from backend.routing.wording import agency_zone, moment

_DID = {StepAction.INITIAL: "memaraf", StepAction.SIGN: "menandatangani"}
_WANTED = {StepAction.INITIAL: "paraf", StepAction.SIGN: "tanda tangan"}
# The last event of these kinds tells who ended a round, and when.
_ENDINGS: dict[Problem, EventKind] = {
    problems.ALREADY_RETURNED: EventKind.RETURNED,
    problems.ALREADY_REJECTED: EventKind.REJECTED,
    problems.WITHDRAWN: EventKind.WITHDRAWN,
}

# Statements of every change are built once: that costs more than running them.
_DOCUMENTS = (
    select(Document)
    .where(Document.id.in_(bindparam("ids", expanding=True)))
    .order_by(Document.id)
    .execution_options(populate_existing=True)
)
_LOCKED_DOCUMENTS = _DOCUMENTS.with_for_update(key_share=True)
_OTHER = aliased(Step)
NEWEST = (
    select(func.max(_OTHER.round)).where(_OTHER.document_id == Step.document_id).scalar_subquery()
)
"""The newest round of a step's document."""
_NEWEST_STEPS = (
    select(Step)
    .where(Step.document_id.in_(bindparam("ids", expanding=True)), Step.round == NEWEST)
    .order_by(Step.ordinal)
    .options(joinedload(Step.position))
    .execution_options(populate_existing=True)
)


@dataclass
class Round:
    """A locked document and the steps of its newest round, in order."""

    work: Work
    document: Document
    steps: list[Step]

    @property
    def number(self) -> int:
        return self.steps[0].round if self.steps else 0

    @property
    def active(self) -> Step | None:
        """The step whose turn it is."""
        return next((s for s in self.steps if s.state in machine.ACTIVE), None)

    def view(self) -> machine.Route:
        return machine.Route(
            self.document.state, tuple(machine.Turn(s.action, s.state) for s in self.steps)
        )

    def apply(self, event: machine.Event, step: Step | None = None) -> None:
        """Makes the event happen, or raises the reason why it cannot."""
        self.write(self.decide(event, step))

    def decide(self, event: machine.Event, step: Step | None = None) -> machine.Route:
        """What the event would lead to, or raises the reason why it cannot. Changes nothing."""
        index = self.steps.index(step) if step else None
        if step and self.document.state in machine.ON_ROUTE:
            self._check_version(step)
        outcome = machine.transition(self.view(), event, index)
        if isinstance(outcome, machine.Refusal):
            raise self.explain(outcome.problem, step)
        return outcome

    def write(self, outcome: machine.Route) -> None:
        """Takes over the machine's answer, and announces whoever's turn it becomes."""
        self.document.state = outcome.document
        self.document.updated_at = self.work.now
        for row, turn in zip(self.steps, outcome.steps, strict=True):
            if row.state is not turn.state:
                self._move(row, turn.state)

    def _check_version(self, step: Step) -> None:
        if step.version_id != self.document.current_version_id:
            raise self.explain(problems.VERSION_REPLACED, step)

    def _move(self, step: Step, state: StepState) -> None:
        was, step.state = step.state, state
        if state is StepState.DONE:
            step.finished_at = self.work.now
        if was is StepState.WAITING and state is StepState.OPEN:
            open_step(self.work, step)

    def assign(self, version_id: UUID) -> None:
        """From here on this round is about this version."""
        lapsed = self._lapsed(version_id)
        for step in self.steps:
            step.version_id = version_id
            step.replaced = lapsed.get(step.position_id)

    def _lapsed(self, version_id: UUID) -> dict[UUID, dict[str, Any]]:
        """Position → its last tick, where that was given to another version than this one."""
        ticks = self.work.session.execute(
            select(Step.position_id, Step.state, Tick.version_id, Version.ordinal, Person)
            .select_from(Tick)
            .join(Step, Step.id == Tick.step_id)
            .join(Version, Version.id == Tick.version_id)
            .join(Person, Person.id == Tick.person_id)
            .where(Tick.document_id == self.document.id)
            .order_by(Tick.ticked_at, Tick.id)
        )
        last = {tick.position_id: tick for tick in ticks}
        return {
            position_id: {
                "ordinal": tick.ordinal,
                "person_id": str(tick.Person.id),
                "person_name": tick.Person.name,
                "done": tick.state is StepState.DONE,
            }
            for position_id, tick in last.items()
            if tick.version_id != version_id
        }

    def renew(self) -> None:
        """Starts a new round with the same positions; what the old round shows stays as it is."""
        number = self.number + 1
        self.steps = [
            Step(
                document_id=self.document.id,
                round=number,
                ordinal=ordinal,
                position_id=old.position_id,
                action=old.action,
                state=StepState.WAITING,
                due_at=old.due_at,
            )
            for ordinal, old in enumerate(self.steps, start=1)
        ]
        self.work.session.add_all(self.steps)
        self.work.session.flush()

    def end(self) -> None:
        """Closes a round that will not be finished: what was done stays done."""
        for step in self.steps:
            if step.state is not StepState.DONE:
                step.state = StepState.WITHDRAWN

    def void_ticks(self) -> int:
        """Every tick given so far no longer counts. Returns how many there were."""
        ticks = self.work.session.scalars(
            select(Tick).where(Tick.document_id == self.document.id, Tick.voided_at.is_(None))
        ).all()
        for tick in ticks:
            tick.voided_at = self.work.now
        return len(ticks)

    def explain(self, problem: Problem, step: Step | None = None) -> DomainError:
        """The refusal with everything its sentence names: who, when, whose turn."""
        if problem is problems.VERSION_REPLACED:
            return self._replaced()
        waiting_for = self.active or step
        params: dict[str, Any] = {
            "position": waiting_for.position.title if waiting_for else "",
            "wanted": _WANTED[step.action] if step else "",
        }
        if problem in _ENDINGS:
            params |= self._ending(_ENDINGS[problem])
        elif problem is problems.ALREADY_DONE and step:
            params |= self.by(step.person_id, step.finished_at) | {"verb": _DID[step.action]}
        elif problem is problems.ALREADY_TICKED and step:
            tick = live_tick(self.work, step)
            if tick is not None:
                params |= self.by(tick.person_id, tick.ticked_at)
        return problem(**params)

    def _replaced(self) -> DomainError:
        version = self.work.session.get(Version, self.document.current_version_id)
        if version is None:
            raise NOT_FOUND()
        at = version.ready_at or version.uploaded_at
        return problems.VERSION_REPLACED(
            ordinal=version.ordinal,
            step_id=str(self.active.id) if self.active else None,
            **self._when(at),
        )

    def _ending(self, kind: EventKind) -> dict[str, Any]:
        event = self.work.session.scalars(
            select(TimelineEvent)
            .where(TimelineEvent.document_id == self.document.id, TimelineEvent.kind == kind)
            .order_by(TimelineEvent.id.desc())
            .limit(1)
        ).first()
        if event is None:
            return {"name": "Operator", **self._when(self.document.updated_at)}
        return {"name": event.person_name or "Operator", **self._when(event.at)}

    def by(self, person_id: UUID | None, at: Any) -> dict[str, Any]:
        """Who and when, for a refusal's sentence."""
        person = self.work.session.get(Person, person_id) if person_id else None
        return {"name": person.name if person else "Operator", **self._when(at)}

    def _when(self, at: Any) -> dict[str, Any]:
        zone = agency_zone(self.work.session)
        return {"at": at.isoformat(), "when": moment(at, self.work.now, zone)}


def load_round(work: Work, document_id: UUID) -> Round:
    """Locks the document and reads its newest round. Raises NOT_FOUND."""
    found = load_rounds(work, [document_id])
    if not found:
        raise NOT_FOUND()
    return found[document_id]


def load_rounds(
    work: Work, document_ids: Collection[UUID], *, lock: bool = True
) -> dict[UUID, Round]:
    """The newest rounds of several documents, in two queries; unknown documents are left out.

    Locks are taken in the order of the identifiers, so that two who want several never wait for
    each other.
    """
    query = _LOCKED_DOCUMENTS if lock else _DOCUMENTS
    documents = work.session.scalars(query, {"ids": list(document_ids)}).all()
    rounds = {document.id: Round(work, document, []) for document in documents}
    for step in work.session.scalars(_NEWEST_STEPS, {"ids": list(rounds)}):
        rounds[step.document_id].steps.append(step)
    return rounds


def load_for_step(work: Work, step_id: UUID, document_id: UUID | None = None) -> tuple[Round, Step]:
    """The round a step belongs to, locked, and the step. Raises NOT_FOUND.

    A step of an earlier round is refused with what ended that round. `document_id`: the step's,
    where the caller knows it.
    """
    if document_id is None:
        document_id = work.session.scalar(select(Step.document_id).where(Step.id == step_id))
    if document_id is None:
        raise NOT_FOUND()
    round_ = load_round(work, document_id)
    for step in round_.steps:
        if step.id == step_id:
            return round_, step
    raise belated(round_, step_id)


def belated(round_: Round, step_id: UUID) -> DomainError:
    """Why a step of an earlier round cannot be acted on: what ended that round."""
    step = round_.work.session.get_one(Step, step_id)
    if step.version_id == round_.document.current_version_id:
        return round_.explain(problems.WITHDRAWN, step)
    return round_.explain(problems.VERSION_REPLACED, step)


def open_step(work: Work, step: Step) -> None:
    """It is this step's turn from here on; whoever holds its position is told."""
    step.state, step.opened_at = StepState.OPEN, work.now
    place(step, step.document)
    step.announced_to = announced(work, step)
    defer(work.session, Job.ANNOUNCE_STEP, step_id=step.id)


def announced(work: Work, step: Step) -> list[str]:
    """Everyone who holds the step's position at this moment, as the step remembers them."""
    held = holders(work.session, step.position_id, work.now)
    return sorted({str(mandate.person_id) for mandate in held})


def live_tick(work: Work, step: Step) -> Tick | None:
    """The tick that counts on this step."""
    return work.session.scalars(
        select(Tick).where(Tick.step_id == step.id, Tick.voided_at.is_(None))
    ).first()

"""The route's state machine: pure code, no database, no clock.

`transition` takes the states of a document and of its steps and one event, and answers with the
new states or with the reason why not. Every pair of event and state stands in a table below.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from backend.core.errors import Problem
from backend.documents.models import DocumentState as D
from backend.routing import problems as p
from backend.routing.models import StepAction
from backend.routing.models import StepState as S


class Event(StrEnum):
    # What an official does, or the signing engine for one.
    TICK = "tick"
    INITIAL = "initial"
    BEGIN_SIGNING = "begin-signing"
    FINISH_SIGNING = "finish-signing"
    ABANDON_SIGNING = "abandon-signing"
    MARK_UNKNOWN = "mark-unknown"
    RETURN = "return"
    REJECT = "reject"
    UNTICK = "untick"
    """The position changed hands, or another holder takes over: the tick no longer counts."""
    # What happens to the whole document.
    QUEUE = "queue"
    WITHDRAW = "withdraw"
    REPLACE_VERSION = "replace-version"
    SEND = "send"
    ARCHIVE = "archive"
    REVOKE = "revoke"
    SUPERSEDE = "supersede"


@dataclass(frozen=True)
class Turn:
    """One step as the machine sees it."""

    action: StepAction
    state: S = S.WAITING


@dataclass(frozen=True)
class Route:
    """A document and the steps of its current round, in order."""

    document: D
    steps: tuple[Turn, ...]

    @property
    def active(self) -> int | None:
        """Index of the step whose turn it is."""
        return next((i for i, step in enumerate(self.steps) if step.state in ACTIVE), None)


@dataclass(frozen=True)
class Refusal:
    """Why an event cannot happen now."""

    problem: Problem


ACTIVE = frozenset({S.OPEN, S.TICKED, S.PROCESSING, S.UNKNOWN})
ON_ROUTE = frozenset({D.UNDER_REVIEW, D.READY_TO_SIGN, D.PROCESSING, D.UNKNOWN})
BEFORE_ROUTE = frozenset({D.DRAFT, D.NEEDS_REVISION})
COMPLETE = frozenset({D.SIGNED, D.SENT, D.ARCHIVED})

# Event → from which state a step moves to which.
STEP_MOVES: dict[Event, dict[S, S]] = {
    Event.TICK: {S.OPEN: S.TICKED},
    Event.INITIAL: {S.TICKED: S.DONE},
    Event.BEGIN_SIGNING: {S.TICKED: S.PROCESSING},
    Event.FINISH_SIGNING: {S.PROCESSING: S.DONE, S.UNKNOWN: S.DONE},
    Event.ABANDON_SIGNING: {S.PROCESSING: S.TICKED, S.UNKNOWN: S.TICKED},
    Event.MARK_UNKNOWN: {S.PROCESSING: S.UNKNOWN},
    Event.RETURN: {S.OPEN: S.RETURNED, S.TICKED: S.RETURNED},
    Event.REJECT: {S.OPEN: S.REJECTED, S.TICKED: S.REJECTED},
    Event.UNTICK: {S.TICKED: S.OPEN},
}

# Events that only one kind of step knows.
STEP_ACTION: dict[Event, StepAction] = {
    Event.INITIAL: StepAction.INITIAL,
    Event.BEGIN_SIGNING: StepAction.SIGN,
    Event.FINISH_SIGNING: StepAction.SIGN,
    Event.ABANDON_SIGNING: StepAction.SIGN,
    Event.MARK_UNKNOWN: StepAction.SIGN,
}

# Event → from which state a document may take it.
DOCUMENT_MOVES: dict[Event, frozenset[D]] = {
    Event.QUEUE: BEFORE_ROUTE,
    Event.WITHDRAW: frozenset({D.UNDER_REVIEW, D.READY_TO_SIGN}),
    Event.REPLACE_VERSION: BEFORE_ROUTE | {D.UNDER_REVIEW, D.READY_TO_SIGN},
    Event.SEND: frozenset({D.SIGNED}),
    Event.ARCHIVE: frozenset({D.SIGNED, D.SENT}),
    Event.REVOKE: COMPLETE,
    Event.SUPERSEDE: COMPLETE,
}

# Why not, by the state of the step. RETURNED, REJECTED and WITHDRAWN say it by the document.
STEP_REASONS: dict[S, Problem] = {
    S.WAITING: p.NOT_YOUR_TURN,
    S.OPEN: p.NOT_TICKED,
    S.TICKED: p.ALREADY_TICKED,
    S.PROCESSING: p.SIGNING_IN_PROGRESS,
    S.UNKNOWN: p.OUTCOME_UNKNOWN,
    S.DONE: p.ALREADY_DONE,
    S.RETURNED: p.ALREADY_RETURNED,
    S.REJECTED: p.ALREADY_REJECTED,
    S.WITHDRAWN: p.WITHDRAWN,
}

# Why not, by the state of the document.
DOCUMENT_REASONS: dict[D, Problem] = {
    D.DRAFT: p.NOT_ON_ROUTE,
    D.UNDER_REVIEW: p.ALREADY_ON_ROUTE,
    D.READY_TO_SIGN: p.ALREADY_ON_ROUTE,
    D.PROCESSING: p.SIGNING_IN_PROGRESS,
    D.UNKNOWN: p.OUTCOME_UNKNOWN,
    D.NEEDS_REVISION: p.ALREADY_RETURNED,
    D.SIGNED: p.ALREADY_SIGNED,
    D.SENT: p.ALREADY_SIGNED,
    D.ARCHIVED: p.ALREADY_SIGNED,
    D.REJECTED: p.ALREADY_REJECTED,
    D.REVOKED: p.CLOSED,
    D.SUPERSEDED: p.CLOSED,
    D.CANCELLED: p.CLOSED,
}

# The engine's own events never say «tick first».
_ENGINE = frozenset({Event.FINISH_SIGNING, Event.ABANDON_SIGNING, Event.MARK_UNKNOWN})
# Events that only a completely signed document knows.
_AFTERWARDS = frozenset({Event.SEND, Event.ARCHIVE, Event.REVOKE, Event.SUPERSEDE})

_AFTER: dict[Event, D] = {
    Event.SEND: D.SENT,
    Event.ARCHIVE: D.ARCHIVED,
    Event.REVOKE: D.REVOKED,
    Event.SUPERSEDE: D.SUPERSEDED,
}


def transition(route: Route, event: Event, index: int | None = None) -> Route | Refusal:
    """The route after the event, or why not. `index` names the step, from 0, where one acts."""
    if event in STEP_MOVES:
        if index is None:
            raise ValueError(f"{event} happens to a step")
        return _step_event(route, event, index)
    return _document_event(route, event)


def check_shape(actions: Sequence[StepAction]) -> Problem | None:
    """Why these steps are no route: at least one signature, initials before signatures."""
    if not actions:
        return p.NO_STEPS
    if StepAction.SIGN not in actions:
        return p.NO_SIGNER
    first_signature = actions.index(StepAction.SIGN)
    if StepAction.INITIAL in actions[first_signature:]:
        return p.INITIALS_FIRST
    return None


def fresh(steps: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same steps at the start of a new round: nobody has acted, the first is open."""
    return tuple(Turn(step.action, S.OPEN if i == 0 else S.WAITING) for i, step in enumerate(steps))


def document_state(steps: Sequence[Turn]) -> D:
    """What the steps of a running or finished round say about their document."""
    states = {step.state for step in steps}
    for telling, state in (
        (S.REJECTED, D.REJECTED),
        (S.RETURNED, D.NEEDS_REVISION),
        (S.PROCESSING, D.PROCESSING),
        (S.UNKNOWN, D.UNKNOWN),
    ):
        if telling in states:
            return state
    if states == {S.DONE}:
        return D.SIGNED
    if any(s.action is StepAction.INITIAL and s.state is not S.DONE for s in steps):
        return D.UNDER_REVIEW
    return D.READY_TO_SIGN


def _step_event(route: Route, event: Event, index: int) -> Route | Refusal:
    turn = route.steps[index]
    after = STEP_MOVES[event].get(turn.state)
    if after is None or route.document not in ON_ROUTE:
        return Refusal(_step_reason(route, event, turn))
    if STEP_ACTION.get(event, turn.action) is not turn.action:
        return Refusal(p.WRONG_ACTION)
    steps = [*route.steps]
    steps[index] = replace(turn, state=after)
    if after is S.DONE and index + 1 < len(steps):
        steps[index + 1] = replace(steps[index + 1], state=S.OPEN)
    if after in {S.RETURNED, S.REJECTED}:
        steps[index + 1 :] = [replace(s, state=S.WITHDRAWN) for s in steps[index + 1 :]]
    return Route(document_state(steps), tuple(steps))


def _step_reason(route: Route, event: Event, turn: Turn) -> Problem:
    if route.document in ON_ROUTE or turn.state is S.DONE:
        if event in _ENGINE and turn.state in {S.WAITING, S.OPEN, S.TICKED}:
            return p.NOT_BEING_SIGNED
        return STEP_REASONS[turn.state]
    if route.document is D.DRAFT and turn.state is S.WITHDRAWN:
        return p.WITHDRAWN
    return DOCUMENT_REASONS[route.document]


def _document_event(route: Route, event: Event) -> Route | Refusal:
    if route.document not in DOCUMENT_MOVES[event]:
        unsigned = route.document not in COMPLETE | {D.REVOKED, D.SUPERSEDED, D.CANCELLED}
        if event in _AFTERWARDS and unsigned:
            return Refusal(p.NOT_SIGNED)
        return Refusal(DOCUMENT_REASONS[route.document])
    match event:
        case Event.QUEUE:
            if problem := check_shape([step.action for step in route.steps]):
                return Refusal(problem)
            steps = fresh(route.steps)
            return Route(document_state(steps), steps)
        case Event.WITHDRAW:
            return Route(D.DRAFT, _withdrawn(route.steps))
        case Event.REPLACE_VERSION:
            if route.document in BEFORE_ROUTE:
                return route
            steps = fresh(route.steps)
            return Route(document_state(steps), steps)
        case _:
            return replace(route, document=_AFTER[event])


def _withdrawn(steps: Sequence[Turn]) -> tuple[Turn, ...]:
    """What was done stays on record; what was open or waiting ends."""
    return tuple(s if s.state is S.DONE else replace(s, state=S.WITHDRAWN) for s in steps)

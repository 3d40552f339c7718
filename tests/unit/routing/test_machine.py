"""Every pair of event and state, one by one."""

from itertools import product

import pytest

from backend.documents.models import DocumentState as D
from backend.routing import problems as p
from backend.routing.machine import (
    ACTIVE,
    DOCUMENT_MOVES,
    DOCUMENT_REASONS,
    ON_ROUTE,
    STEP_ACTION,
    STEP_MOVES,
    STEP_REASONS,
    Event,
    Refusal,
    Route,
    Turn,
    check_shape,
    transition,
)
from backend.routing.models import StepAction
from backend.routing.models import StepState as S

I, T = StepAction.INITIAL, StepAction.SIGN  # noqa: E741 (paraf and tanda tangan)


def two_steps(state, document=D.UNDER_REVIEW, action=I):
    """A route whose first step has the given state."""
    return Route(document, (Turn(action, state), Turn(T, S.WAITING)))


def test_it_knows_every_event():
    assert set(STEP_MOVES) | set(DOCUMENT_MOVES) == set(Event)
    assert not set(STEP_MOVES) & set(DOCUMENT_MOVES)


def test_it_has_a_reason_for_every_state():
    assert set(STEP_REASONS) == set(S)
    assert set(DOCUMENT_REASONS) == set(D)


@pytest.mark.parametrize(("event", "state", "action"), [*product(STEP_MOVES, S, StepAction)])
def test_it_moves_a_step_only_as_tabled(event, state, action):
    route = two_steps(state, action=action)
    outcome = transition(route, event, 0)

    right_kind = STEP_ACTION.get(event, action) is action
    if right_kind and state in STEP_MOVES[event]:
        assert isinstance(outcome, Route)
        assert outcome.steps[0].state is STEP_MOVES[event][state]
    else:
        assert isinstance(outcome, Refusal)


@pytest.mark.parametrize(("event", "state"), [*product(STEP_MOVES, sorted(set(D) - ON_ROUTE))])
def test_it_refuses_to_move_a_step_of_a_document_that_is_not_on_its_route(event, state):
    for step in S:
        assert isinstance(transition(two_steps(step, state), event, 0), Refusal)


@pytest.mark.parametrize(("event", "state"), [*product(DOCUMENT_MOVES, D)])
def test_it_moves_a_document_only_as_tabled(event, state):
    outcome = transition(two_steps(S.WAITING, state), event)
    assert isinstance(outcome, Route) == (state in DOCUMENT_MOVES[event])


@pytest.mark.parametrize(
    ("event", "state", "document", "problem"),
    [
        (Event.TICK, S.WAITING, D.UNDER_REVIEW, p.NOT_YOUR_TURN),
        (Event.TICK, S.TICKED, D.UNDER_REVIEW, p.ALREADY_TICKED),
        (Event.TICK, S.DONE, D.UNDER_REVIEW, p.ALREADY_DONE),
        (Event.TICK, S.DONE, D.SIGNED, p.ALREADY_DONE),
        (Event.TICK, S.WITHDRAWN, D.DRAFT, p.WITHDRAWN),
        (Event.TICK, S.WAITING, D.DRAFT, p.NOT_ON_ROUTE),
        (Event.TICK, S.RETURNED, D.NEEDS_REVISION, p.ALREADY_RETURNED),
        (Event.TICK, S.WITHDRAWN, D.NEEDS_REVISION, p.ALREADY_RETURNED),
        (Event.TICK, S.WITHDRAWN, D.REJECTED, p.ALREADY_REJECTED),
        (Event.TICK, S.WITHDRAWN, D.CANCELLED, p.CLOSED),
        (Event.INITIAL, S.OPEN, D.UNDER_REVIEW, p.NOT_TICKED),
        (Event.INITIAL, S.DONE, D.READY_TO_SIGN, p.ALREADY_DONE),
        (Event.RETURN, S.PROCESSING, D.PROCESSING, p.SIGNING_IN_PROGRESS),
        (Event.REJECT, S.UNKNOWN, D.UNKNOWN, p.OUTCOME_UNKNOWN),
    ],
)
def test_it_says_why_an_official_cannot_act(event, state, document, problem):
    assert transition(two_steps(state, document), event, 0) == Refusal(problem)


def test_it_says_that_an_initial_is_no_signature():
    assert transition(two_steps(S.TICKED), Event.BEGIN_SIGNING, 0) == Refusal(p.WRONG_ACTION)
    signing = two_steps(S.TICKED, D.READY_TO_SIGN, T)
    assert transition(signing, Event.INITIAL, 0) == Refusal(p.WRONG_ACTION)


@pytest.mark.parametrize("event", [Event.FINISH_SIGNING, Event.ABANDON_SIGNING, Event.MARK_UNKNOWN])
@pytest.mark.parametrize("state", [S.WAITING, S.OPEN, S.TICKED])
def test_it_tells_the_engine_that_nothing_is_being_signed(event, state):
    route = two_steps(state, D.READY_TO_SIGN, T)
    assert transition(route, event, 0) == Refusal(p.NOT_BEING_SIGNED)


@pytest.mark.parametrize(
    ("event", "document", "problem"),
    [
        (Event.QUEUE, D.UNDER_REVIEW, p.ALREADY_ON_ROUTE),
        (Event.QUEUE, D.SIGNED, p.ALREADY_SIGNED),
        (Event.QUEUE, D.REJECTED, p.ALREADY_REJECTED),
        (Event.WITHDRAW, D.DRAFT, p.NOT_ON_ROUTE),
        (Event.WITHDRAW, D.PROCESSING, p.SIGNING_IN_PROGRESS),
        (Event.WITHDRAW, D.UNKNOWN, p.OUTCOME_UNKNOWN),
        (Event.REPLACE_VERSION, D.PROCESSING, p.SIGNING_IN_PROGRESS),
        (Event.REPLACE_VERSION, D.SIGNED, p.ALREADY_SIGNED),
        (Event.REVOKE, D.READY_TO_SIGN, p.NOT_SIGNED),
        (Event.REVOKE, D.REVOKED, p.CLOSED),
        (Event.SUPERSEDE, D.CANCELLED, p.CLOSED),
        (Event.SEND, D.SENT, p.ALREADY_SIGNED),
    ],
)
def test_it_says_why_a_document_cannot_move(event, document, problem):
    assert transition(two_steps(S.WAITING, document), event) == Refusal(problem)


def test_it_refuses_a_step_event_without_a_step():
    with pytest.raises(ValueError, match="happens to a step"):
        transition(two_steps(S.OPEN), Event.TICK)


@pytest.mark.parametrize(
    ("actions", "problem"),
    [
        ([], p.NO_STEPS),
        ([I], p.NO_SIGNER),
        ([T, I], p.INITIALS_FIRST),
        ([I, T, I], p.INITIALS_FIRST),
        ([T], None),
        ([I, T, T], None),
    ],
)
def test_it_knows_what_a_route_looks_like(actions, problem):
    assert check_shape(actions) is problem


def test_the_document_follows_its_steps():
    route = Route(D.DRAFT, (Turn(I), Turn(T), Turn(T)))
    script = [
        (Event.QUEUE, None, D.UNDER_REVIEW, 0),
        (Event.TICK, 0, D.UNDER_REVIEW, 0),
        (Event.INITIAL, 0, D.READY_TO_SIGN, 1),
        (Event.TICK, 1, D.READY_TO_SIGN, 1),
        (Event.BEGIN_SIGNING, 1, D.PROCESSING, 1),
        (Event.MARK_UNKNOWN, 1, D.UNKNOWN, 1),
        (Event.ABANDON_SIGNING, 1, D.READY_TO_SIGN, 1),
        (Event.BEGIN_SIGNING, 1, D.PROCESSING, 1),
        (Event.FINISH_SIGNING, 1, D.READY_TO_SIGN, 2),
        (Event.TICK, 2, D.READY_TO_SIGN, 2),
        (Event.UNTICK, 2, D.READY_TO_SIGN, 2),
        (Event.TICK, 2, D.READY_TO_SIGN, 2),
        (Event.BEGIN_SIGNING, 2, D.PROCESSING, 2),
        (Event.FINISH_SIGNING, 2, D.SIGNED, None),
        (Event.SEND, None, D.SENT, None),
        (Event.ARCHIVE, None, D.ARCHIVED, None),
        (Event.REVOKE, None, D.REVOKED, None),
    ]
    for event, index, document, active in script:
        route = transition(route, event, index)
        assert isinstance(route, Route), event
        assert (route.document, route.active) == (document, active)


def test_a_new_version_starts_the_round_again():
    route = Route(D.READY_TO_SIGN, (Turn(I, S.DONE), Turn(T, S.TICKED)))
    assert transition(route, Event.REPLACE_VERSION) == Route(
        D.UNDER_REVIEW, (Turn(I, S.OPEN), Turn(T, S.WAITING))
    )


def test_a_return_ends_the_round_and_keeps_what_was_done():
    route = Route(D.READY_TO_SIGN, (Turn(I, S.DONE), Turn(T, S.OPEN), Turn(T)))
    assert transition(route, Event.RETURN, 1) == Route(
        D.NEEDS_REVISION, (Turn(I, S.DONE), Turn(T, S.RETURNED), Turn(T, S.WITHDRAWN))
    )


def test_a_withdrawal_keeps_what_was_done():
    route = Route(D.READY_TO_SIGN, (Turn(I, S.DONE), Turn(T, S.TICKED), Turn(T)))
    after = transition(route, Event.WITHDRAW)
    assert after == Route(D.DRAFT, (Turn(I, S.DONE), Turn(T, S.WITHDRAWN), Turn(T, S.WITHDRAWN)))
    assert not {step.state for step in after.steps} & ACTIVE

"""Whatever people do, in whatever order, a route keeps its promises."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backend.documents.models import DocumentState as D
from backend.routing.machine import (
    ACTIVE,
    BEFORE_ROUTE,
    COMPLETE,
    DOCUMENT_MOVES,
    ON_ROUTE,
    STEP_MOVES,
    Event,
    Refusal,
    Route,
    Turn,
    document_state,
    transition,
)
from backend.routing.models import StepAction
from backend.routing.models import StepState as S


class Routes(RuleBasedStateMachine):
    @initialize(initials=st.integers(0, 3), signatures=st.integers(1, 3))
    def draw(self, initials, signatures):
        actions = [StepAction.INITIAL] * initials + [StepAction.SIGN] * signatures
        self.route = Route(D.DRAFT, tuple(Turn(action) for action in actions))
        self.was_signed = False

    @rule(event=st.sampled_from(sorted(STEP_MOVES)), place=st.integers(0, 5))
    def act_on_a_step(self, event, place):
        index = place % len(self.route.steps)
        before = self.route
        self._take(transition(before, event, index), event)
        if self.route is not before:
            assert before.active == index, "only the step whose turn it is moves"

    @rule(event=st.sampled_from(sorted(STEP_MOVES)))
    def act_in_turn(self, event):
        if self.route.active is not None:
            self.act_on_a_step(event, self.route.active)

    @rule(event=st.sampled_from(sorted(DOCUMENT_MOVES)))
    def act_on_the_document(self, event):
        self._take(transition(self.route, event), event)

    def _take(self, outcome, event):
        if isinstance(outcome, Refusal):
            assert outcome.problem.code.startswith("routing/")
            return
        if self.was_signed:
            assert event in {Event.SEND, Event.ARCHIVE, Event.REVOKE, Event.SUPERSEDE}
        self.route = outcome
        self.was_signed |= outcome.document is D.SIGNED

    @invariant()
    def one_turn_at_a_time(self):
        active = [s for s in self.route.steps if s.state in ACTIVE]
        assert len(active) == (1 if self.route.document in ON_ROUTE else 0)

    @invariant()
    def nobody_is_skipped(self):
        if (turn := self.route.active) is not None:
            assert all(s.state is S.DONE for s in self.route.steps[:turn])
            assert all(s.state is S.WAITING for s in self.route.steps[turn + 1 :])

    @invariant()
    def the_document_says_what_its_steps_say(self):
        if self.route.document in ON_ROUTE | {D.REJECTED, D.NEEDS_REVISION, D.SIGNED}:
            assert self.route.document is document_state(self.route.steps)

    @invariant()
    def signed_means_everyone_is_done(self):
        done = all(s.state is S.DONE for s in self.route.steps)
        after_signing = self.route.document in COMPLETE | {D.REVOKED, D.SUPERSEDED}
        assert done == after_signing == self.was_signed

    @invariant()
    def nothing_is_signed_before_every_initial(self):
        if any(s.action is StepAction.SIGN and s.state is S.DONE for s in self.route.steps):
            initials = [s for s in self.route.steps if s.action is StepAction.INITIAL]
            assert all(s.state is S.DONE for s in initials)

    @invariant()
    def a_route_at_rest_has_no_open_step(self):
        if self.route.document in BEFORE_ROUTE:
            assert self.route.active is None


Routes.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestRoutes = Routes.TestCase

"""Two people at once, each in a real transaction of their own: one wins, the other is told."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from backend.core.db import Actor, Work
from backend.core.errors import DomainError
from backend.documents.models import Document, DocumentState
from backend.routing import decisions, problems, routes, ticks
from backend.routing.inbox import desk
from backend.routing.models import EventKind, Step, StepAction, StepState, Tick, TimelineEvent
from backend.routing.replacement import adopt_version
from tests.factories import papers, people
from tests.integration.routing.conftest import AUDIENCE, Scene, begin_signing

ROUNDS = 5


class Race:
    """Starts callables at the same moment; says who won and what the others were told."""

    def __init__(self, sessions, clock):
        self.sessions, self.clock = sessions, clock

    @contextmanager
    def work(self, actor=None):
        with self.sessions() as session, session.begin():
            yield Work(session, self.clock, actor or Actor())

    def run(self, *runners: Callable[[], object]) -> list[str]:
        start = threading.Barrier(len(runners))

        def attempt(runner):
            start.wait(5)
            try:
                runner()
            except DomainError as refusal:
                return refusal.code
            return "won"

        with ThreadPoolExecutor(len(runners)) as pool:
            return list(pool.map(attempt, runners))


@pytest.fixture
def race(sessions, clock):
    return Race(sessions, clock)


@pytest.fixture
def ready(scene):
    """Committed: the first official's turn, who may initial; the second signs."""

    def make(*, ticked=False):
        scene.desk = papers.desk(scene.work.session)
        scene.draw()
        scene.queue()
        if ticked:
            scene.tick(0)
        scene.work.session.commit()
        return scene

    return make


def deputy_of(scene: Scene) -> papers.Official:
    deputy = papers.official(scene.work.session)
    deputy.position = scene.official(0).position
    deputy.mandate = people.mandate(scene.work.session, deputy.person, deputy.position, kind="plh")
    scene.work.session.commit()
    return deputy


def doing(race, official, use_case, *args, **kwargs):
    def run():
        with race.work(official.actor) as work:
            use_case(work, *args, **kwargs)

    return run


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_of_two_holders_who_tick_at_once_one_wins(race, ready, attempt):
    scene = ready()
    deputy = deputy_of(scene)
    step = scene.step(0)
    runners = [
        doing(
            race, official, ticks.tick, step.id,
            official.statement(scene.work, step, scene.desk.version), audience=AUDIENCE,
        )
        for official in (scene.official(0), deputy)
    ]  # fmt: skip
    scene.work.session.commit()
    assert sorted(race.run(*runners)) == [problems.ALREADY_TICKED.code, "won"]
    with race.work() as work:
        assert work.session.query(Tick).filter_by(step_id=step.id, voided_at=None).count() == 1


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_an_initial_and_a_return_at_once_do_not_both_happen(race, ready, attempt):
    scene = ready(ticked=True)
    first, step = scene.official(0), scene.step(0)
    outcome = race.run(
        doing(race, first, decisions.initial, step.id),
        doing(race, first, decisions.give_back, step.id, "Perbaiki tanggal"),
    )
    assert outcome in (
        ["won", problems.ALREADY_DONE.code],
        [problems.ALREADY_RETURNED.code, "won"],
    )


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_an_initial_on_a_version_that_is_being_replaced_is_before_or_refused(race, ready, attempt):
    scene = ready(ticked=True)
    first, step = scene.official(0), scene.step(0)
    second = papers.version(scene.work.session, scene.document, ready_at=scene.work.now)
    scene.work.session.commit()

    def replace():
        with race.work() as work:
            adopt_version(work, second.id)

    initialled, replaced = race.run(doing(race, first, decisions.initial, step.id), replace)
    assert replaced == "won"
    assert initialled in {"won", problems.VERSION_REPLACED.code}
    with race.work() as work:
        document = work.session.get(Document, scene.document.id)
        assert document.state is DocumentState.UNDER_REVIEW
        assert document.current_version_id == second.id
        live = work.session.query(Tick).filter_by(document_id=document.id, voided_at=None)
        assert live.count() == 0
        newest = work.session.query(Step).filter_by(document_id=document.id, round=2)
        assert [s.state for s in newest.order_by(Step.ordinal)] == [
            StepState.OPEN,
            StepState.WAITING,
        ]


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_a_signature_begins_once_or_the_paper_is_withdrawn(race, ready, attempt):
    scene = ready()
    scene.tick(0)
    scene.initial(0)
    scene.tick(1)
    scene.work.session.commit()
    signer, step = scene.official(1), scene.step(1)

    def begin():
        with race.work(signer.actor) as work:
            begin_signing(
                work,
                step.id,
                person_id=signer.person.id,
                mandate_id=signer.mandate.id,
                device_id=signer.device.id,
            )

    outcome = race.run(begin, begin, doing(race, scene.desk, routes.withdraw, scene.document.id))
    assert outcome.count("won") == 1
    assert set(outcome) <= {
        "won",
        problems.SIGNING_IN_PROGRESS.code,
        problems.WITHDRAWN.code,
        problems.NOT_ON_ROUTE.code,
    }


def test_of_two_operators_who_queue_at_once_one_wins(race, scene):
    scene.draw()
    scene.work.session.commit()
    queue = doing(race, scene.desk, routes.queue, scene.document.id)
    assert sorted(race.run(queue, queue)) == [problems.ALREADY_ON_ROUTE.code, "won"]
    with race.work() as work:
        assert work.session.query(TimelineEvent).filter_by(kind=EventKind.QUEUED).count() == 1


def test_two_operators_who_draw_at_once_leave_one_route(race, scene):
    plans = [[routes.PlannedStep(scene.official(i).position.id, StepAction.SIGN)] for i in (0, 1)]
    scene.work.session.commit()
    outcome = race.run(
        *(doing(race, scene.desk, routes.draw_route, scene.document.id, plan) for plan in plans)
    )
    assert outcome == ["won", "won"]
    with race.work() as work:
        assert work.session.query(Step).count() == 1


def test_two_phones_that_open_the_desk_at_once_deliver_once(race, ready):
    scene = ready()
    first = scene.official(0)
    assert race.run(*[doing(race, first, desk)] * 4) == ["won"] * 4
    with race.work() as work:
        assert work.session.query(TimelineEvent).filter_by(kind=EventKind.DELIVERED).count() == 1


@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_the_desk_can_be_opened_while_its_papers_are_acted_on(race, ready, attempt):
    scene = ready()
    first, step = scene.official(0), scene.step(0)
    statement = first.statement(scene.work, step, scene.desk.version)
    scene.work.session.commit()
    outcome = race.run(
        doing(race, first, desk),
        doing(race, first, ticks.tick, step.id, statement, audience=AUDIENCE),
        doing(race, first, desk),
    )
    assert outcome == ["won"] * 3

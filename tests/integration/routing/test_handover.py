"""People leave and mandates change in the middle of a route."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.core.errors import DomainError
from backend.routing import handover, problems
from backend.routing.models import EventKind, StepState, Tick, TimelineEvent
from tests.factories import papers, people


@pytest.fixture
def open_work(queued):
    """Hands out the test's own transaction, flushed."""

    @contextmanager
    def opened():
        yield queued.work
        queued.work.session.flush()

    return opened


@pytest.fixture
def successor(queued, clock):
    """The first official's mandate ended; somebody else holds the position now."""

    def happens():
        first = queued.official(0)
        first.mandate.ends_at = clock.advance(minutes=1)
        next_ = papers.official(queued.work.session)
        next_.position = first.position
        next_.mandate = people.mandate(
            queued.work.session, next_.person, first.position, starts_at=clock.now()
        )
        queued.work.session.flush()
        return next_

    return happens


def events(queued, kind):
    return queued.work.session.query(TimelineEvent).filter_by(kind=kind).all()


def announced(queued):
    rows = queued.work.session.execute(
        text("SELECT args->>'step_id' FROM procrastinate_jobs WHERE task_name = :name"),
        {"name": "notifications.announce_step"},
    )
    return [row[0] for row in rows]


def test_the_successor_is_told_and_can_act(queued, open_work, successor):
    next_ = successor()
    assert handover.hand_over(open_work, next_.position.id) == 1
    event = events(queued, EventKind.HANDED_OVER)[0]
    assert event.data == {
        "handed_from": [queued.official(0).person.name],
        "handed_to": [next_.person.name],
        "tick_voided": False,
    }
    assert announced(queued) == [str(queued.step(0).id)] * 2
    queued.tick(0, by=next_)


def test_a_former_holders_tick_is_void(queued, open_work, successor):
    tick = queued.tick(0)
    next_ = successor()
    handover.hand_over(open_work, next_.position.id)
    step = queued.step(0)
    assert (step.state, step.first_read_at) == (StepState.OPEN, None)
    assert tick.voided_at is not None
    queued.tick(0, by=next_)
    assert queued.work.session.query(Tick).filter_by(voided_at=None).count() == 1


def test_it_is_safe_to_run_twice(queued, open_work, successor):
    next_ = successor()
    handover.hand_over(open_work, next_.position.id)
    assert handover.hand_over(open_work, next_.position.id) == 0
    assert len(events(queued, EventKind.HANDED_OVER)) == 1


def test_access_ends_before_anything_was_handed_over(queued, successor):
    successor()
    with pytest.raises(DomainError) as caught:
        queued.tick(0)
    assert caught.value.code == problems.MANDATE_ENDED.code


def test_a_signature_that_is_being_made_is_left_alone(queued, open_work, clock):
    queued.tick(0)
    queued.initial(0)
    queued.tick(1)
    queued.begin(1)
    signer = queued.official(1)
    signer.mandate.ends_at = clock.advance(minutes=1)
    queued.work.session.flush()
    assert handover.hand_over(open_work, signer.position.id) == 0
    queued.finish(1)
    assert queued.step(1).state is StepState.DONE


def test_an_empty_chair_keeps_the_paper_until_somebody_sits_down(queued, open_work, clock):
    first = queued.official(0)
    first.mandate.ends_at = clock.advance(minutes=1)
    queued.work.session.flush()
    handover.hand_over(open_work, first.position.id)
    assert queued.step(0).announced_to == []
    next_ = papers.official(queued.work.session)
    people.mandate(queued.work.session, next_.person, first.position)
    assert handover.hand_over(open_work, first.position.id) == 1
    assert queued.step(0).announced_to == [str(next_.person.id)]


def test_the_clock_ends_and_begins_mandates_too(queued, clock):
    first, second = queued.official(0), queued.official(1)
    first.mandate.ends_at = clock.now() + timedelta(hours=1)
    second.mandate.starts_at = clock.now() - timedelta(hours=2)
    queued.work.session.flush()
    assert handover.changed_positions(queued.work) == []
    clock.advance(hours=1, minutes=1)
    assert handover.changed_positions(queued.work) == [first.position.id]

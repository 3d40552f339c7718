"""Ticks, initials, returns and rejections that were made on a phone without a line."""

from datetime import timedelta
from typing import Any

import pytest

from backend.core.errors import DomainError
from backend.documents.models import Page
from backend.routing import decisions, problems, ticks, trail
from backend.routing.made import Made
from backend.routing.models import EventKind, StepState
from backend.routing.replacement import adopt_version
from tests.factories.papers import digest, version
from tests.integration.routing.conftest import AUDIENCE

refusal = pytest.mark.refusal


def refused(code: str, action, *args: Any, **options: Any) -> DomainError:
    with pytest.raises(DomainError) as error:
        action(*args, **options)
    assert error.value.code == code
    assert error.value.detail
    return error.value


def tick_made(queued, *, ahead=timedelta(), away=timedelta(hours=3)):
    """A tick of the first official, made now and sent after `away`."""
    official, step, work = queued.official(0), queued.step(0), queued.work
    made_at = work.now
    claims = {"iat": int((made_at + ahead).timestamp())}
    statement = official.statement(work, step, queued.desk.version, claims)
    work.clock.advance(seconds=away.total_seconds())
    made = Made(made_at + ahead, ahead)
    ticks.tick(official.act(work), step.id, statement, audience=AUDIENCE, made=made)
    return made_at


def mark(queued, kind: EventKind):
    marks = trail.trail(queued.desk.act(queued.work), queued.document.id).marks
    return next(one for one in marks if one.kind is kind)


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(hours=9), timedelta(hours=-9)])
def test_a_tick_made_on_the_road_counts_and_says_when(queued, ahead):
    made_at = tick_made(queued, ahead=ahead)
    assert queued.step(0).state is StepState.TICKED
    shown = mark(queued, EventKind.TICKED)
    assert shown.at == queued.work.now
    assert shown.data["made_at"] == made_at.isoformat()
    assert shown.data["device_clock"] == (made_at + ahead).isoformat()


@refusal(
    "identity/statement-stale", "a tick says it is older than 31 days, or yet to come", of="step"
)
@pytest.mark.parametrize("away", [timedelta(days=32), timedelta(minutes=-11)])
def test_a_tick_of_another_season_does_not_count(queued, away):
    refused("identity/statement-stale", tick_made, queued, away=away)


def test_without_saying_so_an_old_tick_is_stale(queued):
    official, step, work = queued.official(0), queued.step(0), queued.work
    statement = official.statement(work, step, queued.desk.version)
    work.clock.advance(hours=3)
    refused(
        "identity/statement-stale",
        ticks.tick,
        official.act(work),
        step.id,
        statement,
        audience=AUDIENCE,
    )


@refusal("identity/statement-replayed", "the same tick came before in another entry", of="step")
def test_a_tick_that_came_before_does_not_come_again(queued):
    official, step, work = queued.official(0), queued.step(0), queued.work
    statement = official.statement(work, step, queued.desk.version)
    made = Made(work.now, timedelta())
    work.clock.advance(hours=3)
    ticks.tick(official.act(work), step.id, statement, audience=AUDIENCE, made=made)
    work.clock.advance(days=20)
    refused(
        "identity/statement-replayed",
        ticks.tick,
        official.act(work),
        step.id,
        statement,
        audience=AUDIENCE,
        made=made,
    )


@refusal("routing/version-replaced", "the file was replaced meanwhile: read the new one", of="step")
def test_a_tick_of_a_version_that_was_just_replaced_is_a_conflict(queued):
    official, step, work = queued.official(0), queued.step(0), queued.work
    old = queued.desk.version
    statement = official.statement(work, step, old)
    newer = version(work.session, queued.document, ordinal=2)
    adopt_version(queued.desk.act(work), newer.id)
    work.clock.advance(hours=1)
    error = refused(
        "routing/version-replaced",
        ticks.tick,
        official.act(work),
        step.id,
        statement,
        audience=AUDIENCE,
        made=Made(work.now, timedelta()),
    )
    assert error.params["ordinal"] == 2
    assert error.params["step_id"] == str(queued.step(0).id)  # where to read on
    assert queued.step(0).state is StepState.OPEN


@refusal("routing/tick-pages", "a page image shown is not the one the server keeps", of="step")
def test_a_server_that_swaps_page_images_after_the_fact_is_refused(queued):
    """The phone signed what it displayed; whoever changed the images meanwhile cannot use it."""
    official, step, work = queued.official(0), queued.step(0), queued.work
    statement = official.statement(work, step, queued.desk.version)
    page = work.session.query(Page).filter_by(version_id=queued.desk.version.id, ordinal=2).one()
    page.image_sha256, page.large_sha256 = digest("swapped"), digest("swapped, large")
    work.session.flush()
    work.clock.advance(hours=1)
    error = refused(
        problems.TICK_PAGES.code,
        ticks.tick,
        official.act(work),
        step.id,
        statement,
        audience=AUDIENCE,
        made=Made(work.now, timedelta()),
    )
    assert error.params == {"page": 2}


MOVES = {
    EventKind.INITIALLED: lambda work, step, made: decisions.initial(work, step.id, made=made),
    EventKind.RETURNED: lambda work, step, made: decisions.give_back(
        work, step.id, "Perbaiki lampiran.", made=made
    ),
    EventKind.REJECTED: lambda work, step, made: decisions.reject(
        work, step.id, "Bukan wewenang kami.", made=made
    ),
}


@pytest.mark.parametrize("kind", MOVES)
def test_what_was_decided_on_the_road_says_when(queued, kind):
    queued.tick(0)
    work, made_at = queued.work, queued.work.now
    work.clock.advance(hours=4)
    made = Made(made_at + timedelta(hours=1), timedelta(hours=1), queued.desk.version.id)
    MOVES[kind](queued.official(0).act(work), queued.step(0), made)
    shown = mark(queued, kind)
    assert shown.at == work.now
    assert shown.data["made_at"] == made_at.isoformat()


def test_a_time_that_cannot_be_is_kept_but_not_shown_as_one(queued):
    queued.tick(0)
    work = queued.work
    made = Made(work.now + timedelta(hours=5), timedelta())  # its clock was moved since the sync
    decisions.initial(queued.official(0).act(work), queued.step(0).id, made=made)
    shown = mark(queued, EventKind.INITIALLED)
    assert "made_at" not in shown.data
    assert shown.data["device_clock"] == made.at.isoformat()


@pytest.mark.parametrize("kind", MOVES)
def test_what_was_decided_about_another_version_is_not_about_this_one(queued, kind):
    queued.tick(0)
    work = queued.work
    other = version(work.session, queued.document, ordinal=2)
    made = Made(work.now, timedelta(), other.id)
    refused(
        "routing/version-replaced", MOVES[kind], queued.official(0).act(work), queued.step(0), made
    )
    assert queued.step(0).state is StepState.TICKED


@pytest.mark.parametrize("kind", MOVES)
def test_what_was_decided_before_the_mandate_began_is_nothing(queued, kind):
    queued.tick(0)
    work, official = queued.work, queued.official(0)
    made = Made(work.now - timedelta(hours=2), timedelta())
    official.mandate.starts_at = work.now - timedelta(hours=1)
    work.session.flush()
    refused("offline/no-mandate-then", MOVES[kind], official.act(work), queued.step(0), made)


@refusal("routing/already-done", "somebody, or oneself on another phone, did it before", of="step")
def test_of_two_phones_one_initials(queued):
    queued.tick(0)
    work = queued.work
    decisions.initial(queued.official(0).act(work), queued.step(0).id)
    work.clock.advance(hours=1)
    made = Made(work.now, timedelta(), queued.desk.version.id)
    refused(
        "routing/already-done",
        decisions.initial,
        queued.official(0).act(work),
        queued.step(0).id,
        made=made,
    )

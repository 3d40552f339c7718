"""Rate limits hold across connections and let honest users back in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from backend.core.db import make_engine
from backend.core.errors import DomainError
from backend.core.limits import forget_old, hit
from backend.core.models import RateCounter

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def refused(sessions: sessionmaker[Session], at: datetime, *, cost: int = 1) -> int:
    """Seconds to wait, 0 when let through."""
    try:
        hit(sessions, "door", 10, MINUTE, at, cost=cost)
    except DomainError as error:
        return int(error.params["retry_after"])
    return 0


@pytest.fixture
def other_process(database_url: str):
    engine: Engine = make_engine(database_url, pool_size=2)
    yield sessionmaker(engine)
    engine.dispose()


def test_it_counts_what_two_connections_do_together(sessions, other_process):
    waits = [refused(side, NOON) for _ in range(6) for side in (sessions, other_process)]
    assert waits[:10] == [0] * 10
    assert all(waits[10:])


def test_concurrent_hits_never_let_more_through_than_the_limit(sessions):
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: refused(sessions, NOON), range(40)))
    assert waits.count(0) == 10


def test_the_count_fades_instead_of_starting_anew_with_each_window(sessions):
    for _ in range(10):
        refused(sessions, NOON + timedelta(seconds=59))
    assert refused(sessions, NOON + timedelta(seconds=61)) > 0
    assert refused(sessions, NOON + timedelta(seconds=119)) == 0


def test_what_is_refused_does_not_count_and_the_wait_it_names_is_enough(sessions):
    for _ in range(50):
        wait = refused(sessions, NOON)
    assert 60 < wait <= 72
    assert refused(sessions, NOON + timedelta(seconds=wait)) == 0


def test_a_dear_hit_is_refused_where_a_cheap_one_still_fits(sessions):
    assert refused(sessions, NOON, cost=8) == 0
    assert refused(sessions, NOON, cost=5) > 0
    assert refused(sessions, NOON) == 0


def test_buckets_do_not_touch_each_other(sessions):
    for _ in range(11):
        refused(sessions, NOON)
    hit(sessions, "another door", 1, MINUTE, NOON)


def test_old_windows_are_forgotten(sessions):
    refused(sessions, NOON)
    refused(sessions, NOON + timedelta(days=3))
    with sessions() as session, session.begin():
        forget_old(session, NOON + timedelta(days=3))
        assert session.scalar(select(func.count()).select_from(RateCounter)) == 1

"""24 hours, 2 × 24 hours, and weekends, in the agency's zone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.clock import ZONES
from backend.documents.models import Urgency
from backend.notifications.deadlines import after, before, deadline, is_working_day

WIB = ZONES["WIB"]
HOUR = timedelta(hours=1)


def wib(day, hour=0, minute=0, month=3, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=WIB)


MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 2, 5, 6, 7, 8


@pytest.mark.parametrize(
    ("urgency", "opened", "due", "reminded"),
    [
        (Urgency.AMAT_SEGERA, wib(MONDAY, 9), wib(3, 9), wib(3, 3)),
        (Urgency.SEGERA, wib(MONDAY, 9), wib(4, 9), wib(3, 21)),
        # Over a weekend the hours of Saturday and Sunday do not count.
        (Urgency.AMAT_SEGERA, wib(FRIDAY, 15), wib(9, 15), wib(9, 9)),
        (Urgency.SEGERA, wib(THURSDAY, 15), wib(9, 15), wib(9, 3)),
        (Urgency.SEGERA, wib(FRIDAY, 15), wib(10, 15), wib(10, 3)),
        # What comes on a weekend begins on Monday.
        (Urgency.AMAT_SEGERA, wib(SATURDAY, 11), wib(10), wib(9, 18)),
        (Urgency.AMAT_SEGERA, wib(SUNDAY, 23, 59), wib(10), wib(9, 18)),
    ],
)
def test_the_urgency_gives_the_time(urgency, opened, due, reminded):
    found = deadline(urgency, opened, None, WIB)
    assert (found.at, found.remind_at) == (due, reminded)


def test_an_ordinary_paper_has_no_deadline_of_its_own():
    assert deadline(Urgency.BIASA, wib(MONDAY, 9), None, WIB) is None


@pytest.mark.parametrize("urgency", Urgency)
def test_what_somebody_wrote_down_counts_instead(urgency):
    written = wib(20, 16)
    assert deadline(urgency, wib(MONDAY, 9), written, WIB).at == written


def test_an_ordinary_papers_written_deadline_is_reminded_of_a_working_day_before():
    found = deadline(Urgency.BIASA, wib(MONDAY, 9), wib(9, 10), WIB)
    assert found.remind_at == wib(FRIDAY, 10)


def test_a_deadline_on_a_weekend_is_reminded_of_before_it():
    found = deadline(Urgency.BIASA, wib(MONDAY, 9), wib(SATURDAY, 17), WIB)
    assert found.remind_at == wib(FRIDAY)


def test_who_was_just_told_is_not_reminded_at_once():
    found = deadline(Urgency.AMAT_SEGERA, wib(MONDAY, 9), wib(MONDAY, 11), WIB)
    assert found.remind_at == wib(MONDAY, 10)


def test_a_deadline_that_passed_before_the_turn_began_leaves_its_holder_some_time():
    found = deadline(Urgency.SEGERA, wib(MONDAY, 9), wib(1), WIB)
    assert found.at == wib(MONDAY, 21)


@pytest.mark.parametrize(("zone", "hours"), [("WIB", 7), ("WITA", 8), ("WIT", 9)])
def test_the_weekend_begins_at_the_agencys_midnight(zone, hours):
    friday_midnight = datetime(2026, 3, 6, 24 - hours, tzinfo=UTC)
    here = ZONES[zone]
    assert is_working_day(friday_midnight - HOUR, here)
    assert not is_working_day(friday_midnight, here)
    assert (
        after(friday_midnight - HOUR, 2 * HOUR, here) == friday_midnight + timedelta(days=2) + HOUR
    )


def test_it_counts_over_the_turn_of_the_year():
    # 31 December 2026 is a Thursday.
    opened = wib(31, 20, month=12)
    found = deadline(Urgency.SEGERA, opened, None, WIB)
    assert found.at == wib(4, 20, month=1, year=2027)


FIRST, LAST = (datetime(year, 1, 1) for year in (2020, 2040))  # noqa: DTZ001 (Hypothesis adds the zone)
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
spans = st.timedeltas(timedelta(minutes=1), timedelta(days=30))
zones = st.sampled_from(list(ZONES.values()))


@given(moments, spans, zones)
def test_counting_back_undoes_counting_on(start, span, zone):
    end = after(start, span, zone)
    assert end - start >= span
    if is_working_day(start, zone):
        assert before(end, span, zone) == start


@given(moments, spans, zones)
def test_no_turn_ends_on_a_weekend(start, span, zone):
    end = after(start, span, zone)
    assert is_working_day(end - timedelta(microseconds=1), zone)

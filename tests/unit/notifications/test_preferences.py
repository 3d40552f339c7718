"""Quiet hours by the agency's clock."""

from datetime import datetime, time

import pytest

from backend.core.clock import ZONES
from backend.notifications.models import NoticeKind
from backend.notifications.preferences import TOPICS, Preferences, Quiet, Topic
from backend.notifications.titles import titles

NIGHT = Quiet(time(21), time(5, 30))
NOON = Quiet(time(12), time(13))
TURN = NoticeKind.YOUR_TURN


def at(zone, *moment):
    return datetime(*moment, tzinfo=ZONES[zone])


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("quiet", "moment", "until"),
    [
        (NIGHT, (2026, 3, 2, 21, 0), (2026, 3, 3, 5, 30)),
        (NIGHT, (2026, 3, 3, 0, 0), (2026, 3, 3, 5, 30)),
        (NIGHT, (2026, 3, 3, 5, 29), (2026, 3, 3, 5, 30)),
        (NIGHT, (2026, 12, 31, 23, 59), (2027, 1, 1, 5, 30)),
        (NOON, (2026, 3, 2, 12, 15), (2026, 3, 2, 13, 0)),
    ],
)
def test_it_waits_for_the_end_of_the_quiet_hours(zone, quiet, moment, until):
    rings = Preferences(quiet=quiet).rings_from(TURN, at(zone, *moment), ZONES[zone], urgent=False)
    assert rings == at(zone, *until)


@pytest.mark.parametrize("hour", [(20, 59), (5, 30), (12, 0)])
def test_outside_of_them_it_rings_at_once(hour):
    moment = at("WIB", 2026, 3, 2, *hour)
    prefers = Preferences(quiet=NIGHT)
    assert prefers.rings_from(TURN, moment, ZONES["WIB"], urgent=False) == moment


def test_what_is_very_urgent_passes_where_the_person_lets_it():
    moment = at("WIB", 2026, 3, 2, 23, 0)
    zone = ZONES["WIB"]
    assert Preferences(quiet=NIGHT).rings_from(TURN, moment, zone, urgent=True) == moment
    strict = Preferences(quiet=NIGHT, urgent_passes=False)
    assert strict.rings_from(TURN, moment, zone, urgent=True) == at("WIB", 2026, 3, 3, 5, 30)


def test_the_security_of_an_account_never_waits_and_cannot_be_switched_off():
    moment = at("WIB", 2026, 3, 2, 23, 0)
    silent = Preferences(muted=frozenset(Topic), quiet=NIGHT, urgent_passes=False)
    assert silent.wants(NoticeKind.SECURITY)
    assert silent.rings_from(NoticeKind.SECURITY, moment, ZONES["WIB"], urgent=False) == moment


def test_every_topic_has_something_to_say():
    assert set(TOPICS.values()) == set(Topic)


@pytest.mark.parametrize("language", ["id", "en", None, "xx"])
def test_every_kind_of_notice_has_words_in_both_languages(language):
    assert set(titles(language)) == set(NoticeKind)


def test_english_is_english():
    assert not set(titles("en").values()) & set(titles("id").values())

"""The clock and the time-stamp service's: measured, shown, and asked before a passphrase is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.bootstrap import Services
from backend.certificates import timekeeping
from backend.certificates.problems import CLOCKS_APART, TIME_STAMP_UNAVAILABLE
from backend.core.clock import Clock
from backend.core.errors import DomainError
from mobile_api.cli.checks import Level, running
from mobile_api.cli.doctor import examine
from tests.factories.signings import case
from tests.support.clock import SettableClock


class Elsewhere:
    """A clock that is wrong by a fixed span."""

    def __init__(self, clock: Clock, wrong: timedelta) -> None:
        self._clock, self._wrong = clock, wrong

    def now(self):  # type: ignore[no-untyped-def]
        return self._clock.now() + self._wrong


def with_clock(services: Services, wrong: timedelta) -> Services:
    """The same installation on a machine whose clock is wrong; the service's is right."""
    return replace(services, clock=Elsewhere(services.clock, wrong))


def measured(services: Services, wrong: float) -> Services:
    machine = with_clock(services, timedelta(seconds=wrong))
    timekeeping.measure(machine.work, services.time_stamper)
    return machine


def findings(services: Services) -> list[tuple[Level, str]]:
    return [(f.level, f.problem) for f in examine(services, (running.clocks_agree,))]


@pytest.mark.parametrize(
    ("wrong", "apart", "level", "words"),
    [
        (0, 0, None, ""),
        (0.9, 0, None, ""),
        (-1, 1, None, ""),
        (-12, 12, Level.WARN, "12 s behind"),
        (13, 12, Level.WARN, "12 s ahead of"),
        (-90, 90, Level.FAIL, "90 s behind"),
        (600, 599, Level.FAIL, "599 s ahead of"),
    ],
)
def test_what_is_certain_of_the_difference_is_kept_and_shown(
    services: Services, wrong: float, apart: float, level: Level | None, words: str
) -> None:
    case(services, queued=False)
    machine = measured(services, wrong)

    with machine.work() as work:
        found = timekeeping.reading(work)
        assert found is not None
        assert found.apart == timedelta(seconds=apart)
    said = findings(machine)
    assert [each[0] for each in said] == ([level] if level else [])
    assert all(words in each[1] for each in said)


def test_no_passphrase_is_asked_for_while_the_clocks_differ(services: Services) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    measured(services, -90)

    problem = paper.preflight(ratna).problem
    assert problem is not None
    assert (problem.problem, problem.params) == (CLOCKS_APART, {"seconds": 90})

    measured(services, 0)
    assert paper.preflight(ratna).problem is None


def test_an_old_reading_says_nothing_about_now(services: Services, clock: SettableClock) -> None:
    case(services, queued=False)
    measured(services, -90)
    clock.advance(hours=2)
    with services.work() as work:
        timekeeping.require_agreement(work)


def test_a_service_that_is_away_leaves_the_last_reading(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    case(services, queued=False)
    measured(services, -90)

    def away(*_: object) -> bytes:
        raise TIME_STAMP_UNAVAILABLE()

    monkeypatch.setattr(services.time_stamper, "stamp", away)
    with pytest.raises(DomainError):
        timekeeping.measure(services.work, services.time_stamper)
    with services.work() as work, pytest.raises(DomainError) as raised:
        timekeeping.require_agreement(work)
    assert raised.value.problem is CLOCKS_APART

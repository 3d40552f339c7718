"""Who may act for a position, when, and under what name."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from backend.core.db import work as unit_of_work
from backend.core.errors import DomainError
from backend.organisation import appointments, mandates, problems
from backend.organisation.models import MandateKind
from tests.factories import people

DEFINITIVE, PLT, PLH = MandateKind.DEFINITIVE, MandateKind.PLT, MandateKind.PLH


@pytest.fixture
def position(work):
    return people.position(work.session, title="Sekretaris Daerah")


@pytest.fixture
def person(work):
    return people.person(work.session)


def give(work, person, position, kind=DEFINITIVE, *, start=0, days=None):
    starts_at = work.now + timedelta(days=start)
    return appointments.give_mandate(
        work,
        person.id,
        position.id,
        kind,
        "SK/1/CONTOH",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=days) if days else None,
    )


def refused(problem):
    return pytest.raises(DomainError, match=problem.code)


@pytest.mark.parametrize(
    ("kind", "printed"),
    [
        ("definitif", "Sekretaris Daerah"),
        ("plt", "Plt. Sekretaris Daerah"),
        ("plh", "Plh. Sekretaris Daerah"),
        ("pj", "Pj. Sekretaris Daerah"),
        ("pjs", "Pjs. Sekretaris Daerah"),
    ],
)
def test_the_capacity_is_printed_before_the_title(work, position, person, kind, printed):
    mandate = give(work, person, position, MandateKind(kind), days=30)
    assert mandates.capacity(mandate) == printed


def test_a_mandate_is_valid_from_its_start_until_before_its_end(work, position, person):
    mandate = give(work, person, position, PLT, start=1, days=10)

    def valid(at):
        return mandates.valid_mandate(work.session, person.id, position.id, at)

    second = timedelta(microseconds=1)
    assert valid(mandate.starts_at - second) is None
    assert valid(mandate.starts_at) is mandate
    assert valid(mandate.ends_at - second) is mandate
    assert valid(mandate.ends_at) is None


def test_it_is_not_valid_for_who_left_or_for_a_closed_position(work, position, person):
    give(work, person, position)
    person.left_at = work.now
    assert mandates.valid_mandate(work.session, person.id, position.id, work.now) is None
    person.left_at = None
    position.closed_at = work.now
    assert mandates.holders(work.session, position.id, work.now) == []


def test_one_holder_is_definitive_and_acting_ones_stand_beside(work, position, person):
    give(work, person, position)
    other = people.person(work.session)
    with refused(problems.DEFINITIVE_HELD):
        give(work, other, position, start=30)
    acting = give(work, other, position, PLH, days=3)
    held = mandates.holders(work.session, position.id, work.now)
    assert [m.kind for m in held] == [DEFINITIVE, PLH]
    assert mandates.holders_of(work.session, [position.id], work.now)[position.id] == held
    assert mandates.valid_mandate(work.session, other.id, position.id, work.now) is acting


def test_a_successor_may_be_named_for_the_day_the_other_ends(work, position, person):
    give(work, person, position, days=30)
    give(work, people.person(work.session), position, start=30)
    with refused(problems.DEFINITIVE_HELD):
        give(work, people.person(work.session), position, start=29, days=1)


def test_one_person_does_not_hold_a_position_twice_at_once(work, position, person):
    give(work, person, position)
    with refused(problems.MANDATE_OVERLAPS):
        give(work, person, position, PLT, days=3)


def test_acting_is_always_for_a_period_and_periods_run_forward(work, position, person):
    with refused(problems.PERIOD_REQUIRED):
        give(work, person, position, PLT)
    with refused(problems.PERIOD_INVALID):
        give(work, person, position, PLT, start=5, days=-2)
    with refused(problems.PERIOD_INVALID):
        give(work, person, position, PLT, start=-9, days=5)


def test_of_two_definitive_appointments_at_once_one_stands(sessions, clock, work, position):
    rivals = [people.person(work.session) for _ in range(4)]
    work.session.commit()

    def appoint(person):
        try:
            with unit_of_work(sessions, clock) as own:
                give(own, person, position)
        except DomainError as error:
            return error.code
        return "stands"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(appoint, rivals))
    assert sorted(answers) == ["organisation/definitive-held"] * 3 + ["stands"]


def test_ending_a_mandate_twice_is_refused(work, position, person):
    mandate = give(work, person, position)
    appointments.end_mandate(work, mandate.id)
    assert mandates.holders(work.session, position.id, work.now) == []
    with pytest.raises(DomainError):
        appointments.end_mandate(work, mandate.id)

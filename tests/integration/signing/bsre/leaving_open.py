"""Attempts that the stand-in leaves open, and the officers who settle them."""

from typing import Any

from backend.core.db import Actor
from backend.organisation.models import Role
from tests.factories import people
from tests.factories.national import Nation, nation, sign
from tests.factories.signings import Case
from tests.fakes.bsre import Fault


def officer(paper: Case) -> Actor:
    with paper.work() as work:
        person = people.person(work.session)
        people.role(work.session, person, Role.REGISTRATION_OFFICER)
    return Actor(person_id=person.id, roles=frozenset({Role.REGISTRATION_OFFICER}))


def left_open(national: Nation, fault: Fault) -> tuple[Case, Any]:
    """A paper of which only the service knows whether it was signed, and its attempt."""
    return break_off(national, national.case(), fault)


def break_off(national: Nation, paper: Case, fault: Fault) -> tuple[Case, Any]:
    """Signs while the service goes wrong; with little patience where it says nothing at all."""
    national.server.house.faults.append(fault)
    national.server.house.seconds = 3
    if fault is Fault.SILENT_AFTER_SIGNING:
        hasty = nation(national.services, national.server, bsre_seconds=2)
        paper.services = hasty.services
    return paper, sign(paper, paper.signatories[0])

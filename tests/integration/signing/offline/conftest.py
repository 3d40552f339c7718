"""A signer with one ticked paper who drove off, and two hours later a line."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.bootstrap import Services
from backend.core.errors import DomainError
from tests.factories.away import Away, Statement, allow, leave
from tests.factories.signings import Case, case


@pytest.fixture
def paper(services: Services) -> Case:
    made = case(services)
    allow(made)
    return made


@pytest.fixture
def away(paper: Case) -> Away:
    """The phone an hour after it lost its line."""
    made = leave([paper])
    made.services.clock.advance(hours=1)
    return made


Refused = Callable[..., str]


@pytest.fixture
def refused(services: Services) -> Refused:
    """The code with which a statement is refused when it arrives, an hour later by default."""

    def refused(phone: Away, statement: Statement, *, after: timedelta = timedelta(hours=1)) -> str:
        services.clock.advance(seconds=after.total_seconds())
        with pytest.raises(DomainError) as refusal:
            phone.replay(statement)
        assert refusal.value.detail  # fits its parameters
        return refusal.value.code

    return refused

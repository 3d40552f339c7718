import pytest

from backend.organisation.models import Role
from tests.factories import people
from tests.support.browser import signed_in


@pytest.fixture(autouse=True)
def _agency(work):
    people.agency(work.session)
    work.session.commit()


@pytest.fixture
def administrator(app, services, work):
    """An administrator's signed-in browser."""
    person = people.person(work.session)
    people.role(work.session, person, Role.ADMINISTRATOR)
    work.session.commit()
    return signed_in(app, services, person)

from collections.abc import Callable

import pytest

from backend.core.db import Work
from tests.factories import people
from tests.support.browser import Browser, give_account, signed_in

AGENCY = "Kabupaten Contoh"


@pytest.fixture(autouse=True)
def _agency(work: Work) -> None:
    people.agency(work.session, name=AGENCY)
    work.session.commit()


@pytest.fixture(autouse=True)
def _cheap(cheap_hashes: None) -> None:
    """These tests sign in a hundred times."""


@pytest.fixture
def browser_of(app, services, work) -> Callable[..., Browser]:
    """`browser_of(person)`: a signed-in browser with a device that may sign."""

    def make(person, **options) -> Browser:
        work.session.commit()
        return signed_in(app, services, person, **options)

    return make


@pytest.fixture
def owner(work, services):
    """A person with an account: `.account`, `.secret`; the password is browser.PASSWORD."""
    person = people.official(work.session)
    person.account, person.secret = give_account(work, services, person)
    work.session.commit()
    return person

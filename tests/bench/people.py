"""People at desks and phones, on an installation of their own."""

from collections.abc import Iterator
from typing import TypeVar

import pytest
from playwright.sync_api import Page

from tests.e2e.live import Live
from tests.e2e.pages import Codes, Desk, Phone

Person = TypeVar("Person", Desk, Phone)


@pytest.fixture
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    live = Live(tmp_path_factory.mktemp("bench") / "home")
    live.start()
    yield live
    live.stop()


def someone(live: Live, username: str, kind: type[Person], page: Page) -> Person:
    """Signed in on this page."""
    account = live.accounts()[username]
    person = kind(page, account, Codes(account.totp_secret), live.origin)
    person.sign_in()
    return person

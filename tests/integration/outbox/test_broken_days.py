"""Days and weeks of broken days (days.py, signing_days.py), as long as CENTANG_BROKEN_DAYS says."""

import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Response
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from backend.bootstrap import Services
from backend.core import crashpoints
from mobile_api.app import Application, create_app
from tests.factories import papers, people
from tests.integration.offline.conftest import Office
from tests.integration.outbox.days import BrokenDays
from tests.integration.outbox.phone import driven_phone
from tests.integration.outbox.signing_days import SigningDays
from tests.integration.outbox.signing_town import Signings, signers
from tests.integration.outbox.town import Town
from tests.support.clock import SettableClock
from tests.support.serving import serving

DAYS = int(os.environ.get("CENTANG_BROKEN_DAYS", "0"))
"""How many days to live through, of other people each time; 0 for the same few that CI lives through."""
WEEK = 6
WEEKS = 4


def mortal(app: Application, clock: SettableClock) -> Application:
    """Says the time of the test's clock; a request in which the server dies is never answered."""

    @app.after_request
    def date(answer: Response) -> Response:
        answer.date = clock.now()
        return answer

    living = app.wsgi_app

    def serve(environ: Any, start_response: Any) -> Any:
        try:
            return living(environ, start_response)
        except SystemExit:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError from None

    app.wsgi_app = serve  # type: ignore[method-assign]
    return app


@pytest.fixture
def town(services: Services, clock: SettableClock) -> Iterator[Town]:
    netloc = urlsplit(services.settings.origin).netloc
    app = create_app(services, TESTING=True, SERVER_NAME=netloc)
    with services.work() as work:
        people.agency(work.session)
        base = papers.desk(work.session, officials=3)
    office = Office(services, base)
    signers(office, base.officials[:2])
    with serving(mortal(app, clock)) as origin, driven_phone() as phone:
        yield Town(app, office, clock, phone, origin, Signings(office))
    crashpoints.disarm()


@pytest.mark.slow
@pytest.mark.timeout(0 if DAYS else 400)
def test_whatever_happens_each_act_takes_effect_once_or_waits_to_be_seen(
    town: Town, record_property: Callable[[str, object], None]
) -> None:
    seen: Counter[str] = Counter()

    class Days(BrokenDays):
        pass

    class Signing(SigningDays):
        pass

    Days.town = Signing.town = town
    Days.seen = Signing.seen = seen
    for week in range(DAYS // WEEK or WEEKS):
        machine = Signing if week % 2 else Days
        # A week at a time: what is left of earlier days changes what a day can be, and Hypothesis
        # takes the same beginning to lead to the same choices as long as one search lasts.
        run_state_machine_as_test(
            machine if DAYS else seed(week)(machine),
            settings=settings(
                max_examples=WEEK,
                stateful_step_count=40,
                database=None,
                deadline=None,
                phases=[Phase.generate, Phase.shrink] if DAYS else [Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    told = ", ".join(f"{count} {what}" for what, count in seen.most_common() if count)
    fared = ", ".join(f"{count} × {fate}" for fate, count in sorted(town.phone.met.items()))
    record_property("broken days", f"{told}; requests: {fared}")
    assert seen["effects"]

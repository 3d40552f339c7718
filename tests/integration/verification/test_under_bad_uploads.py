"""While bad files are judged, as deployed, everybody else is served, and each file gets a clear answer."""

import contextlib
import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from backend.core import warm
from backend.verification.verdicts import Verdict
from tests.security.attacks import hurting
from tests.support.web_server import WebServer, web_server

BAD = [
    hurting.decompression_bomb_in_the_form,
    hurting.a_hundred_thousand_pages,
    hurting.decompression_bomb_in_the_table,
    hurting.deep_nesting,
    hurting.decompression_bomb_in_the_form,
    hurting.a_hundred_thousand_pages,
]


def _judged(server: WebServer, data: bytes) -> tuple[float, int, dict[str, Any]]:
    """Seconds, status, answer."""
    asked = time.monotonic()
    with contextlib.closing(server.connect()) as connection:
        kind = {"Content-Type": "application/pdf"}
        connection.request("POST", "/api/v1/public/verifications", body=data, headers=kind)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        return time.monotonic() - asked, answer.status, said


@pytest.mark.slow
def test_pages_are_served_while_bad_files_are_judged(
    services, office, database_url, record_property
):
    document = office.issue()
    paths = (f"/v/{document.public_code}", "/v/periksa", "/readyz")
    files = [make().data for make in BAD]
    waited: list[float] = []
    with (
        web_server("wsgi:app", services.settings, database_url) as server,
        ThreadPoolExecutor(len(files)) as strangers,
    ):
        brought: list[Future[Any]] = [strangers.submit(_judged, server, data) for data in files]
        while not all(one.done() for one in brought):
            for path in paths:
                asked = time.monotonic()
                assert server.get(path)[0] == 200
                waited.append(time.monotonic() - asked)
    answers = [one.result() for one in brought]
    warm.close()
    judged = [answer for _, status, answer in answers if status == 200]
    turned_away = [answer for _, status, answer in answers if status != 200]
    longest = max(seconds for seconds, *_ in answers)
    record_property(
        "pages beside bad files",
        f"{len(waited)} in {longest:.1f} s, slowest {max(waited) * 1000:.0f} ms;"
        f" {len(judged)} files judged, {len(turned_away)} asked to wait",
    )
    verdicts = {answer["report"]["verdict"] for answer in judged}
    assert verdicts <= {Verdict.UNREADABLE, Verdict.NOT_SIGNED}
    assert {answer["code"] for answer in turned_away} <= {"general/unavailable"}
    assert max(waited) < longest / 2, "somebody waited for other people's files"

"""What holds for the web server's processes together, as deployed: truth and limits are shared."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from backend.documents.models import DocumentState
from mobile_api.public import throttle
from tests.support.web_server import WebServer, web_server

VALID, REVOKED = "Utuh, tidak tersertifikasi", "Sudah dicabut"


def test_no_process_calls_a_revoked_document_valid_and_all_count_guesses_together(
    services, office, database_url
):
    document = office.issue()
    path = f"/v/{document.public_code}"
    with web_server("wsgi:app", services.settings, database_url) as server:
        _revoked_everywhere_within_a_second(server, office, document, path)
        guesses = [server.get(f"/v/{n:020d}")[0] for n in range(40)]
        told = guesses.count(404)
        assert set(guesses) == {404, 429}
        # What two processes that count for themselves would let through is twice as much.
        assert told <= throttle.UNKNOWN[0] * 1.5
        assert server.get(path)[0] == 200


def _revoked_everywhere_within_a_second(server: WebServer, office, document, path: str) -> None:
    answers: list[tuple[float, str]] = []
    ended: list[float] = []

    def citizen(_: int) -> None:
        while not ended or time.monotonic() < ended[0] + 1.1:
            asked = time.monotonic()
            status, page = server.get(path)
            assert status == 200
            answers.append((asked, page.decode()))

    with ThreadPoolExecutor(4) as citizens:
        asking = [citizens.submit(citizen, number) for number in range(4)]
        while len(answers) < 50 and not any(each.done() for each in asking):
            time.sleep(0.01)
        assert all(VALID in page for _, page in answers)
        office.change(document, state=DocumentState.REVOKED, revoked_at=datetime.now(UTC))
        ended.append(time.monotonic())
        for each in asking:
            each.result()
    late = [page for asked, page in answers if asked >= ended[0] + 1]
    assert late
    assert all(REVOKED in page and VALID not in page for page in late)

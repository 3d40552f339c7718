"""The desk of an official for whom 2,000 of 100,000 papers wait."""

import psycopg
import pytest

from tests.factories import bulk
from tests.support.browser import signed_in

DOCUMENTS, WAITING = 100_000, 2_000


@pytest.fixture
def archive(filling, owner_url):
    made = bulk.archive(filling, documents=DOCUMENTS, waiting=WAITING)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return made


@pytest.mark.timeout(600)
def test_inbox_of_2000_waiting_in_100000(benchmark, app, services, archive):
    phone = signed_in(app, services, archive.chief.person)
    answer = benchmark.pedantic(lambda: phone.get("/inbox"), rounds=30, warmup_rounds=2)
    assert (answer.json["total"], len(answer.json["items"])) == (WAITING, 50)

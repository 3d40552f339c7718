"""The change feed of an official for whom 2,000 of 100,000 papers wait."""

import time

import brotli
import psycopg
import pytest
from sqlalchemy import text

from tests.factories import bulk
from tests.support.browser import signed_in

DOCUMENTS, WAITING = 100_000, 2_000
BROTLI = {"Accept-Encoding": "br"}


@pytest.fixture
def phone(app, services, filling, owner_url):
    made = bulk.archive(filling, documents=DOCUMENTS, waiting=WAITING)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return signed_in(app, services, made.chief.person)


def ask(phone, cursor, **query):
    """One answer: its JSON, its bytes on the wire, and the processor's seconds it took here."""
    query |= {"since": cursor} if cursor else {}
    began = time.process_time()
    answer = phone.get("/changes", query_string=query, headers=BROTLI)
    spent = time.process_time() - began
    size = len(answer.data)
    if answer.headers.get("Content-Encoding") == "br":
        answer.set_data(brotli.decompress(answer.data))
    return answer.get_json(), size, spent


def first_sync(phone):
    """Every page: how many steps, bytes and seconds, and the last cursor."""
    found, cursor, steps, size, spent = {"more": True}, None, 0, 0, 0.0
    while found["more"]:
        found, more_bytes, more_time = ask(phone, cursor)
        cursor = found["cursor"]
        steps += sum(item["kind"] == "step" for item in found["items"])
        size, spent = size + more_bytes, spent + more_time
    return cursor, steps, size, spent


@pytest.mark.timeout(900)
def test_changes_of_2000_waiting_in_100000(benchmark, phone, sessions, record_property):
    cursor, steps, size, spent = first_sync(phone)
    assert steps == WAITING
    record_property("first sync of 2,000", f"{size / 1024:.0f} KiB, {spent:.2f} s of processor")
    _, page, spent = ask(phone, None)
    record_property("its first page of 100", f"{page / 1024:.1f} KiB, {spent * 1000:.0f} ms")
    with sessions() as session:
        session.execute(
            text(
                "UPDATE document SET subject = subject || ' (ralat)' WHERE id IN (SELECT"
                " document_id FROM step WHERE state = 'open' ORDER BY id LIMIT 10)"
            )
        )
        session.commit()
    found, few, spent = ask(phone, cursor)
    assert len(found["items"]) == 10
    record_property("ten changes", f"{few / 1024:.1f} KiB, {spent * 1000:.0f} ms")
    cursor = found["cursor"]
    found, nothing, _ = ask(phone, cursor)
    assert (found["items"], nothing <= 200) == ([], True)
    record_property("nothing new", f"{nothing} bytes")
    benchmark.pedantic(lambda: ask(phone, cursor), rounds=30, warmup_rounds=2)

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from uuid import UUID

import pytest

from backend.audit import trail
from backend.audit.models import AuditEntry


def an_entry(**facts):
    defaults = {
        "seq": 1,
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "actor_person_id": None,
        "actor_device_id": None,
        "action": "document.signed",
        "subject_type": "document",
        "subject_id": "x",
        "data": {"b": 1, "a": "Mu’awanah"},
        "previous": trail.GENESIS,
    }
    return AuditEntry(**defaults | facts)


def test_the_digest_is_the_same_in_any_zone_and_key_order():
    elsewhere = an_entry(
        at=datetime(2026, 1, 1, 7, tzinfo=timezone(timedelta(hours=7))),
        data={"a": "Mu’awanah", "b": 1},
    )
    assert trail.digest_of(elsewhere) == trail.digest_of(an_entry())


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 2},
        {"at": datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)},
        {"actor_person_id": UUID(int=1)},
        {"actor_device_id": UUID(int=1)},
        {"action": "document.returned"},
        {"subject_type": "version"},
        {"subject_id": "y"},
        {"data": {"b": 2, "a": "Mu’awanah"}},
        {"previous": "1" * 64},
    ],
)
def test_the_digest_covers_every_fact(change):
    assert trail.digest_of(an_entry(**change)) != trail.digest_of(an_entry())


class Word(StrEnum):
    ONE = "one"


def test_values_become_what_json_gives_back():
    plain = trail._plain(
        {
            "id": UUID(int=7),
            "on": date(2026, 1, 2),
            "word": Word.ONE,
            "set": {"b", "a"},
            "nul": "a\x00",
        }
    )
    assert plain == {
        "id": "00000000-0000-0000-0000-000000000007",
        "on": "2026-01-02",
        "word": "one",
        "set": ["a", "b"],
        "nul": "a\ufffd",
    }


@pytest.mark.parametrize("value", [1.5, b"bytes", object()])
def test_it_refuses_values_that_json_would_change(value):
    with pytest.raises(TypeError):
        trail._plain({"x": value})

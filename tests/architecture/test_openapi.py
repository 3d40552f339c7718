"""The API's description is the code's, and names every problem the house declares."""

import json
import subprocess
import sys
from typing import Any

import pytest

from mobile_api.openapi import COMMITTED, FILES
from tests.support.problems import registered_problems

Description = dict[str, Any]


@pytest.fixture(scope="module")
def described() -> Description:
    """From a process of its own: tests declare problems too."""
    command = [sys.executable, "-m", "mobile_api.openapi"]
    done = subprocess.run(command, capture_output=True, check=True, cwd=COMMITTED.parents[1])
    description: Description = json.loads(done.stdout)
    return description


def test_the_committed_description_is_the_codes(described: Description) -> None:
    remedy = "the API changed: `python -m mobile_api.openapi > docs/openapi.json`"
    assert json.loads(COMMITTED.read_text()) == described, remedy


def test_it_names_every_problem_and_no_other(described: Description) -> None:
    named = described["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert set(named) == {code for code in registered_problems() if not code.startswith("test/")}


def test_every_operation_says_who_may_ask_and_how_it_refuses(described: Description) -> None:
    operations = [each for path in described["paths"].values() for each in path.values()]
    for operation in operations:
        assert "security" in operation
        refusals = {status for status in operation["responses"] if not status.startswith("2")}
        assert refusals <= {"default", "304", "206"}, operation
    assert len(operations) > len(FILES)


def test_the_citizens_answers_are_described(described: Description) -> None:
    record = described["paths"]["/api/v1/public/records/{code}"]["get"]
    judged = described["paths"]["/api/v1/public/verifications"]["post"]
    for operation in (record, judged):
        assert operation["security"] == []
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        name = schema["$ref"].rsplit("/", 1)[-1]
        assert described["components"]["schemas"][name]["properties"]
    assert judged["requestBody"]["content"] == {"application/pdf": {}}

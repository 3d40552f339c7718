"""schemathesis over every operation, signed in and public: nothing breaks, and answers keep the word
of the description. What is meant to succeed first, then what a client may send instead.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from backend.identity import setup
from backend.organisation.models import Person
from mobile_api.authentication import CSRF_HEADER
from mobile_api.public import throttle, uploads
from tests.factories.national import nation
from tests.fakes.bsre import BsreServer
from tests.fakes.sandbox import InProcessSandbox
from tests.security.whole_api import administration, papers, service
from tests.security.whole_api.world import Call, World
from tests.support.browser import PASSWORD

DESCRIPTION = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
REQUESTS = administration.REQUESTS | papers.REQUESTS | service.REQUESTS
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
LEAST = 0.8
RULES = settings(
    max_examples=2,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/pdf", "image/png", "application/octet-stream")
def as_it_is(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


@pytest.fixture
def world(app, services, clock, tmp_path, monkeypatch) -> Iterator[World]:
    monkeypatch.setattr(uploads, "Sandbox", InProcessSandbox)
    for limit in ("UNKNOWN", "READ", "UPLOADS", "JUDGED", "SEALED"):
        monkeypatch.setattr(throttle, limit, (10**6, 10**6))
    with BsreServer(tmp_path / "bsre", clock).running() as server:
        there = nation(services, server)
        app.serve(there.services)
        world = World(app, there.services, there)
        assert world.first
        yield world


@pytest.fixture
def operations(app) -> dict[str, Any]:
    schema = schemathesis.openapi.from_dict(DESCRIPTION)
    schema.app = app
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


def send(world: World, case: Case, call: Call) -> Any:
    """Sends it as the person's browser would; fails when the answer breaks the description."""
    cookies: dict[str, str] = {}
    headers = {"Accept-Encoding": "identity"} | call.headers
    if call.who is not None:
        cookies = {c.key: c.value for c in call.who.client._cookies.values()}
        headers[CSRF_HEADER] = call.who.csrf
    answer = case.call(base_url=world.services.settings.origin, headers=headers, cookies=cookies)
    case.validate_response(answer, checks=CHECKS)
    return answer


def meant(operation: Any, call: Call) -> Case:
    """The request of the table, as one of schemathesis's cases."""
    contents = operation.definition.raw.get("requestBody", {}).get("content", {})
    return operation.Case(
        path_parameters=parameters(call),
        query={name: str(value) for name, value in call.query.items()},
        body=NOT_SET if call.body is None else call.body,
        media_type=next(iter(contents), None),
    )


def parameters(call: Call) -> dict[str, str]:
    return {name: str(value) for name, value in call.path.items()}


def whoever(world: World, call: Call) -> Call:
    """The same person, signed in anew if what was sent before has ended their session."""
    if call.who is None or call.who.get("/session").status_code == 200:
        return call
    with world.services.work() as work:
        person = work.session.get_one(Person, call.who.person_id)
    return replace(call, who=world.browser(person))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_each_operation_keeps_its_word_whatever_is_sent(world, operations, record_property):
    answers: dict[str, list[int]] = {label: [] for label in operations}
    calls = {label: Call(world.signer) for label in operations}
    wrong: list[str] = []

    def tried(label: str, case: Case) -> int:
        try:
            answers[label].append(send(world, case, calls[label]).status_code)
        except FailureGroup as failure:
            wrong.append(f"{label}: {[str(each) for each in failure.exceptions]}")
            return 0
        return answers[label][-1]

    for label, request in REQUESTS.items():
        calls[label] = request(world)
        status = tried(label, meant(operations[label], calls[label]))
        if status >= 300:
            wrong.append(f"{label}: meant to succeed, and answered {status}")
    # Whatever these do to the regency, they come after what was meant to succeed in it.
    for label, operation in operations.items():
        calls[label] = whoever(world, calls[label])
        known, send_it = parameters(calls[label]), partial(tried, label)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            explore(operation, mode, known, send_it)
        if known:
            explore(operation, GenerationMode.POSITIVE, {}, send_it)

    reached = [label for label, given_ in answers.items() if any(each < 300 for each in given_)]
    classes = Counter(each // 100 for given_ in answers.values() for each in given_)
    record_property("answers by class", dict(sorted(classes.items())))
    record_property("operations that reached a 2xx", f"{len(reached)} of {len(operations)}")
    assert wrong == [], "\n".join(wrong)
    assert len(reached) >= LEAST * len(operations)


@pytest.mark.slow
def test_the_first_set_up_keeps_its_word(app, services, operations):
    """Only an installation that nobody has moved into is set up."""
    with services.work() as work:
        token = setup.new_link(work)
    administrator = {"name": "Jaka Contoh", "username": "pengelola", "password": PASSWORD}
    agency = {"name": "Kota Contoh", "short_name": "Contoh", "zone": "WIT"}
    body = {"token": token, "administrator": administrator, "agency": agency}
    for status in (204, 409):
        case = operations["POST /api/v1/setup"].Case(body=body, media_type="application/json")
        answer = case.call(base_url=services.settings.origin)
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code == status, answer.text


def explore(operation: Any, mode: GenerationMode, known: dict[str, str], try_out: Any) -> None:
    """Sends a few generated requests, the same in each run; about real things where `known`."""
    cases = operation.as_strategy(mode, path_parameters=known or None)
    try:

        @given(case=cases)
        @RULES
        def each(case: Case) -> None:
            try_out(case)

        each()
    except Unsatisfiable:
        pass  # nothing can be wrong about a request that takes nothing

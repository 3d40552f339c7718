"""An office with two operators, and short words for what they do with papers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from backend.bootstrap import Services
from backend.core.db import Actor
from backend.core.jobs import Job
from backend.documents import drafts, intake
from backend.documents.models import Document, Version
from backend.organisation.models import Role
from mobile_api import authentication
from tests.factories import papers, people

LATER = (Job.ANNOUNCE_REFUSAL, Job.PREPARE_SIGNATURES)
"""What follows an examination and is no concern of these tests."""


@dataclass
class Office:
    services: Services
    run_jobs: Callable[..., list[Job]]
    unit_id: UUID
    actor: Actor
    colleague: Actor

    def work(self, actor: Actor | None = None):
        return self.services.work(actor or self.actor)

    def draft(self, actor: Actor | None = None, **facts: Any) -> Document:
        defaults = {
            "unit_id": self.unit_id,
            "type_code": "SK",
            "subject": "Pengangkatan pejabat contoh",
            "classification": "800.1",
        }
        with self.work(actor) as work:
            return drafts.create(work, **defaults | facts)

    def store(self, data: bytes, **checks: Any) -> intake.Upload:
        pieces = [data[i : i + 65536] for i in range(0, len(data), 65536)]
        return intake.store(
            pieces, settings=self.services.settings, blobs=self.services.blobs, **checks
        )

    def upload(self, document: Document, data: bytes, filename: str = "naskah.pdf") -> Version:
        received = self.store(data)
        with self.work() as work:
            return intake.add_version(work, document.id, received, filename)

    def examine(self, document: Document, data: bytes) -> Version:
        """Uploads and lets the worker examine; answers the version as it then is."""
        version = self.upload(document, data)
        self.run_jobs(skip=LATER)
        return self.read(Version, version.id)

    def read(self, kind: Any, key: Any) -> Any:
        with self.services.sessions() as session:
            row = session.get_one(kind, key)
            if kind is Version:
                list(row.pages)
            return row

    def scratch(self) -> list[Path]:
        folder = self.services.settings.scratch_dir
        return list(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def office(services: Services, run_jobs: Callable[..., list[Job]]) -> Office:
    with services.work() as work:
        people.agency(work.session)
        unit = people.unit(work.session, code="SETDA")
        papers.document_type(work.session)
        actors = [
            Actor(
                person_id=people.operator(work.session, unit).id,
                roles=frozenset({Role.OPERATOR}),
                unit_ids=frozenset({unit.id}),
            )
            for _ in range(2)
        ]
    return Office(services, run_jobs, unit.id, *actors)


@pytest.fixture
def stranger(services: Services) -> Actor:
    """An operator of another office."""
    with services.work() as work:
        unit = people.unit(work.session)
        person = people.operator(work.session, unit)
    return Actor(
        person_id=person.id, roles=frozenset({Role.OPERATOR}), unit_ids=frozenset({unit.id})
    )


@pytest.fixture
def as_actor(
    monkeypatch: pytest.MonkeyPatch, client: FlaskClient
) -> Callable[[Actor], FlaskClient]:
    """A client whose every request is this actor's; signing in is identity's own test."""

    def act(actor: Actor) -> FlaskClient:
        monkeypatch.setattr(authentication, "authenticate", lambda *_: actor)
        return client

    return act

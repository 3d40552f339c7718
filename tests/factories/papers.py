"""Documents with versions and pages, and routes over invented positions."""

import hashlib
import itertools
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend.core.db import Actor, Work
from backend.core.ids import public_code
from backend.documents.models import (
    Document,
    DocumentState,
    DocumentType,
    Page,
    Secrecy,
    Urgency,
    Version,
    VersionState,
)
from backend.identity.models import Device
from backend.organisation.models import Mandate, Person, Position, Role, Unit
from backend.routing.models import Step, StepAction
from tests.factories import people
from tests.factories.people import LONG_AGO, DeviceKey

_counter = itertools.count(1)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def document_type(
    session: Session, code: str = "SK", name: str = "Surat Keputusan", **facts: Any
) -> None:
    """The kind, made where it is missing; `facts` become its own either way."""
    kind = session.get(DocumentType, code)
    if kind is None:
        kind = DocumentType(code=code, name=name, active=True)
        session.add(kind)
    for fact, value in facts.items():
        setattr(kind, fact, value)
    session.flush()


def document(session: Session, unit: Unit, operator: Person, **facts: Any) -> Document:
    """A draft without a file."""
    document_type(session)
    defaults = {
        "unit_id": unit.id,
        "type_code": "SK",
        "subject": f"Perihal contoh {next(_counter)}",
        "classification": "800",
        "secrecy": Secrecy.BIASA,
        "urgency": Urgency.BIASA,
        "state": DocumentState.DRAFT,
        "public_code": public_code(),
        "created_by": operator.id,
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    }
    row = Document(**defaults | facts)
    session.add(row)
    session.flush()
    return row


def version(session: Session, document_: Document, *, pages: int = 2, **facts: Any) -> Version:
    """A version that passed its examination, not yet the document's current one."""
    ordinal = facts.pop("ordinal", None)
    if ordinal is None:
        ordinal = session.query(Version).filter_by(document_id=document_.id).count() + 1
    name = f"{document_.id}/{ordinal}"
    defaults = {
        "document_id": document_.id,
        "ordinal": ordinal,
        "state": VersionState.READY,
        "uploaded_sha256": digest(name),
        "sha256": digest(name),
        "size": 1000,
        "filename": "contoh.pdf",
        "uploaded_by": document_.created_by,
        "uploaded_at": LONG_AGO,
        "ready_at": LONG_AGO,
    }
    row = Version(**defaults | facts)
    session.add(row)
    session.flush()
    for number in range(1, pages + 1):
        session.add(
            Page(
                version_id=row.id,
                ordinal=number,
                width=595.0,
                height=842.0,
                image_sha256=digest(f"{name}/{number}"),
                image_type="image/webp",
                image_bytes=1000,
                large_sha256=digest(f"{name}/{number}/large"),
                large_type="image/webp",
                large_bytes=4000,
                text="",
                boxes=[],
            )
        )
    session.flush()
    return row


@dataclass
class Official:
    """A person on a position, with a phone."""

    person: Person
    position: Position
    mandate: Mandate
    device: Device
    key: DeviceKey

    @property
    def actor(self) -> Actor:
        return Actor(
            person_id=self.person.id,
            device_id=self.device.id,
            roles=frozenset({Role.OFFICIAL}),
        )

    def act(self, work: Work) -> Work:
        """The same transaction, with this person acting."""
        return Work(work.session, work.clock, self.actor)

    def statement(
        self, work: Work, step: Step, version_: Version, changes: dict[str, Any] | None = None
    ) -> str:
        """What this person's phone signs after showing every page of a version."""
        claims = people.statement(
            self.person.id,
            work.now,
            step=str(step.id),
            mandate=str(self.mandate.id),
            version=str(version_.id),
            version_sha256=version_.sha256,
            pages=[page.image_sha256 for page in version_.pages],
        )
        return self.key.sign("tick+jwt", claims | (changes or {}))


def official(session: Session, unit: Unit | None = None, **facts: Any) -> Official:
    position = people.position(session, unit, **facts)
    person = people.official(session, position)
    mandate = session.query(Mandate).filter_by(person_id=person.id).one()
    people.account(session, person, totp_confirmed_at=people.LONG_AGO)
    device, key = people.device(session, person)
    return Official(person, position, mandate, device, key)


@dataclass
class Desk:
    """One office with an operator, a paper with one version, and officials for its route."""

    unit: Unit
    operator: Person
    document: Document
    version: Version
    officials: list[Official]

    @property
    def actor(self) -> Actor:
        return Actor(
            person_id=self.operator.id,
            roles=frozenset({Role.OPERATOR}),
            unit_ids=frozenset({self.unit.id}),
        )

    def act(self, work: Work) -> Work:
        """The same transaction, with the operator acting."""
        return Work(work.session, work.clock, self.actor)


def desk(session: Session, *, officials: int = 2, **facts: Any) -> Desk:
    """A draft whose current version is ready, without a route yet."""
    unit = people.unit(session)
    operator = people.operator(session, unit)
    document_ = document(session, unit, operator, **facts)
    version_ = version(session, document_)
    document_.current_version_id = version_.id
    session.flush()
    return Desk(
        unit, operator, document_, version_, [official(session, unit) for _ in range(officials)]
    )


def actions(count: int) -> list[StepAction]:
    """Initials for all but the last, who signs."""
    return [StepAction.INITIAL] * (count - 1) + [StepAction.SIGN]

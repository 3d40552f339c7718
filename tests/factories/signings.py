"""Papers on their way to signers who have phones, keys and certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.bootstrap import Services
from backend.core.db import Actor, Work
from backend.documents.models import Document, Page, Version, VersionState
from backend.organisation.models import Mandate, Person, Position, Role, Unit
from backend.routing import routes
from backend.routing.models import Step, StepAction, StepState
from backend.routing.routes import PlannedStep
from backend.routing.ticks import tick
from backend.signing import preflight, preparation
from backend.signing.pdf.placeholder import open_revision, page_box
from backend.signing.signing import Envelope
from tests.factories import people
from tests.factories.papers import digest, document
from tests.factories.phones import Phone, signer
from tests.factories.sheets import paper


@dataclass
class Signatory:
    """A person on a position, with a phone that signs."""

    phone: Phone
    position: Position
    mandate: Mandate

    @property
    def person(self) -> Person:
        return self.phone.person

    @property
    def actor(self) -> Actor:
        return Actor(
            person_id=self.person.id,
            device_id=self.phone.device.id,
            roles=frozenset({Role.OFFICIAL}),
        )


@dataclass
class Case:
    """One paper with its operator and its signers, queued."""

    services: Services
    unit: Unit
    operator: Person
    document_id: UUID
    base: bytes
    signatories: list[Signatory]

    @property
    def operator_actor(self) -> Actor:
        return Actor(
            person_id=self.operator.id,
            roles=frozenset({Role.OPERATOR}),
            unit_ids=frozenset({self.unit.id}),
        )

    def work(self, actor: Actor | None = None):
        return self.services.work(actor or Actor())

    def document(self) -> Document:
        with self.work() as work:
            return work.session.get_one(Document, self.document_id)

    def steps(self) -> list[Step]:
        """Of the newest round."""
        with self.work() as work:
            rows = work.session.query(Step).filter_by(document_id=self.document_id)
            newest = max(step.round for step in rows)
            return rows.filter_by(round=newest).order_by(Step.ordinal).all()

    @property
    def next_step(self) -> Step:
        waiting = (StepState.OPEN, StepState.TICKED, StepState.PROCESSING)
        return next(s for s in self.steps() if s.state in waiting)

    def queue(self, signatories: Sequence[Signatory]) -> None:
        """Sends the paper to these signers, in order."""
        with self.work(self.operator_actor) as work:
            plan = [PlannedStep(s.position.id, StepAction.SIGN, None) for s in signatories]
            routes.draw_route(work, self.document_id, plan)
            routes.queue(work, self.document_id)

    def prepare(self) -> None:
        preparation.prepare(self.services.work, self.services.workshop, self.document_id)

    def tick(self, signatory: Signatory) -> None:
        step = self.next_step
        with self.work(signatory.actor) as work:
            version = work.session.get_one(Version, step.version_id)
            claims = people.statement(
                signatory.person.id,
                work.now,
                aud=self.services.settings.origin,
                step=str(step.id),
                mandate=str(signatory.mandate.id),
                version=str(version.id),
                version_sha256=version.sha256,
                pages=[page.image_sha256 for page in version.pages],
            )
            statement = signatory.phone.key.sign("tick+jwt", claims)
            tick(work, step.id, statement, audience=self.services.settings.origin, take_over=True)

    def preflight(self, signatory: Signatory) -> preflight.Preflight:
        services = self.services
        return preflight.preflight(
            services.work, services.workshop, services.signing, signatory.actor, self.next_step.id
        )

    def consent(self, signatory: Signatory) -> dict[str, str]:
        """What a SAD says about the paper, once it can be signed."""
        found = self.preflight(signatory)
        assert found.problem is None, (found.problem.code, found.problem.params)
        return consent(found.items[0])

    def sad(self, signatory: Signatory, **secrets: str) -> tuple[str, str]:
        """What the phone sends after the sheet was shown; a code of a fresh time step."""
        self.services.clock.advance(seconds=30)
        found = self.preflight(signatory)
        assert found.problem is None, (found.problem.code, found.problem.params)
        credential = found.standing.credential
        assert credential is not None
        return signatory.phone.sad(
            [consent(found.items[0])],
            level=found.level,
            provider=found.standing.provider,
            credential=credential.thumbprint,
            secrets=secrets,
        )

    def authorise(
        self,
        signatory: Signatory,
        envelope: tuple[str, str],
        services: Services | None = None,
        batch_id: UUID | None = None,
        passkey: dict[str, str] | None = None,
    ) -> list[UUID]:
        """The attempts, ended; with other `services`, signed by those."""
        sent = Envelope(*envelope, self.services.settings.origin, batch_id, passkey=passkey)
        desk = (services or self.services).desk
        return desk.authorise(signatory.actor, sent, patience=10).attempt_ids

    def sign(self, signatory: Signatory) -> UUID:
        """Ticks and signs the step whose turn it is; the attempt."""
        self.tick(signatory)
        return self.authorise(signatory, self.sad(signatory))[0]

    def signed_bytes(self) -> bytes:
        digest_ = self.document().signed_sha256
        assert digest_ is not None
        return self.services.blobs.get(digest_)


def consent(item: preflight.Item) -> dict[str, Any]:
    """One document of a SAD."""
    file = {"input_sha256": item.input_sha256, "placement": item.placement}
    if item.prepared_sha256 is not None:
        file = {"prepared_sha256": item.prepared_sha256}
    return {
        "id": str(item.document.id),
        "step": str(item.step_id),
        "version_sha256": item.version_sha256,
        **file,
        "action": "sign",
        "level": item.level,
    }


def signatory(services: Services, unit: Unit, **facts: str) -> Signatory:
    with services.work() as work:
        position = people.position(work.session, unit, **facts)
        person = people.official(work.session, position)
        mandate = work.session.query(Mandate).filter_by(person_id=person.id).one()
    return Signatory(signer(services, person), position, mandate)


def case(
    services: Services,
    *,
    signers: int = 1,
    base: bytes | None = None,
    queued: bool = True,
    **facts: Any,
) -> Case:
    """A paper queued for this many signers; their positions are new."""
    with services.work() as work:
        unit = people.unit(work.session)
        operator = people.operator(work.session, unit)
    signatories = [signatory(services, unit) for _ in range(signers)]
    services.clock.advance(seconds=60)
    return _case(services, unit, operator, signatories, base, queued=queued, **facts)


def further_case(other: Case, base: bytes | None = None, **facts: Any) -> Case:
    """Another paper for the same signers."""
    return _case(other.services, other.unit, other.operator, other.signatories, base, **facts)


def _case(
    services: Services,
    unit: Unit,
    operator: Person,
    signatories: list[Signatory],
    base: bytes | None,
    *,
    queued: bool = True,
    **facts: Any,
) -> Case:
    base = base or paper()
    with services.work() as work:
        document_ = document(work.session, unit, operator, **facts)
        version = version_of(work, services, document_, base)
        document_.current_version_id = version.id
    made = Case(services, unit, operator, document_.id, base, signatories)
    if queued:
        made.queue(signatories)
    return made


def version_of(
    work: Work, services: Services, document_: Document, base: bytes, *, ordinal: int = 1
) -> Version:
    """A version with a real file that passed its examination, not yet the document's current one."""
    row = Version(
        document_id=document_.id,
        ordinal=ordinal,
        state=VersionState.READY,
        uploaded_sha256=services.blobs.put(base),
        sha256=services.blobs.put(base),
        size=len(base),
        filename="contoh.pdf",
        anchors={},
        uploaded_by=document_.created_by,
        uploaded_at=work.now,
        ready_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    writer = open_revision(base)
    for index in range(int(writer.root["/Pages"]["/Count"])):
        reference, _ = writer.find_page_for_modification(index)
        box = page_box(reference.get_object())
        name = f"{row.id}/{index}"
        work.session.add(
            Page(
                version_id=row.id,
                ordinal=index + 1,
                width=box.width,
                height=box.height,
                image_sha256=digest(name),
                image_type="image/webp",
                image_bytes=1000,
                large_sha256=digest(name + "/large"),
                large_type="image/webp",
                large_bytes=4000,
                text="",
                boxes=[],
            )
        )
    work.session.flush()
    return row

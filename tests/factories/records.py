"""Signed documents in the database, signed by an invented authority, for the public's pages."""

import hashlib
import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.bootstrap import Services
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority, Certificate, CertificateStatus
from backend.core.jobs import Job, defer
from backend.documents.models import Document, DocumentState, SignatureLevel
from backend.organisation.mandates import capacity
from backend.routing.models import Step, StepAction, StepState
from backend.signing.models import (
    AttemptState,
    BatchState,
    Prepared,
    Signature,
    SigningAttempt,
    SigningAuthorisation,
    SigningBatch,
)
from backend.verification.anchors import add_anchor
from backend.verification.own_files import validate_signed
from tests.factories import papers, people
from tests.factories.authorities import Holder, House
from tests.factories.signed import prepared, sign, stamper_of
from tests.fakes.sandbox import InProcessSandbox

_counter = itertools.count(1)


@dataclass
class Office:
    """An agency with an authority of its own, or with a PSrE's root in its trust store."""

    services: Services
    house: House
    stamper: Any
    authority_id: Any

    def issue(
        self,
        *,
        signers: int = 1,
        data: bytes | None = None,
        validate: bool = True,
        pages: int = 2,
        **facts: Any,
    ) -> Document:
        """A document signed by everyone on its route; validated as the worker would."""
        with self.services.work() as work:
            facts = {"state": DocumentState.SIGNED, "number": f"800/{next(_counter)}/DC"} | facts
            desk = papers.desk(work.session, officials=signers, **facts)
            data = data or prepared(signers, seed=next(_counter), pages=pages)
            for ordinal, official in enumerate(desk.officials, 1):
                holder = self.house.issue(official.person.name)
                crls = self.house.crls()
                data = sign(
                    data,
                    holder,
                    field=f"ttd{ordinal}",
                    stamp=self.stamper,
                    house=self.house,
                    crls=crls,
                )
                digest = self.services.blobs.put(data)
                self._record(work.session, desk, official, ordinal, holder, digest)
            desk.document.signed_sha256 = digest
            defer(work.session, Job.VALIDATE_SIGNED, document_id=desk.document.id)
        if validate:
            self.validate(desk.document)
        with self.services.sessions() as session:
            return session.get_one(Document, desk.document.id)

    def validate(self, document: Document) -> None:
        services = self.services
        sandbox = InProcessSandbox(services.settings)
        scratch = services.settings.scratch_dir
        validate_signed(services.work, services.blobs, sandbox, scratch, document.id)

    def change(self, document: Document, **facts: Any) -> None:
        with self.services.work() as work:
            row = work.session.get_one(Document, document.id)
            for name, value in facts.items():
                setattr(row, name, value)

    def _record(
        self, session: Session, desk: Any, official: Any, ordinal: int, holder: Holder, digest: str
    ) -> None:
        now = self.services.clock.now()
        facts = holder.certificate
        certificate = Certificate(
            person_id=official.person.id,
            issuer_id=self.authority_id,
            serial=f"{facts.serial_number:x}",
            der=holder.der,
            thumbprint=hashlib.sha256(holder.der).hexdigest(),
            not_before=facts.not_valid_before_utc,
            not_after=facts.not_valid_after_utc,
            status=CertificateStatus.VALID,
            status_at=now,
        )
        step = Step(
            document_id=desk.document.id,
            round=1,
            ordinal=ordinal,
            position_id=official.position.id,
            action=StepAction.SIGN,
            state=StepState.DONE,
            person_id=official.person.id,
            mandate_id=official.mandate.id,
            finished_at=now,
        )
        session.add_all([certificate, step])
        session.flush()
        shared = {
            "document_id": desk.document.id,
            "step_id": step.id,
            "person_id": official.person.id,
        }
        made = Prepared(
            certificate_id=certificate.id,
            version_id=desk.version.id,
            mandate_id=official.mandate.id,
            sha256=digest,
            blob_sha256=digest,
            layout={},
            level=SignatureLevel.B_LT,
            first=True,
            plan_digest=digest,
            signers=[],
            created_at=now,
            **shared,
        )
        session.add(made)
        session.flush()
        batch = SigningBatch(
            person_id=official.person.id,
            state=BatchState.FINISHED,
            total=1,
            desk=0,
            created_at=now,
            finished_at=now,
        )
        session.add(batch)
        session.flush()
        authorisation = SigningAuthorisation(
            batch_id=batch.id,
            jti=f"contoh-{next(_counter)}",
            person_id=official.person.id,
            device_id=official.device.id,
            certificate_id=certificate.id,
            provider="local",
            sad="",
            accepted_at=now,
        )
        session.add(authorisation)
        session.flush()
        attempt = SigningAttempt(
            authorisation_id=authorisation.id,
            prepared_id=made.id,
            provider="local",
            level=SignatureLevel.B_LT,
            state=AttemptState.FINISHED,
            accepted_at=now,
            finished_at=now,
            **shared,
        )
        session.add(attempt)
        session.flush()
        session.add(
            Signature(
                attempt_id=attempt.id,
                certificate_id=certificate.id,
                version_id=desk.version.id,
                field=f"ttd{ordinal}",
                file_sha256=digest,
                level=SignatureLevel.B_LT,
                signed_at=now + timedelta(minutes=ordinal),
                signer_name=official.person.name,
                capacity=capacity(official.mandate),
                **shared,
            )
        )
        session.flush()


def office(services: Services, *, psre: bool = False, name: str = "Contoh", **facts: Any) -> Office:
    """An office whose signers' root is its own, or with `psre` an Indonesian PSrE's."""
    now = services.clock.now()
    house = House(name, now)
    with services.work() as work:
        people.agency(work.session, **facts)
        authority = Authority(
            kind=AuthorityKind.ISSUING if psre else AuthorityKind.ROOT,
            certificate=house.root.der,
            not_before=house.root.certificate.not_valid_before_utc,
            not_after=house.root.certificate.not_valid_after_utc,
        )
        work.session.add(authority)
        work.session.flush()
        if psre:
            add_anchor(work, house.trust(psre=True).anchors[0])
    return Office(services, house, stamper_of(house.stamper(), now), authority.id)

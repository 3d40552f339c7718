"""What a phone must know before it asks for a passphrase: exactly what would be signed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.x509.oid import NameOID

from backend.certificates.models import Certificate
from backend.core.db import Actor, Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.documents.models import Document, SignatureLevel, Version
from backend.identity import totp
from backend.organisation.mandates import capacity, valid_mandate
from backend.organisation.models import Mandate
from backend.routing.access import require_reader
from backend.routing.authority import require_mandate
from backend.routing.models import Step
from backend.signing import credentials
from backend.signing.activation import SadDocument
from backend.signing.models import Prepared
from backend.signing.planning import PROVIDER
from backend.signing.preparation import Workshop, live_prepared, prepare
from backend.signing.problems import NOT_PREPARED
from backend.signing.signing import check_document

OpenWork = Callable[[Actor], AbstractContextManager[Work]]


@dataclass(frozen=True)
class CredentialFacts:
    thumbprint: str
    issuer: str
    not_after: datetime


@dataclass(frozen=True)
class Preflight:
    """Whether a step can be signed now, and the facts that a SAD states."""

    step_id: UUID
    document_id: UUID
    problem: DomainError | None
    version_sha256: str | None
    prepared_sha256: str | None
    credential: CredentialFacts | None
    mandate: Mandate | None
    capacity: str | None
    tries_left: int
    code_wait_until: datetime | None
    level: SignatureLevel
    provider: str = PROVIDER


def preflight(open_work: OpenWork, workshop: Workshop, actor: Actor, step_id: UUID) -> Preflight:
    """As `Preflight` says. Prepares the file first where that was not possible or not done before.

    Raises NOT_FOUND to those who may not know the paper.
    """
    missing = _prepare(open_work, workshop, actor, step_id)
    with open_work(actor) as work:
        facts = _facts(work, step_id)
        problem = _problem(work, step_id, facts) or None
        if problem is not None and problem.problem is NOT_PREPARED and missing is not None:
            problem = missing
        return Preflight(step_id=step_id, problem=problem, **facts)


def _prepare(
    open_work: OpenWork, workshop: Workshop, actor: Actor, step_id: UUID
) -> DomainError | None:
    """Prepares the step's document if nothing is prepared for the actor; why that cannot be."""
    with open_work(actor) as work:
        step = _step(work, step_id)
        known = live_prepared(work, step_id)
        if known is not None and _still_good(work, step, known):
            return None
    try:
        prepare(lambda: open_work(Actor()), workshop, step.document_id)
    except DomainError as refusal:
        return refusal
    return None


def _still_good(work: Work, step: Step, known: Prepared) -> bool:
    """Whether it names this person in the capacity they hold now, with their present certificate."""
    person_id = work.actor.known_id
    mandate = valid_mandate(work.session, person_id, step.position_id, work.now)
    credential = credentials.live(work, person_id)
    return (
        mandate is not None
        and known.mandate_id == mandate.id
        and credential is not None
        and credential.certificate_id == known.certificate_id
    )


def _step(work: Work, step_id: UUID) -> Step:
    step = work.session.get(Step, step_id)
    if step is None:
        raise NOT_FOUND()
    require_reader(work, step.document_id)
    return step


def _facts(work: Work, step_id: UUID) -> dict[str, Any]:
    step = _step(work, step_id)
    document = work.session.get_one(Document, step.document_id)
    person_id = work.actor.known_id
    known = live_prepared(work, step_id)
    version = work.session.get(Version, step.version_id) if step.version_id else None
    standing = credentials.standing(work, person_id)
    mandate = None
    if known is not None and known.person_id == person_id:
        mandate = work.session.get(Mandate, known.mandate_id)
    return {
        "document_id": step.document_id,
        "version_sha256": version.sha256 if version else None,
        "prepared_sha256": known.sha256 if known and mandate else None,
        "credential": _describe(standing.certificate) if standing.certificate else None,
        "mandate": mandate,
        "capacity": capacity(mandate) if mandate else None,
        "tries_left": standing.tries_left,
        "code_wait_until": totp.wait_until(work, person_id),
        "level": known.level if known else document.type.level,
    }


def _problem(work: Work, step_id: UUID, facts: dict[str, Any]) -> DomainError | None:
    """Why the step cannot be signed now; asked of the same function that will decide."""
    step = _step(work, step_id)
    try:
        require_mandate(work, step, work.actor.known_id)
        _, certificate = credentials.usable(work, work.actor.known_id)
        if facts["prepared_sha256"] is None:
            return NOT_PREPARED()
        wanted = SadDocument(
            id=step.document_id,
            step=step_id,
            version_sha256=facts["version_sha256"],
            prepared_sha256=facts["prepared_sha256"],
            action="sign",
        )
        check_document(work, wanted, certificate.id, facts["level"])
    except DomainError as refusal:
        return refusal
    return None


def _describe(certificate: Certificate) -> CredentialFacts:
    issuer = x509.load_der_x509_certificate(certificate.der).issuer
    names = issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    words = names[0].value if names else issuer.rfc4514_string()
    return CredentialFacts(certificate.thumbprint, str(words), certificate.not_after)

"""What a phone must know before it asks for a passphrase: exactly what would be signed, and that it
can be. It is asked of the same code that will decide, so that no secret is typed in vain.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from backend.certificates import timekeeping
from backend.certificates.models import Certificate
from backend.core.db import Actor, Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.core.jobs import Job, defer
from backend.documents.models import Document, SignatureLevel
from backend.identity import passkeys, totp
from backend.organisation.mandates import capacity, valid_mandate
from backend.organisation.models import LOCAL, Mandate
from backend.routing.access import may_read, require_reader
from backend.routing.models import Step
from backend.signing import credentials
from backend.signing.local_provider import issuer_name
from backend.signing.models import Prepared
from backend.signing.offline import policy
from backend.signing.papers import Paper, load_papers
from backend.signing.planning import provider_name
from backend.signing.preparation import Workshop, live_prepared, prepare
from backend.signing.problems import NOT_PREPARED
from backend.signing.provider import Activation, Provider
from backend.signing.sad import SadDocument
from backend.signing.signing import Engine

OpenWork = Callable[[Actor], AbstractContextManager[Work]]


@dataclass(frozen=True)
class CredentialFacts:
    thumbprint: str
    issuer: str
    not_after: datetime | None
    """None where a service outside knows it."""


@dataclass(frozen=True)
class Standing:
    """Whether the person can sign at all now, and the facts that a SAD states about them."""

    problem: DomainError | None
    certificate_id: UUID | None
    credential: CredentialFacts | None
    tries_left: int
    code_wait_until: datetime | None
    provider: str
    activation: Activation
    usable: bool
    """The person has something to sign with there."""
    passkey: str | None
    """The credential with which the acting device must confirm; None where it need not."""


@dataclass(frozen=True)
class Item:
    """Whether one step can be signed now, and the facts that a SAD states about its paper."""

    step_id: UUID
    document: Document
    problem: DomainError | None
    version_sha256: str | None
    prepared_sha256: str | None
    input_sha256: str | None
    """Instead, for a service that makes its own field, with `placement`."""
    placement: dict[str, Any] | None
    level: SignatureLevel
    mandate: Mandate | None
    """That the file was prepared for; it may have ended since."""
    capacity: str | None
    """The words for it."""
    ticked_at: datetime | None


@dataclass(frozen=True)
class Preflight:
    standing: Standing
    items: list[Item]

    @property
    def level(self) -> SignatureLevel:
        """What a SAD over these papers names; those of another level name it themselves."""
        return self.items[0].level if self.items else SignatureLevel.B_LT

    @property
    def problem(self) -> DomainError | None:
        """Why nothing can be signed; of one paper, why it cannot."""
        if len(self.items) == 1:
            return self.standing.problem or self.items[0].problem
        return self.standing.problem


def preflight(
    open_work: OpenWork, workshop: Workshop, engine: Engine, actor: Actor, step_id: UUID
) -> Preflight:
    """As `preflights`, for one paper, whose file is made first if that was not possible before.

    Raises NOT_FOUND to those who may not know the paper.
    """
    with open_work(actor) as work:
        step = _step(work, step_id)
        known = live_prepared(work, step_id)
        settled = known is not None and _still_good(work, step, known)
    missing = None
    if not settled:
        try:
            prepare(lambda: open_work(Actor()), workshop, step.document_id)
        except DomainError as refusal:
            missing = refusal
    found = preflights(open_work, engine, actor, [step_id], missing=missing)
    if not found.items:
        raise NOT_FOUND()
    return found


def preflights(
    open_work: OpenWork,
    engine: Engine,
    actor: Actor,
    step_ids: Collection[UUID],
    *,
    missing: DomainError | None = None,
) -> Preflight:
    """Whether these papers can be signed with one activation now, each with its own answer.

    Papers that the actor may not know are left out. A file that is missing is ordered; `missing`
    says why it could not be made, where that was just tried.
    """
    with open_work(actor) as work:
        provider = engine.provider(work)
    away = None
    try:
        provider.check(actor.known_id)
    except DomainError as refusal:
        away = refusal
    with open_work(actor) as work:
        standing = _standing(work, provider, away)
        papers = load_papers(work, step_ids, lock=False)
        documents = _documents(work, papers)
        items = []
        for step_id in (each for each in dict.fromkeys(step_ids) if each in papers):
            item = _item(work, step_id, documents[step_id], papers[step_id], standing)
            if item is None:
                continue
            if item.problem is not None and item.problem.problem is NOT_PREPARED:
                if missing is not None:
                    item = replace(item, problem=missing)
                else:
                    defer(work.session, Job.PREPARE_SIGNATURES, document_id=item.document.id)
            items.append(item)
        return Preflight(standing, items)


def _standing(work: Work, provider: Provider[Any], away: DomainError | None) -> Standing:
    person_id = work.actor.known_id
    standing = credentials.standing(work, person_id)
    described = None
    if provider.name == LOCAL and standing.certificate is not None:
        described = _describe(standing.certificate)
    credential, problem = None, away
    try:
        credential = provider.usable(work, person_id)
        if provider.name == LOCAL:
            timekeeping.require_agreement(work)
    except DomainError as refusal:
        problem = refusal
    passkey = None
    try:
        rule = policy.current(work.session).passkey_now
        passkey = passkeys.asked_of(work, work.actor.device_id, rule)
    except DomainError as refusal:
        problem = problem or refusal
    if credential is not None:
        certificate = credential.certificate
        ends = certificate.not_after if certificate else None
        described = CredentialFacts(credential.thumbprint, credential.issuer, ends)
    return Standing(
        problem=problem,
        provider=provider.name,
        activation=provider.activation,
        usable=credential is not None,
        passkey=passkey.credential_id if passkey else None,
        certificate_id=credential.certificate_id if credential else None,
        credential=described,
        tries_left=standing.tries_left,
        code_wait_until=totp.wait_until(work, person_id),
    )


def _documents(work: Work, step_ids: Collection[UUID]) -> dict[UUID, Document]:
    """Step → its document, with what a list says about it."""
    rows = work.session.execute(
        select(Step.id, Document)
        .join(Document, Document.id == Step.document_id)
        .where(Step.id.in_(step_ids))
        .options(joinedload(Document.unit), joinedload(Document.type))
    )
    return dict(iter(rows))


def _item(
    work: Work, step_id: UUID, document: Document, found: Paper | DomainError, standing: Standing
) -> Item | None:
    """The answer about one paper; None when the actor may not know it."""
    person_id = work.actor.known_id
    if isinstance(found, DomainError):
        known = may_read(work, document)
        level = document.type.level
        if not known:
            return None
        return Item(step_id, document, found, None, None, None, None, level, None, None, None)
    problem: DomainError | None = None
    prepared, version, tick = found.prepared, found.version, found.turn.tick
    mine = prepared is not None and prepared.person_id == person_id
    try:
        found.mandate_for(person_id)
        if standing.usable:
            _require_ready(found, person_id, standing)
    except DomainError as refusal:
        if not may_read(work, document):
            return None
        problem = refusal
    mandate = work.session.get(Mandate, prepared.mandate_id) if prepared and mine else None
    return Item(
        step_id=step_id,
        document=document,
        problem=problem,
        version_sha256=version.sha256 if version else None,
        **(_file(prepared) if prepared and mine else _NO_FILE),
        level=prepared.level if prepared else document.type.level,
        mandate=mandate,
        capacity=capacity(mandate) if mandate else None,
        ticked_at=tick.ticked_at if tick else None,
    )


_NO_FILE: dict[str, Any] = {"prepared_sha256": None, "input_sha256": None, "placement": None}


def _file(prepared: Prepared) -> dict[str, Any]:
    """How a SAD names the prepared file."""
    if prepared.provider == LOCAL:
        return {**_NO_FILE, "prepared_sha256": prepared.sha256}
    placement = prepared.layout["placement"]
    return {**_NO_FILE, "input_sha256": prepared.sha256, "placement": placement}


def _require_ready(paper: Paper, person_id: UUID, standing: Standing) -> None:
    """Asks about exactly what is there now. Raises why it cannot be signed."""
    prepared, version = paper.prepared, paper.version
    if prepared is None or prepared.person_id != person_id or version is None or not version.sha256:
        raise NOT_PREPARED()
    step = paper.turn.step
    wanted = SadDocument(
        id=step.document_id,
        step=step.id,
        version_sha256=version.sha256,
        **_file(prepared),
        action="sign",
    )
    paper.require(wanted, prepared.level, person_id, standing.certificate_id, standing.provider)


def _step(work: Work, step_id: UUID) -> Step:
    step = work.session.get(Step, step_id)
    if step is None:
        raise NOT_FOUND()
    require_reader(work, step.document_id)
    return step


def _still_good(work: Work, step: Step, known: Prepared) -> bool:
    """Whether it names this person in the capacity they hold now, with their present certificate."""
    person_id = work.actor.known_id
    mandate = valid_mandate(work.session, person_id, step.position_id, work.now)
    if mandate is None or known.mandate_id != mandate.id or known.provider != provider_name(work):
        return False
    if known.provider != LOCAL:
        return True
    credential = credentials.live(work, person_id)
    return credential is not None and credential.certificate_id == known.certificate_id


def _describe(certificate: Certificate) -> CredentialFacts:
    return CredentialFacts(certificate.thumbprint, issuer_name(certificate), certificate.not_after)

"""Sealing papers that wait for the agency's seal, before their first signer's placeholder is made.

Read (transaction) → make, sign and check (none open) → store (transaction, if what was read still
holds). The paper is counted before its seal is made: a crash may cost a count, never give one more.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select

from backend.audit import trail
from backend.certificates.models import Authority, Certificate
from backend.certificates.revocation import RevocationSource
from backend.core.db import Work
from backend.core.errors import CONFLICT, DomainError
from backend.core.jobs import Job, defer
from backend.documents.models import Document, Page
from backend.organisation.models import Agency
from backend.routing import timeline
from backend.routing.models import EventKind
from backend.signing.models import DocumentSeal, Seal, SealActivation
from backend.signing.pdf import pades, selfcheck
from backend.signing.pdf.container import SignerIdentity
from backend.signing.pdf.placeholder import SEAL_FIELD
from backend.signing.planning import Plan, plan, text_pages
from backend.signing.preparation import Workshop, first_file
from backend.signing.problems import SEAL_WAITS
from backend.signing.seal import document_seals, seal_activation
from backend.signing.seal.seal_activation import SealNews
from backend.signing.seal.seal_keeper import SealKeeper

log = structlog.get_logger(__name__)

OpenWork = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Press:
    """What sealing needs beside the database."""

    workshop: Workshop
    revocation: RevocationSource
    keeper: SealKeeper


@dataclass(frozen=True)
class _Order:
    plan: Plan
    pages: dict[int, Page]
    identity: SignerIdentity
    certificate_id: UUID
    activation_id: UUID
    at: datetime


def seal_waiting(open_work: OpenWork, press: Press, document_id: UUID | None = None) -> None:
    """Seals this paper, or whatever waits for it, as far as this process may seal."""
    with open_work() as work:
        if press.keeper.activation(work.now) is None:
            return
        waiting = document_seals.waiting(work) if document_id is None else [document_id]
    for each in waiting:
        try:
            seal(open_work, press, each)
        except DomainError as refusal:
            log.info("not sealed", document=str(each), code=refusal.code)
            if refusal.problem is SEAL_WAITS:
                return


def seal(open_work: OpenWork, press: Press, document_id: UUID) -> None:
    """Seals one paper, unless it is sealed already or waits for no seal. Safe to run twice.

    Raises SEAL_WAITS where this process may not seal, and what `planning.plan` misses.
    """
    with open_work() as work:
        order = _accept(work, press, document_id)
    if order is None:
        return
    prepared = first_file(order.plan, press.workshop, order.pages, order.identity)
    revocation = press.revocation if order.plan.level.carries_evidence else None
    with press.keeper.key(order.activation_id) as key:
        if key is None:
            raise SEAL_WAITS()
        made = pades.sign(
            prepared,
            order.at,
            key=key,
            identity=order.identity,
            stamper=press.workshop.stamper,
            revocation=revocation,
        )
    expected = selfcheck.Expected(
        base=press.workshop.blobs.get(order.plan.base_sha256),
        before=prepared.data,
        field=SEAL_FIELD,
        certificate=order.identity.certificate,
        at=order.at,
        first=True,
        evidence=revocation is not None,
    )
    sealed_at = selfcheck.check(made.data, expected)
    digest = press.workshop.blobs.put(made.data, durable=True)
    with open_work() as work:
        _finish(work, press, order, digest, sealed_at)


def _accept(work: Work, press: Press, document_id: UUID) -> _Order | None:
    wanted = plan(work, press.workshop.settings, document_id, sealing=True)
    if (
        wanted is None
        or wanted.signed_sha256
        or not wanted.sealed
        or document_seals.known(work, document_id, wanted.layout_digest)
    ):
        return None
    activation = seal_activation.running(work, press.keeper.activation(work.now), lock=True)
    if activation is None:
        press.keeper.forget()
        raise SEAL_WAITS()
    activation.used += 1
    if activation.used == activation.most:
        seal_activation.announce(work, activation, SealNews.USED_UP)
    seal_ = work.session.get_one(Seal, activation.seal_id)
    certificate = work.session.get_one(Certificate, seal_.certificate_id)
    issuer = work.session.get_one(Authority, certificate.issuer_id)
    return _Order(
        plan=wanted,
        pages=text_pages(work, wanted.version_id),
        identity=SignerIdentity(certificate.der, (issuer.certificate,)),
        certificate_id=certificate.id,
        activation_id=activation.id,
        at=work.now.replace(microsecond=0),
    )


def _finish(work: Work, press: Press, order: _Order, digest: str, sealed_at: datetime) -> None:
    document_id = order.plan.document_id
    now = plan(work, press.workshop.settings, document_id, sealing=True)
    if now is None or now.layout_digest != order.plan.layout_digest:
        raise CONFLICT()
    if document_seals.known(work, document_id, now.layout_digest):
        return
    activation = work.session.get_one(SealActivation, order.activation_id, with_for_update=True)
    if not seal_activation.still_good(work, activation):
        raise SEAL_WAITS()
    document_seals.void(work, document_id)
    work.session.add(
        DocumentSeal(
            document_id=document_id,
            version_id=order.plan.version_id,
            activation_id=order.activation_id,
            certificate_id=order.certificate_id,
            layout_digest=order.plan.layout_digest,
            file_sha256=digest,
            sealed_at=sealed_at,
        )
    )
    timeline.add(
        work,
        work.session.get_one(Document, document_id),
        EventKind.SEALED,
        at=sealed_at,
        agency=work.session.scalars(select(Agency.name).limit(1)).one(),
    )
    trail.record(
        work,
        "document.sealed",
        "document",
        document_id,
        activation=order.activation_id,
        custodians=[activation.proposed_by, activation.agreed_by],
        file_sha256=digest,
    )
    defer(work.session, Job.PREPARE_SIGNATURES, document_id=document_id)

"""The next signer's file, made when a paper is queued and again after each signature.

Read (transaction) → draw (none open) → store (transaction, if what was read still holds).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from backend.audit.trail import record
from backend.certificates.issuer import IssuingKey
from backend.certificates.timestamps import TimeStamper
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.errors import CONFLICT
from backend.core.jobs import Job, defer
from backend.core.settings import Settings
from backend.documents.layout import covers_text
from backend.documents.models import Page
from backend.routing.machine import ON_ROUTE
from backend.routing.restart import restart_signatures
from backend.routing.rounds import load_round
from backend.signing.bsre import service_input
from backend.signing.bsre.service_input import Made
from backend.signing.models import Prepared, Signature
from backend.signing.pdf import pades
from backend.signing.pdf.container import SignerIdentity
from backend.signing.pdf.foot import Foot
from backend.signing.pdf.geometry import Rect
from backend.signing.pdf.placeholder import Free, Placeholder, first_placeholder, next_placeholder
from backend.signing.planning import (
    Plan,
    PlannedSigner,
    SignersChanged,
    plan,
    text_pages,
    with_claim,
)
from backend.signing.seal import document_seals

OpenWork = Callable[[], AbstractContextManager[Work]]
ATTEMPTS = 5


@dataclass(frozen=True)
class Workshop:
    """What a preparation needs beside the database."""

    settings: Settings
    blobs: BlobStore
    stamper: TimeStamper
    issuer: IssuingKey


def prepare(open_work: OpenWork, workshop: Workshop, document_id: UUID) -> None:
    """Makes the next signer's file, unless it exists and still fits. Safe to run twice.

    Raises what `planning.plan` misses: then nothing is prepared, and older preparations are void.
    """
    for _ in range(ATTEMPTS):
        with open_work() as work:
            _void_past(work, document_id)
            wanted = _plan(work, workshop.settings, document_id)
            if wanted is None or _settled(work, wanted):
                return
            pages = text_pages(work, wanted.version_id)
        made = _make(wanted, workshop, pages)
        digest = workshop.blobs.put(made.data, durable=True)
        with open_work() as work:
            if _plan(work, workshop.settings, document_id) == wanted:
                _store(work, wanted, made, digest)
                return
    raise CONFLICT()


def live_prepared(work: Work, step_id: UUID) -> Prepared | None:
    """The file prepared for a step, if it still counts."""
    return work.session.scalars(
        select(Prepared).where(Prepared.step_id == step_id, Prepared.voided_at.is_(None))
    ).first()


def void_prepared(work: Work, document_id: UUID) -> None:
    """No file prepared for this document may be signed any more."""
    for row in work.session.scalars(
        select(Prepared).where(Prepared.document_id == document_id, Prepared.voided_at.is_(None))
    ):
        row.voided_at = work.now
    work.session.flush()


def prepare_anew(work: Work, person_id: UUID) -> None:
    """Files prepared for a key that this person no longer has are void, and made for the next one."""
    waiting = select(Prepared.document_id).where(
        Prepared.person_id == person_id, Prepared.voided_at.is_(None)
    )
    for document_id in work.session.scalars(waiting.distinct()).all():
        void_prepared(work, document_id)
        defer(work.session, Job.PREPARE_SIGNATURES, document_id=document_id)


def _plan(work: Work, settings: Settings, document_id: UUID) -> Plan | None:
    """The plan; a changed signer after the first signature starts again from the base version."""
    try:
        return plan(work, settings, document_id)
    except SignersChanged:
        _void_signatures(work, document_id)
        restart_signatures(work, document_id)
        work.session.flush()
        return plan(work, settings, document_id)


def _void_past(work: Work, document_id: UUID) -> None:
    """What belonged to a version or a round that ended no longer counts."""
    document = load_round(work, document_id).document
    if document.state not in ON_ROUTE:
        void_prepared(work, document_id)
    if document.signed_sha256 is None:
        _void_signatures(work, document_id)


def _void_signatures(work: Work, document_id: UUID) -> None:
    for signature in work.session.scalars(
        select(Signature).where(Signature.document_id == document_id, Signature.voided_at.is_(None))
    ):
        signature.voided_at = work.now
        record(
            work,
            "signature.voided",
            "document",
            document_id,
            step=signature.step_id,
            file_sha256=signature.file_sha256,
        )


def _settled(work: Work, wanted: Plan) -> bool:
    known = live_prepared(work, wanted.next.step_id)
    return known is not None and known.plan_digest == wanted.digest


def _make(wanted: Plan, workshop: Workshop, pages: dict[int, Page]) -> Made:
    if wanted.identity is None:
        return service_input.make(
            with_claim(wanted, workshop.issuer),
            workshop.blobs,
            _free(wanted.signers, pages),
            visible=wanted.visible,
            tags=wanted.tags,
        )
    if wanted.signed_sha256 is None:
        made = first_file(wanted, workshop, pages, wanted.identity)
    else:
        room = pades.reserve(wanted.identity, workshop.stamper)
        signed = workshop.blobs.get(wanted.signed_sha256)
        made = next_placeholder(
            signed, wanted.next.block.field, room, store=wanted.level.carries_evidence
        )
    return Made(made.data, made.slots.as_json())


def _free(signers: Sequence[PlannedSigner], pages: dict[int, Page]) -> Free:
    """Whether a place is clear of text and of every signer's block."""

    def free(page: int, rect: Rect) -> bool:
        over = any(s.block.page == page and s.block.rect.meets(rect) for s in signers)
        place = (rect.x, rect.y, rect.width, rect.height)
        return not over and not covers_text(pages[page], place)

    return free


def first_file(
    wanted: Plan, workshop: Workshop, pages: dict[int, Page], identity: SignerIdentity
) -> Placeholder:
    """The version with everything drawn, and the placeholder of the seal or else the first signer."""
    room = pades.reserve(identity, workshop.stamper)
    blocks = [signer.block for signer in with_claim(wanted, workshop.issuer).signers]
    base = workshop.blobs.get(wanted.base_sha256)
    return first_placeholder(
        base,
        blocks,
        Foot(wanted.sentence, wanted.url, wanted.foot),
        _free(wanted.signers, pages),
        room,
        sealed=wanted.sealed,
        store=wanted.level.carries_evidence,
    )


def _store(work: Work, wanted: Plan, made: Made, digest: str) -> None:
    if _settled(work, wanted):
        return
    void_prepared(work, wanted.document_id)
    first = wanted.signed_sha256 is None
    if first:
        document_seals.void(work, wanted.document_id)
    signer = wanted.next
    prepared = Prepared(
        document_id=wanted.document_id,
        step_id=signer.step_id,
        version_id=wanted.version_id,
        person_id=signer.person_id,
        mandate_id=signer.mandate_id,
        provider=wanted.provider,
        certificate_id=wanted.certificate_id,
        sha256=digest,
        blob_sha256=digest,
        block_sha256=made.block_sha256,
        layout=made.layout,
        level=wanted.level,
        first=first,
        plan_digest=wanted.digest,
        signers=[s.as_json() for s in wanted.signers],
        created_at=work.now,
    )
    work.session.add(prepared)
    work.session.flush()
    defer(work.session, Job.PICTURE_PREPARED, later=True, prepared_id=prepared.id)
    record(
        work,
        "document.prepared",
        "document",
        wanted.document_id,
        step=signer.step_id,
        version=wanted.version_id,
        prepared_sha256=digest,
        level=wanted.level,
    )

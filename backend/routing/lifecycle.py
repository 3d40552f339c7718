"""What becomes of a paper after its last signature: sent, archived, revoked, superseded."""

from uuid import UUID

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.core.jobs import Job, defer
from backend.documents.models import Document
from backend.organisation.mandates import valid_mandate
from backend.organisation.models import Mandate
from backend.routing import machine, problems, timeline
from backend.routing.access import manages, require_operator, require_reader
from backend.routing.machine import Event
from backend.routing.models import EventKind, StepAction, StepState
from backend.routing.rounds import Round, load_round


def send(work: Work, document_id: UUID) -> Document:
    """Marks the paper as distributed; only a file the full validator passed may leave."""
    round_ = _for_operator(work, document_id)
    document = round_.document
    outcome = round_.decide(Event.SEND)
    if not document.signed_sha256 or document.validated_sha256 != document.signed_sha256:
        raise problems.NOT_VALIDATED()
    round_.write(outcome)
    timeline.add(work, document, EventKind.SENT)
    record(work, "document.sent", "document", document.id, sha256=document.signed_sha256)
    return document


def archive(work: Work, document_id: UUID) -> Document:
    """Puts the paper away; it stays readable and verifiable."""
    round_ = _for_operator(work, document_id)
    round_.apply(Event.ARCHIVE)
    record(work, "document.archived", "document", document_id)
    return round_.document


def revoke(work: Work, document_id: UUID, note: str) -> Document:
    """Withdraws a signed paper's effect. Only who holds a position that signed it may do so."""
    require_reader(work, document_id)
    note = _note(note)
    round_ = load_round(work, document_id)
    mandate = _signing_mandate(round_)
    round_.apply(Event.REVOKE)
    document = round_.document
    document.revoked_at = work.now
    document.revocation_note = note
    timeline.add(work, document, EventKind.REVOKED, mandate=mandate, note=note)
    defer(work.session, Job.UPDATE_STATUS, document_id=document.id)
    record(work, "document.revoked", "document", document.id, note=note, mandate=mandate.id)
    return document


def supersede(work: Work, document_id: UUID, successor_id: UUID, note: str) -> Document:
    """Points from a signed paper to the signed one that takes its place, of the same unit."""
    round_ = _for_operator(work, document_id)
    document = round_.document
    note = _note(note)
    successor = work.session.get(Document, successor_id)
    if successor is None or not manages(work.actor, successor) or successor.id == document.id:
        raise NOT_FOUND()
    if successor.state not in machine.COMPLETE or not successor.validated_sha256:
        raise problems.SUCCESSOR_NOT_SIGNED()
    round_.apply(Event.SUPERSEDE)
    document.superseded_by = successor.id
    timeline.add(
        work,
        document,
        EventKind.SUPERSEDED,
        note=note,
        successor=str(successor.id),
        successor_number=successor.number,
    )
    defer(work.session, Job.UPDATE_STATUS, document_id=document.id)
    record(work, "document.superseded", "document", document.id, note=note, successor=successor.id)
    return document


def _for_operator(work: Work, document_id: UUID) -> Round:
    round_ = load_round(work, document_id)
    require_operator(work, round_.document)
    return round_


def _signing_mandate(round_: Round) -> Mandate:
    work = round_.work
    signed = [s for s in round_.steps if s.action is StepAction.SIGN and s.state is StepState.DONE]
    for step in signed:
        mandate = valid_mandate(work.session, work.actor.known_id, step.position_id, work.now)
        if mandate is not None:
            return mandate
    if not signed:
        raise round_.explain(problems.NOT_SIGNED)
    raise problems.ONLY_SIGNERS()


def _note(note: str) -> str:
    note = note.strip()[:2000]
    if not note:
        raise problems.REASON_REQUIRED()
    return note

"""The operator's side of a route: draw it, queue the paper, withdraw it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from backend.audit.trail import record
from backend.certificates.models import Certificate, CertificateStatus
from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.documents.models import Document, Version, VersionState
from backend.organisation.mandates import capacity, holders
from backend.organisation.models import LOCAL, Agency, Position
from backend.routing import machine, problems, timeline
from backend.routing.access import require_operator
from backend.routing.models import EventKind, Step, StepAction, StepState
from backend.routing.rounds import Round, load_round


@dataclass(frozen=True)
class PlannedStep:
    position_id: UUID
    action: StepAction
    due_at: datetime | None = None


@dataclass(frozen=True)
class Warned:
    """Something that does not forbid the route but will hold it up."""

    ordinal: int
    code: str
    """`no-holder`, `no-certificate` or `due-order`."""
    params: dict[str, Any] = field(default_factory=dict)


def draw_route(work: Work, document_id: UUID, plan: Sequence[PlannedStep]) -> Round:
    """Replaces the draft of the route. Only before the paper is queued."""
    round_ = load_round(work, document_id)
    require_operator(work, round_.document)
    _require_at_rest(round_)
    _check(work, plan)
    if is_draft(round_):
        for step in round_.steps:
            work.session.delete(step)
        work.session.flush()
        number = round_.number
    else:
        number = round_.number + 1
    round_.steps = [
        Step(
            document_id=document_id,
            round=max(number, 1),
            ordinal=ordinal,
            position_id=planned.position_id,
            action=planned.action,
            state=StepState.WAITING,
            due_at=planned.due_at,
        )
        for ordinal, planned in enumerate(plan, start=1)
    ]
    work.session.add_all(round_.steps)
    round_.document.updated_at = work.now
    work.session.flush()
    record(
        work,
        "route.drawn",
        "document",
        document_id,
        steps=[{"position": s.position_id, "action": s.action} for s in round_.steps],
    )
    return round_


def queue(work: Work, document_id: UUID) -> Round:
    """Sends the paper on its way: the first step opens, earlier rounds' ticks are void."""
    round_ = load_round(work, document_id)
    document = round_.document
    require_operator(work, document)
    _require_at_rest(round_)
    version = _ready_version(work, document)
    require_seal_offered(work, document)
    if round_.steps and not is_draft(round_):
        round_.renew()
    round_.void_ticks()
    round_.assign(version.id)
    round_.apply(machine.Event.QUEUE)
    timeline.add(work, document, EventKind.QUEUED, round=round_.number)
    record(
        work,
        "document.queued",
        "document",
        document_id,
        version=version.id,
        sha256=version.sha256,
        round=round_.number,
    )
    defer(work.session, Job.PREPARE_SIGNATURES, document_id=document_id)
    return round_


def withdraw(work: Work, document_id: UUID, note: str | None = None) -> Round:
    """Takes the paper back to the operator's desk; signatures already made no longer count."""
    round_ = load_round(work, document_id)
    document = round_.document
    require_operator(work, document)
    round_.apply(machine.Event.WITHDRAW)
    document.signed_sha256 = document.validated_sha256 = None
    timeline.add(work, document, EventKind.WITHDRAWN, note=note)
    record(work, "document.withdrawn", "document", document_id, note=note)
    defer(work.session, Job.PREPARE_SIGNATURES, document_id=document_id)
    return round_


def warnings(work: Work, steps: Sequence[Step]) -> list[Warned]:
    """What will hold the route up: nobody to act, nobody able to sign, deadlines out of order."""
    found: list[Warned] = []
    latest: datetime | None = None
    for step in steps:
        held = holders(work.session, step.position_id, work.now)
        if not held:
            found.append(Warned(step.ordinal, "no-holder", {"position": step.position.title}))
        elif step.action is StepAction.SIGN and not any(
            _has_certificate(work, m.person_id) for m in held
        ):
            params = {"name": held[0].person.name, "position": capacity(held[0])}
            found.append(Warned(step.ordinal, "no-certificate", params))
        if step.due_at and latest and step.due_at < latest:
            found.append(Warned(step.ordinal, "due-order", {"position": step.position.title}))
        latest = step.due_at or latest
    return found


def require_seal_offered(work: Work, document: Document) -> None:
    """Raises SEAL_NOT_OFFERED where the kind wants the agency's seal and a service outside signs.

    The seal certifies the file and what it may become; a service would add a field of its own.
    Nothing goes out without a seal that its kind demands.
    """
    if document.type.sealed and work.session.scalar(select(Agency.provider).limit(1)) != LOCAL:
        raise problems.SEAL_NOT_OFFERED()


def is_draft(round_: Round) -> bool:
    """Whether this round was drawn but never queued."""
    return bool(round_.steps) and all(
        s.state is StepState.WAITING and s.version_id is None for s in round_.steps
    )


def _require_at_rest(round_: Round) -> None:
    if round_.document.state not in machine.BEFORE_ROUTE:
        raise round_.explain(machine.DOCUMENT_REASONS[round_.document.state])


def _check(work: Work, plan: Sequence[PlannedStep]) -> None:
    if problem := machine.check_shape([planned.action for planned in plan]):
        raise problem()
    positions = {
        p.id: p
        for p in work.session.scalars(
            select(Position).where(
                Position.id.in_([planned.position_id for planned in plan]),
                Position.closed_at.is_(None) | (Position.closed_at > work.now),
            )
        )
    }
    seen: set[UUID] = set()
    for planned in plan:
        position = positions.get(planned.position_id)
        if position is None:
            raise problems.UNKNOWN_POSITION()
        if planned.position_id in seen:
            raise problems.POSITION_TWICE(position=position.title)
        if planned.due_at is not None and planned.due_at <= work.now:
            raise problems.DUE_IN_THE_PAST(position=position.title)
        seen.add(planned.position_id)


def _ready_version(work: Work, document: Document) -> Version:
    """The current version, unless a newer one is still being examined."""
    newest = work.session.scalars(
        select(Version)
        .where(Version.document_id == document.id, Version.state != VersionState.REFUSED)
        .order_by(Version.ordinal.desc())
        .limit(1)
    ).first()
    if newest is None:
        raise problems.NO_VERSION()
    if newest.state is not VersionState.READY or newest.id != document.current_version_id:
        raise problems.VERSION_NOT_READY(ordinal=newest.ordinal)
    return newest


def _has_certificate(work: Work, person_id: UUID) -> bool:
    return bool(
        work.session.scalar(
            select(
                exists().where(
                    Certificate.person_id == person_id,
                    Certificate.status == CertificateStatus.VALID,
                    Certificate.not_after > work.now,
                )
            )
        )
    )

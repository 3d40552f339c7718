"""The timeline as everyone on the route and the unit's operators see it."""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from backend.core.db import Work
from backend.documents.models import Document, Version, VersionState
from backend.organisation.mandates import capacity, holders_of
from backend.organisation.models import Mandate, Person
from backend.routing.access import manages, require_reader
from backend.routing.models import EventKind, Step, StepState, Tick, TimelineEvent

# Marks that a person gave to a version, and that fall with it.
GIVEN = frozenset({EventKind.TICKED, EventKind.INITIALLED, EventKind.AUTHORISED, EventKind.SIGNED})


@dataclass(frozen=True)
class Mark:
    """One thing that happened."""

    id: str
    kind: EventKind
    at: datetime
    version_ordinal: int | None
    voided: bool
    """Whether it no longer counts: its version was replaced, or its round ended."""
    step_id: UUID | None
    person_name: str | None
    capacity: str | None
    note: str | None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StepView:
    """One step of the newest round, with the person who did it or whose turn it is."""

    step: Step
    people: list[str]
    capacity: str
    ticked_at: datetime | None


@dataclass(frozen=True)
class Trail:
    document: Document
    marks: list[Mark]
    steps: list[StepView]


def trail(work: Work, document_id: UUID) -> Trail:
    """What happened to a paper, oldest first, and where it is. Raises NOT_FOUND to outsiders."""
    document = require_reader(work, document_id)
    versions = {
        v.id: v
        for v in work.session.scalars(select(Version).where(Version.document_id == document_id))
    }
    steps = work.session.scalars(
        select(Step)
        .where(Step.document_id == document_id)
        .order_by(Step.round, Step.ordinal)
        .options(joinedload(Step.position))
    ).all()
    newest = max((s.round for s in steps), default=0)
    marks = [
        *_of_versions(work, document, versions, {s.version_id for s in steps}),
        *_of_events(work, document, versions, {s.id: s.round for s in steps}),
    ]
    # A signature's moment is its time stamp's, in whole seconds: within one, what was written
    # first comes first.
    marks.sort(key=lambda mark: mark.at.replace(microsecond=0))
    return Trail(document, marks, step_views(work, [s for s in steps if s.round == newest]))


def step_views(work: Work, steps: Sequence[Step]) -> list[StepView]:
    """Steps with names and ticks, in four queries at most."""
    rows = work.session.execute(
        select(Tick.step_id, Tick.ticked_at).where(
            Tick.step_id.in_([step.id for step in steps]), Tick.voided_at.is_(None)
        )
    )
    ticked = {row.step_id: row.ticked_at for row in rows}
    given = {step.mandate_id for step in steps if _by_whom(step)}
    mandates = {
        mandate.id: mandate
        for mandate in work.session.scalars(
            select(Mandate)
            .where(Mandate.id.in_(given))
            .options(joinedload(Mandate.person), joinedload(Mandate.position))
        )
    }
    open_to = {step.position_id for step in steps if not _by_whom(step)}
    held = holders_of(work.session, open_to, work.now) if open_to else {}
    return [_step_view(step, ticked.get(step.id), mandates, held) for step in steps]


def newest_round(work: Work, document_id: UUID) -> list[Step]:
    """The steps of the newest round, in order."""
    return newest_rounds(work, [document_id])


def newest_rounds(work: Work, document_ids: Collection[UUID]) -> list[Step]:
    """The steps of several documents' newest rounds, each in order."""
    other = aliased(Step)
    newest = (
        select(func.max(other.round)).where(other.document_id == Step.document_id).scalar_subquery()
    )
    return list(
        work.session.scalars(
            select(Step)
            .where(Step.document_id.in_(document_ids), Step.round == newest)
            .order_by(Step.document_id, Step.ordinal)
            .options(joinedload(Step.position))
        )
    )


def _by_whom(step: Step) -> bool:
    """Whether somebody's name stands on it already."""
    return step.person_id is not None and step.mandate_id is not None


def _step_view(
    step: Step,
    ticked_at: datetime | None,
    mandates: Mapping[UUID, Mandate],
    held: Mapping[UUID, Sequence[Mandate]],
) -> StepView:
    mandate = mandates.get(step.mandate_id) if step.mandate_id and _by_whom(step) else None
    if mandate is not None:
        people, title = [mandate.person.name], capacity(mandate)
    elif step.state in {StepState.WITHDRAWN, StepState.RETURNED, StepState.REJECTED}:
        people, title = [], step.position.title
    else:
        holding = held.get(step.position_id, [])
        people = [mandate.person.name for mandate in holding]
        title = capacity(holding[0]) if holding else step.position.title
    return StepView(step, people, title, ticked_at)


def _of_events(
    work: Work, document: Document, versions: dict[UUID, Version], rounds: dict[UUID, int]
) -> Iterator[Mark]:
    newest = max(rounds.values(), default=0)
    events = work.session.scalars(
        select(TimelineEvent)
        .where(TimelineEvent.document_id == document.id)
        .order_by(TimelineEvent.id)
    )
    for event in events:
        version = versions.get(event.version_id) if event.version_id else None
        of_earlier_round = event.step_id is not None and rounds[event.step_id] < newest
        voided = version is not None and version.voided_at is not None
        yield Mark(
            id=str(event.id),
            kind=event.kind,
            at=event.at,
            version_ordinal=version.ordinal if version else None,
            voided=voided or (event.kind in GIVEN and of_earlier_round),
            step_id=event.step_id,
            person_name=event.person_name,
            capacity=event.capacity,
            note=event.note,
            data=event.data,
        )


def _of_versions(
    work: Work, document: Document, versions: dict[UUID, Version], queued: Container[UUID | None]
) -> Iterator[Mark]:
    """Uploads tell their own story. One that was never queued concerns the operators alone."""
    for version in versions.values():
        if version.id not in queued and not manages(work.actor, document):
            continue
        yield _of_version(work, version, EventKind.UPLOADED, version.uploaded_at)
        if version.ready_at is not None:
            yield _of_version(work, version, EventKind.EXAMINED, version.ready_at)
        elif version.state is VersionState.REFUSED:
            yield _of_version(
                work, version, EventKind.REFUSED, version.uploaded_at, **(version.refusal or {})
            )


def _of_version(work: Work, version: Version, kind: EventKind, at: datetime, **data: Any) -> Mark:
    uploader = work.session.get_one(Person, version.uploaded_by)
    return Mark(
        id=f"{version.id}:{kind.value}",
        kind=kind,
        at=at,
        version_ordinal=version.ordinal,
        voided=version.voided_at is not None,
        step_id=None,
        person_name=uploader.name if kind is EventKind.UPLOADED else None,
        capacity=None,
        note=None,
        data={"filename": version.filename} if kind is EventKind.UPLOADED else data,
    )

"""Reminders before a deadline, word to those who follow up after it, and the day's summary.

Both run by the clock and are safe to run at any moment, twice or late: each notice's cause is
unique, so whoever was told is not told again.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, or_, select

from backend.core.db import Work
from backend.documents.models import Document, Urgency
from backend.notifications.announcing import heads_of, operators
from backend.notifications.deadlines import Deadline, deadline, is_working_day
from backend.notifications.delivery import UNDONE
from backend.notifications.models import Notice, NoticeKind
from backend.notifications.notices import give
from backend.notifications.preferences import Topic, preferences_of
from backend.organisation.mandates import holders_of
from backend.organisation.models import Agency
from backend.routing.access import is_on_route
from backend.routing.machine import ON_ROUTE
from backend.routing.models import Step
from backend.routing.wording import agency_zone

DIGEST_HOUR = "digest_hour"
"""The policy's name: the hour of the agency's clock, 0 to 23."""
USUAL_HOUR = 7
STILL_MORNING = 4
"""Hours after which a summary that could not be given is left out."""


@dataclass(frozen=True)
class _Turn:
    step_id: UUID
    document_id: UUID
    position_id: UUID
    deadline: Deadline

    def cause(self, kind: NoticeKind) -> str:
        # A deadline that moves is another one.
        return f"{kind}:{self.step_id}:{self.deadline.at:%Y%m%dT%H%M}"


def remind(work: Work) -> None:
    """Tells holders of near and passed deadlines, and of passed ones who follows the paper up."""
    turns = [turn for turn in _turns(work) if turn.deadline.remind_at <= work.now]
    held = holders_of(work.session, {turn.position_id for turn in turns}, work.now)
    told = _told(work, turns)
    causes = {cause for _, cause in told}
    for turn in turns:
        late = turn.deadline.at <= work.now
        kind = NoticeKind.OVERDUE if late else NoticeKind.DUE_SOON
        own = {mandate.person_id for mandate in held.get(turn.position_id, [])}
        for person_id in sorted(own):
            _tell(work, turn, kind, person_id, told)
        # Once a deadline: whoever follows the paper up from later on sees it on the desk.
        if late and turn.cause(NoticeKind.LATE) not in causes:
            for person_id in sorted(_followers(work, turn) - own):
                _tell(work, turn, NoticeKind.LATE, person_id, told)


def summarise(work: Work) -> None:
    """On working days, from the agency's hour on: how many papers wait for each person."""
    zone = agency_zone(work.session)
    local = work.now.astimezone(zone)
    start = digest_hour(work)
    if not is_working_day(work.now, zone) or not start <= local.hour < start + STILL_MORNING:
        return
    cause = f"{NoticeKind.DIGEST}:{local.date()}"
    for person_id, waiting in sorted(_waiting(work).items()):
        if Topic.DIGEST in preferences_of(work.session, person_id).muted:
            continue
        if give(work, person_id, NoticeKind.DIGEST, cause, waiting=waiting):
            _forget_earlier(work, person_id, cause)


def digest_hour(work: Work) -> int:
    """The hour the administrator chose."""
    policy = work.session.scalar(select(Agency.policy).limit(1)) or {}
    hour = policy.get(DIGEST_HOUR)
    return hour if type(hour) is int and 0 <= hour < 24 else USUAL_HOUR


def _turns(work: Work) -> Iterator[_Turn]:
    """Every turn that somebody has not finished and that has a deadline."""
    zone = agency_zone(work.session)
    rows = work.session.execute(
        select(
            Step.id,
            Step.document_id,
            Step.position_id,
            Step.opened_at,
            func.coalesce(Step.due_at, Document.due_at),
            Document.urgency,
        )
        .join(Document, Document.id == Step.document_id)
        .where(
            Step.state.in_(UNDONE),
            Step.opened_at.is_not(None),
            Document.state.in_(ON_ROUTE),
            or_(
                Document.urgency != Urgency.BIASA,
                Document.due_at.is_not(None),
                Step.due_at.is_not(None),
            ),
        )
        .order_by(Step.id)
    )
    for step_id, document_id, position_id, opened_at, set_for, urgency in rows:
        found = deadline(urgency, opened_at, set_for, zone) if opened_at else None
        if found:
            yield _Turn(step_id, document_id, position_id, found)


def _told(work: Work, turns: list[_Turn]) -> set[tuple[UUID, str]]:
    """Who has been told of these turns already."""
    about = Notice.step_id.in_([turn.step_id for turn in turns])
    rows = work.session.execute(select(Notice.person_id, Notice.cause).where(about))
    return {(person_id, cause) for person_id, cause in rows}


def _tell(
    work: Work, turn: _Turn, kind: NoticeKind, person_id: UUID, told: set[tuple[UUID, str]]
) -> None:
    cause = turn.cause(kind)
    if (person_id, cause) not in told:
        give(
            work,
            person_id,
            kind,
            cause,
            document_id=turn.document_id,
            step_id=turn.step_id,
            due_at=turn.deadline.at.isoformat(),
        )


def _followers(work: Work, turn: _Turn) -> set[UUID]:
    """The operators who handle the paper, and the heads of its unit who may read it."""
    document = work.session.get_one(Document, turn.document_id)
    heads = heads_of(work, {document.unit_id})
    readers = {head for head in heads if is_on_route(work, document.id, head)}
    return readers | set(operators(work, document))


def _waiting(work: Work) -> dict[UUID, int]:
    """Person → how many papers wait for them."""
    counts: dict[UUID, int] = defaultdict(int)
    positions = work.session.execute(
        select(Step.position_id, func.count())
        .where(Step.state.in_(UNDONE))
        .group_by(Step.position_id)
    ).all()
    held = holders_of(work.session, [position_id for position_id, _ in positions], work.now)
    for position_id, count in positions:
        for person_id in {mandate.person_id for mandate in held.get(position_id, [])}:
            counts[person_id] += count
    return counts


def _forget_earlier(work: Work, person_id: UUID, cause: str) -> None:
    """Yesterday's numbers are nothing to keep."""
    work.session.execute(
        delete(Notice).where(
            Notice.person_id == person_id,
            Notice.kind == NoticeKind.DIGEST,
            Notice.cause != cause,
        )
    )

"""From a notice to phones and mailboxes: whom to ring, whether it is still true, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select

from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.documents.models import Document, Urgency
from backend.identity.models import Account, Device, SignInSession
from backend.notifications.carrying import Message, group_of, topic_of, urgency_of
from backend.notifications.models import Notice, NoticeKind, PushSubscription
from backend.notifications.preferences import Preferences, preferences_of
from backend.notifications.titles import titles
from backend.organisation.mandates import valid_mandate
from backend.organisation.models import Person
from backend.routing.inbox import waiting
from backend.routing.models import Step, StepState
from backend.routing.wording import agency_zone

OWN_TURN = frozenset({NoticeKind.YOUR_TURN, NoticeKind.DUE_SOON, NoticeKind.OVERDUE})
UNDONE = frozenset({StepState.OPEN, StepState.TICKED})
"""Whoever's turn it is has not finished it."""
OTHER_PHONES = timedelta(minutes=10)
"""After one phone failed for good, the others get this long before an e-mail goes out."""

LIVE = and_(
    Device.revoked_at.is_(None),
    Device.lost_at.is_(None),
    exists().where(SignInSession.device_id == Device.id, SignInSession.revoked_at.is_(None)),
)
"""Whether a device may be rung: somebody is signed in there, and it is its owner's."""


@dataclass(frozen=True)
class Due:
    """A notice that its person should hear of now."""

    notice: Notice
    person: Person
    rings: bool
    mails: bool
    """By which ways the person lets it come."""
    message: Message
    language: str | None


def plan(work: Work, notice_id: UUID, person_id: UUID, kind: NoticeKind) -> None:
    """Rings the person's phones after the commit; where there is none to ring, writes an e-mail."""
    preferences = preferences_of(work.session, person_id)
    if not preferences.wants(kind):
        return
    phones = _phones(work, person_id) if preferences.rings(kind) else []
    for subscription_id in phones:
        defer(work.session, Job.SEND_PUSH, notice_id=notice_id, subscription_id=subscription_id)
    if not phones and preferences.mails(kind):
        _mail(work, notice_id)


def fall_back(work: Work, notice_id: UUID, subscription_id: UUID) -> None:
    """A phone could not be rung, for good: an e-mail, once no other phone can be."""
    notice = work.session.get(Notice, notice_id)
    if notice is None:
        return
    if not preferences_of(work.session, notice.person_id).mails(notice.kind):
        return
    others = [each for each in _phones(work, notice.person_id) if each != subscription_id]
    _mail(work, notice_id, at=work.now + OTHER_PHONES if others else None)


def due(work: Work, notice_id: UUID) -> Due | datetime | None:
    """The notice when it should be told now, when to ask again, or None when no more.

    No more: it was read, the person left or switched it off, the turn it is about is over or
    somebody else's, or it waited through quiet hours and a later one speaks for it.
    """
    notice = work.session.get(Notice, notice_id)
    if notice is None or notice.read_at is not None:
        return None
    person = work.session.get_one(Person, notice.person_id)
    preferences = preferences_of(work.session, person.id)
    if person.left_at is not None or not preferences.wants(notice.kind):
        return None
    if not _is_true(work, notice):
        return None
    later = _rings_from(work, notice, preferences, work.now)
    if later > work.now:
        return later
    if _is_outdone(work, notice, preferences):
        return None
    language = work.session.scalar(select(Account.language).where(Account.person_id == person.id))
    return Due(
        notice,
        person,
        preferences.rings(notice.kind),
        preferences.mails(notice.kind),
        _message(work, notice, language),
        language,
    )


def _phones(work: Work, person_id: UUID) -> list[UUID]:
    query = (
        select(PushSubscription.id)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(PushSubscription.person_id == person_id, LIVE)
        .order_by(PushSubscription.id)
    )
    return list(work.session.scalars(query))


def _mail(work: Work, notice_id: UUID, *, at: datetime | None = None) -> None:
    # One at a time for a notice, so that two phones that fail at once make one e-mail.
    lock = f"mail:{notice_id}"
    defer(work.session, Job.SEND_MAIL, lock=lock, at=at, notice_id=notice_id)


def _message(work: Work, notice: Notice, language: str | None) -> Message:
    priority, lasts = urgency_of(notice.kind, _urgency(work, notice))
    return Message(
        id=notice.id,
        title=titles(language)[notice.kind],
        step_id=notice.step_id if notice.kind in OWN_TURN else None,
        waits=waiting(work, notice.person_id),
        topic=topic_of(notice.person_id, _about(notice)),
        group=group_of(notice.kind),
        priority=priority,
        lasts=lasts,
    )


def _about(notice: Notice) -> UUID:
    """What repeats are about: a turn, else a paper, else the notice alone."""
    if notice.kind is NoticeKind.DIGEST:
        return notice.person_id
    return notice.step_id or notice.document_id or notice.id


def _urgency(work: Work, notice: Notice) -> Urgency | None:
    if notice.document_id is None:
        return None
    return work.session.get_one(Document, notice.document_id).urgency


def _rings_from(work: Work, notice: Notice, preferences: Preferences, moment: datetime) -> datetime:
    urgent = _urgency(work, notice) is Urgency.AMAT_SEGERA
    zone = agency_zone(work.session)
    return preferences.rings_from(notice.kind, moment, zone, urgent=urgent)


def _is_true(work: Work, notice: Notice) -> bool:
    """Whether what it says still holds: nobody is told of what they did, or what is not theirs."""
    if notice.kind is NoticeKind.DIGEST:
        return waiting(work, notice.person_id) > 0
    if notice.kind not in OWN_TURN and notice.kind is not NoticeKind.LATE:
        return True
    step = work.session.get(Step, notice.step_id)
    if step is None or step.state not in UNDONE:
        return False
    if notice.kind is NoticeKind.LATE:
        return True
    mandate = valid_mandate(work.session, notice.person_id, step.position_id, work.now)
    return mandate is not None


def _is_outdone(work: Work, notice: Notice, preferences: Preferences) -> bool:
    """Of what came in one night only the last rings in the morning."""
    held_until = _rings_from(work, notice, preferences, notice.at)
    if held_until <= notice.at:
        return False
    held_too: tuple[ColumnElement[bool], ...] = (
        Notice.person_id == notice.person_id,
        Notice.id > notice.id,
        Notice.at < held_until,
        Notice.read_at.is_(None),
        Notice.rung_at.is_(None),
        Notice.mailed_at.is_(None),
    )
    later = work.session.scalars(select(Notice).where(*held_too)).all()
    return any(preferences.wants(each.kind) and _is_true(work, each) for each in later)

"""The last ring of a phone that was revoked or reported lost: it asks why, and empties itself.

The message orders nothing: the phone asks with its own key (identity/sessions.py) before it erases.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select

from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.identity.models import Account, Device
from backend.notifications.carrying import (
    LAST_ATTEMPT,
    Answer,
    Message,
    OpenWork,
    Priority,
    group_of,
    topic_of,
    wait_before,
)
from backend.notifications.models import NoticeKind, PushSubscription
from backend.notifications.push import Senders
from backend.notifications.titles import titles

LASTS = timedelta(days=28)
"""The longest that push services keep a message for a phone that is off."""


def end_device(open_work: OpenWork, senders: Senders, *, device_id: UUID, attempt: int = 1) -> None:
    """Rings one phone for the last time; its address is forgotten once it was rung."""
    with open_work() as work:
        found = work.session.scalar(_address(device_id))
        device = work.session.get_one(Device, device_id)
        sender = senders.get(found.provider) if found else None
        if found is None or sender is None or (device.revoked_at or device.lost_at) is None:
            return
        address, message = found.address, _message(work, device)
    sent = sender.send(address, message)
    with open_work() as work:
        if sent.answer is Answer.BUSY and attempt < LAST_ATTEMPT:
            at = work.now + wait_before(attempt + 1, sent.retry_after)
            defer(work.session, Job.END_DEVICE, at=at, device_id=device_id, attempt=attempt + 1)
        elif (gone := work.session.scalar(_address(device_id))) is not None:
            work.session.delete(gone)


def _address(device_id: UUID) -> Select[PushSubscription]:
    return select(PushSubscription).where(PushSubscription.device_id == device_id)


def _message(work: Work, device: Device) -> Message:
    account = work.session.get(Account, device.person_id)
    return Message(
        id=device.id,
        title=titles(account.language if account else None)[NoticeKind.SECURITY],
        step_id=None,
        waits=0,
        topic=topic_of(device.person_id, device.id),
        group=group_of(NoticeKind.SECURITY),
        priority=Priority.HIGH,
        lasts=LASTS,
        over=True,
    )

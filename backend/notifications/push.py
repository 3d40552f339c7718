"""Ringing a phone: accept in one transaction, call outside of any, note the answer in another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy import select

from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.identity.models import Device
from backend.notifications.carrying import (
    LAST_ATTEMPT,
    Answer,
    Message,
    OpenWork,
    Sent,
    wait_before,
)
from backend.notifications.delivery import LIVE, due, fall_back
from backend.notifications.models import Notice, PushSubscription

log = structlog.get_logger(__name__)

MOST_REFUSALS = 5
"""After so many refusals in a row an address is given up."""


class PushSender(Protocol):
    """Carries one message to one phone, whatever the provider."""

    provider: str

    def send(self, address: dict[str, Any], message: Message) -> Sent:
        """Never raises for what the other side does."""
        ...


Senders = Mapping[str, PushSender]
"""By the provider's name."""


@dataclass(frozen=True)
class _Ring:
    sender: PushSender
    address: dict[str, Any]
    message: Message


def send_push(
    open_work: OpenWork,
    senders: Senders,
    *,
    notice_id: UUID,
    subscription_id: UUID,
    attempt: int = 1,
) -> None:
    """Rings one phone about one notice, and plans the next attempt when the service is busy."""
    with open_work() as work:
        ring = _accept(work, senders, notice_id, subscription_id, attempt)
    if ring is None:
        return
    sent = ring.sender.send(ring.address, ring.message)
    provider = ring.sender.provider
    log.info("push", provider=provider, answer=sent.answer, status=sent.status, attempt=attempt)
    with open_work() as work:
        _finish(work, sent, notice_id, subscription_id, attempt)


def _accept(
    work: Work, senders: Senders, notice_id: UUID, subscription_id: UUID, attempt: int
) -> _Ring | None:
    """What to send, unless it need not be told now, or the phone is not this person's to ring."""
    told = due(work, notice_id)
    if told is None:
        return None
    if isinstance(told, datetime):
        _again(work, notice_id, subscription_id, attempt, told)
        return None
    query = (
        select(PushSubscription)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(
            PushSubscription.id == subscription_id,
            PushSubscription.person_id == told.person.id,
            LIVE,
        )
    )
    subscription = work.session.scalars(query).first() if told.rings else None
    sender = senders.get(subscription.provider) if subscription else None
    if subscription is None or sender is None:
        fall_back(work, notice_id, subscription_id)
        return None
    return _Ring(sender, subscription.address, told.message)


def _finish(work: Work, sent: Sent, notice_id: UUID, subscription_id: UUID, attempt: int) -> None:
    if sent.answer is Answer.DELIVERED and (notice := work.session.get(Notice, notice_id)):
        notice.rung_at = notice.rung_at or work.now
    subscription = work.session.get(PushSubscription, subscription_id, with_for_update=True)
    if subscription is None:
        if sent.answer is not Answer.DELIVERED:
            fall_back(work, notice_id, subscription_id)
        return
    match sent.answer:
        case Answer.DELIVERED:
            subscription.failures = 0
            return
        case Answer.BUSY if attempt < LAST_ATTEMPT:
            at = work.now + wait_before(attempt + 1, sent.retry_after)
            _again(work, notice_id, subscription_id, attempt + 1, at)
            return
        case Answer.GONE:
            work.session.delete(subscription)
        case Answer.REFUSED:
            subscription.failures += 1
            if subscription.failures >= MOST_REFUSALS:
                work.session.delete(subscription)
    fall_back(work, notice_id, subscription_id)


def _again(work: Work, notice_id: UUID, subscription_id: UUID, attempt: int, at: datetime) -> None:
    defer(
        work.session,
        Job.SEND_PUSH,
        at=at,
        notice_id=notice_id,
        subscription_id=subscription_id,
        attempt=attempt,
    )

"""Ringing a phone: accept in one transaction, call outside of any, note the answer in another."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy import exists, select

from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.identity.models import Account, Device, SignInSession
from backend.notifications.models import Notice, NoticeKind, PushSubscription
from backend.organisation.models import Person

log = structlog.get_logger(__name__)

OpenWork = Callable[[], AbstractContextManager[Work]]

# Generic by design: a lock screen is read by bystanders.
TITLES = {
    "id": {
        NoticeKind.YOUR_TURN: "Ada naskah menunggu Anda di Centang.",
        NoticeKind.SIGNED: "Naskah Anda sudah ditandatangani.",
        NoticeKind.RETURNED: "Ada naskah dikembalikan untuk diperbaiki.",
        NoticeKind.REJECTED: "Ada naskah yang ditolak.",
        NoticeKind.REFUSED: "Ada unggahan yang perlu diperbaiki.",
        NoticeKind.NOT_VALIDATED: "Ada tanda tangan yang tidak lolos pemeriksaan.",
        NoticeKind.FILE_DAMAGED: "Ada berkas tersimpan yang rusak. Pulihkan dari cadangan.",
        NoticeKind.SECURITY: "Ada perubahan pada keamanan akun. Periksa di Centang.",
        NoticeKind.CERTIFICATE_EXPIRES: "Ada sertifikat yang segera berakhir.",
    },
    "en": {
        NoticeKind.YOUR_TURN: "A paper is waiting for you in Centang.",
        NoticeKind.SIGNED: "Your paper has been signed.",
        NoticeKind.RETURNED: "A paper was returned for revision.",
        NoticeKind.REJECTED: "A paper was rejected.",
        NoticeKind.REFUSED: "An upload needs mending.",
        NoticeKind.NOT_VALIDATED: "A signature did not pass its examination.",
        NoticeKind.FILE_DAMAGED: "A stored file is damaged. Bring it back from a backup.",
        NoticeKind.SECURITY: "Account security changed. Look in Centang.",
        NoticeKind.CERTIFICATE_EXPIRES: "A certificate ends soon.",
    },
}
URGENT = frozenset({NoticeKind.YOUR_TURN, NoticeKind.SECURITY})

LAST_ATTEMPT = 7
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_REFUSALS = 5
"""After so many refusals in a row an address is given up."""


class Answer(StrEnum):
    """What a push service said."""

    DELIVERED = "delivered"
    GONE = "gone"
    """It does not know the address any more (404, 410), or we may not call it."""
    BUSY = "busy"
    """It asks for patience, is broken or cannot be reached: try again."""
    REFUSED = "refused"
    """It understood and said no; the same again would not help."""


@dataclass(frozen=True)
class Sent:
    answer: Answer
    retry_after: timedelta | None = None
    status: int | None = None


class PushSender(Protocol):
    """Carries one message to one phone, whatever the provider."""

    provider: str

    def send(self, address: dict[str, Any], payload: bytes, *, urgent: bool) -> Sent:
        """Never raises for what the other side does."""
        ...


@dataclass(frozen=True)
class _Ring:
    address: dict[str, Any]
    payload: bytes
    urgent: bool


def send_push(
    open_work: OpenWork,
    sender: PushSender,
    *,
    notice_id: UUID,
    subscription_id: UUID,
    attempt: int = 1,
) -> None:
    """Rings one phone about one notice, and plans the next attempt when the service is busy."""
    with open_work() as work:
        ring = _accept(work, notice_id, subscription_id, sender.provider)
    if ring is None:
        return
    sent = sender.send(ring.address, ring.payload, urgent=ring.urgent)
    log.info("push", answer=sent.answer, status=sent.status, attempt=attempt)
    with open_work() as work:
        _finish(work, sent, notice_id, subscription_id, attempt)


def wait_before(attempt: int, asked: timedelta | None) -> timedelta:
    """How long to wait before this attempt: doubling, or what the service asked for."""
    backed_off: timedelta = FIRST_WAIT * 2 ** (attempt - 2)
    return min(max(backed_off, asked or timedelta()), LONGEST_WAIT)


def _accept(work: Work, notice_id: UUID, subscription_id: UUID, provider: str) -> _Ring | None:
    """What to send, unless it was read, or the phone is no longer this person's to ring."""
    signed_in = exists().where(
        SignInSession.device_id == Device.id, SignInSession.revoked_at.is_(None)
    )
    row = work.session.execute(
        select(Notice, PushSubscription, Account.language)
        .join(PushSubscription, PushSubscription.person_id == Notice.person_id)
        .join(Device, Device.id == PushSubscription.device_id)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(Account, Account.person_id == Notice.person_id)
        .where(
            Notice.id == notice_id,
            Notice.read_at.is_(None),
            PushSubscription.id == subscription_id,
            PushSubscription.provider == provider,
            Device.revoked_at.is_(None),
            Device.lost_at.is_(None),
            Person.left_at.is_(None),
            signed_in,
        )
    ).first()
    if row is None:
        return None
    notice, subscription, language = row
    titles = TITLES.get(language or "id", TITLES["id"])
    payload = json.dumps({"id": str(notice.id), "title": titles[notice.kind]}, ensure_ascii=False)
    return _Ring(subscription.address, payload.encode(), notice.kind in URGENT)


def _finish(work: Work, sent: Sent, notice_id: UUID, subscription_id: UUID, attempt: int) -> None:
    subscription = work.session.get(PushSubscription, subscription_id, with_for_update=True)
    if subscription is None:
        return
    match sent.answer:
        case Answer.DELIVERED:
            subscription.failures = 0
        case Answer.GONE:
            work.session.delete(subscription)
        case Answer.REFUSED:
            subscription.failures += 1
            if subscription.failures >= MOST_REFUSALS:
                work.session.delete(subscription)
        case Answer.BUSY if attempt < LAST_ATTEMPT:
            defer(
                work.session,
                Job.SEND_PUSH,
                at=work.now + wait_before(attempt + 1, sent.retry_after),
                notice_id=notice_id,
                subscription_id=subscription_id,
                attempt=attempt + 1,
            )

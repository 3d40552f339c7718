"""The e-mail for whom no phone can be rung: accept, send outside of any transaction, note."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from backend.core.db import Work
from backend.core.jobs import Job, defer
from backend.notifications.carrying import LAST_ATTEMPT, Answer, OpenWork, Sent, wait_before
from backend.notifications.delivery import due
from backend.notifications.models import Notice

log = structlog.get_logger(__name__)

_BODY = {
    "id": (
        "{title}\n\nBuka di Centang:\n{link}\n\n"
        "E-mail ini tidak memuat isi naskah. Centang tidak pernah meminta kata sandi, frasa sandi "
        "atau kode lewat e-mail.\nAtur pemberitahuan: {choices}\n"
    ),
    "en": (
        "{title}\n\nOpen it in Centang:\n{link}\n\n"
        "This e-mail holds nothing of the paper. Centang never asks for a password, passphrase "
        "or code by e-mail.\nChoose what you are told: {choices}\n"
    ),
}


@dataclass(frozen=True)
class Letter:
    """One e-mail: a generic sentence and a link, never anything of a paper."""

    to: str
    subject: str
    body: str
    reference: str
    """The same for a letter that is sent again, so that mailboxes can tell."""


class Mailer(Protocol):
    """Carries one letter to one mailbox."""

    def send(self, letter: Letter) -> Sent:
        """Never raises for what the other side does."""
        ...

    def check(self) -> None:
        """Whether the server would take a letter. Raises OSError when not."""
        ...


def send_mail(
    open_work: OpenWork, mailer: Mailer | None, *, origin: str, notice_id: UUID, attempt: int = 1
) -> None:
    """Writes to one person about one notice, and plans the next attempt when the server is busy.

    `origin` is this installation's address, for the links.
    """
    if mailer is None:
        return
    with open_work() as work:
        letter = _accept(work, origin, notice_id, attempt)
    if letter is None:
        return
    sent = mailer.send(letter)
    log.info("mail", answer=sent.answer, status=sent.status, attempt=attempt)
    with open_work() as work:
        if sent.answer is Answer.DELIVERED and (notice := work.session.get(Notice, notice_id)):
            notice.mailed_at = work.now
        if sent.answer is Answer.BUSY and attempt < LAST_ATTEMPT:
            at = work.now + wait_before(attempt + 1, sent.retry_after)
            _again(work, notice_id, attempt + 1, at)


def _accept(work: Work, origin: str, notice_id: UUID, attempt: int) -> Letter | None:
    """What to write, unless a phone rang meanwhile, or nobody need be told (any more)."""
    told = due(work, notice_id)
    if told is None:
        return None
    if isinstance(told, datetime):
        _again(work, notice_id, attempt, told)
        return None
    notice, address = told.notice, told.person.email
    if notice.rung_at or notice.mailed_at or not address or not told.mails:
        return None
    body = _BODY["en" if told.language == "en" else "id"].format(
        title=told.message.title,
        link=f"{origin}/pemberitahuan/{notice.id}",
        choices=f"{origin}/profil/pemberitahuan",
    )
    return Letter(address, told.message.title, body, str(notice.id))


def _again(work: Work, notice_id: UUID, attempt: int, at: datetime) -> None:
    lock = f"mail:{notice_id}"
    defer(
        work.session,
        Job.SEND_MAIL,
        lock=lock,
        at=at,
        notice_id=notice_id,
        attempt=attempt,
    )

"""Whether stored files are whole, and papers that are kept for ever are."""

from collections.abc import Iterator

from sqlalchemy import select

from backend.bootstrap import Services
from backend.core.models import FileDamage
from backend.documents.models import Document
from backend.signing.models import ArchiveStamp, ArchiveState
from mobile_api.cli.checks import Finding, fail, warn

_SHOWN = 5


def files_are_whole(services: Services) -> Iterator[Finding]:
    """By what the scrub found; it reads every file again within days or weeks."""
    damaged = select(FileDamage).where(FileDamage.mended_at.is_(None)).order_by(FileDamage.found_at)
    with services.work() as work:
        rows = work.session.scalars(damaged).all()
    if rows:
        shown = ", ".join(f"{row.digest} ({row.problem})" for row in rows[:_SHOWN])
        yield fail(
            f"{len(rows)} stored files are damaged or missing: {shown}.",
            "Bring them back from a backup (the same names below `blobs/`); the next run of "
            "the worker's check sees that they are whole.",
        )


def archives_are_kept(services: Services) -> Iterator[Finding]:
    refused = (
        select(Document.number, Document.subject)
        .join(ArchiveStamp, ArchiveStamp.document_id == Document.id)
        .where(
            ArchiveStamp.state == ArchiveState.REFUSED,
            ArchiveStamp.base_sha256 == Document.signed_sha256,
        )
        .distinct()
    )
    with services.work() as work:
        rows = work.session.execute(refused).all()
    if rows:
        yield warn(
            f"{len(rows)} papers got an archive time stamp that did not pass its examination, "
            f"the first is {rows[0].number or rows[0].subject}.",
            "They are tried again a month later. Look at the time-stamping service.",
        )


CHECKS = (files_are_whole, archives_are_kept)

"""What screens show of papers and their files, fetched in few queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from backend.core.db import Work
from backend.core.errors import NOT_FOUND, Problem
from backend.documents import problems
from backend.documents.access import handles
from backend.documents.models import Document, Page, Version
from backend.organisation.models import Person

Row = TypeVar("Row", Version, Person)


@dataclass(frozen=True)
class Summary:
    """A document with the file that concerns the asker, and names instead of ids."""

    document: Document
    version: Version | None
    """For operators the newest, whatever its state; for others what was queued to the route."""
    page_count: int
    created_by: Person


def summaries(
    work: Work, documents: Sequence[Document], queued: Mapping[UUID, UUID] | None = None
) -> list[Summary]:
    """In the same order. `queued` has, by document, the version that others than operators see."""
    ids = [d.id for d in documents]
    newest = {
        v.document_id: v
        for v in work.session.scalars(
            select(Version)
            .where(Version.document_id.in_(ids))
            .ext(distinct_on(Version.document_id))
            .order_by(Version.document_id, Version.ordinal.desc())
        )
    }
    others = _by_id(work, Version, (queued or {}).values())
    people = _by_id(work, Person, [d.created_by for d in documents])
    shown = [
        newest.get(d.id) if handles(work.actor, d) else others.get((queued or {}).get(d.id, d.id))
        for d in documents
    ]
    counts = page_counts(work, [v.id for v in shown if v])
    return [
        Summary(d, v, counts.get(v.id, 0) if v else 0, people[d.created_by])
        for d, v in zip(documents, shown, strict=True)
    ]


def page_counts(work: Work, version_ids: Iterable[UUID]) -> dict[UUID, int]:
    query = (
        select(Page.version_id, func.count().label("pages"))
        .where(Page.version_id.in_(list(version_ids)))
        .group_by(Page.version_id)
    )
    return {row.version_id: row.pages for row in work.session.execute(query)}


def page(work: Work, version_id: UUID, ordinal: int) -> Page:
    found = work.session.get(Page, (version_id, ordinal))
    if found is None:
        raise NOT_FOUND()
    return found


def signed_file(document: Document) -> str:
    """The digest of the newest signed file. Raises NOT_READY until the full validator passed it."""
    if document.signed_sha256 is None:
        raise NOT_FOUND()
    if document.validated_sha256 != document.signed_sha256:
        raise problems.NOT_READY()
    return document.signed_sha256


def refusal_problem(code: str) -> Problem:
    """The problem a version was refused with; a code of an older release reads as unreadable."""
    return Problem.registry.get(code, problems.UNREADABLE)


def _by_id(work: Work, kind: type[Row], ids: Iterable[UUID | None]) -> dict[UUID, Row]:
    wanted = {i for i in ids if i}
    return {row.id: row for row in work.session.scalars(select(kind).where(kind.id.in_(wanted)))}

"""How far a batch is: what the phone that started it shows, and every other of its owner."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select

from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.documents.models import Document
from backend.routing.models import Step, StepState
from backend.signing.models import (
    AttemptState,
    BatchItem,
    BatchState,
    Signature,
    SigningAttempt,
    SigningBatch,
)
from backend.signing.problems import INTERRUPTED


class ItemState(StrEnum):
    WAITING = "waiting"
    SIGNING = "signing"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Item:
    document_id: UUID
    step_id: UUID
    number: str | None
    subject: str
    state: ItemState
    signed_at: datetime | None
    failure: dict[str, Any] | None
    """{code, params}."""


@dataclass(frozen=True)
class Progress:
    batch: SigningBatch
    counts: Mapping[ItemState, int]
    items: list[Item]
    """In the activation's order; empty in a list of batches."""

    @property
    def state(self) -> BatchState:
        """A paused batch of which nothing is left has ended."""
        if self.batch.state is BatchState.PAUSED and not self.remaining:
            return BatchState.FINISHED
        return self.batch.state

    @property
    def remaining(self) -> int:
        return self.counts.get(ItemState.WAITING, 0) + self.counts.get(ItemState.SIGNING, 0)


_STATE = case(
    (SigningAttempt.id.is_(None), ItemState.FAILED),
    (SigningAttempt.state == AttemptState.FINISHED, ItemState.DONE),
    (SigningAttempt.state == AttemptState.UNKNOWN, ItemState.UNKNOWN),
    (SigningAttempt.state == AttemptState.ACCEPTED, ItemState.WAITING),
    # Signed since then by another activation.
    (Step.state == StepState.DONE, ItemState.DONE),
    (
        (SigningBatch.state == BatchState.PAUSED)
        & (Step.state == StepState.TICKED)
        & (SigningAttempt.failure["code"].astext == INTERRUPTED.code),
        ItemState.WAITING,
    ),
    else_=ItemState.FAILED,
)


def progress(work: Work, batch_id: UUID) -> Progress:
    """One's own batch with every document of it. Raises NOT_FOUND."""
    batch = work.session.get(SigningBatch, batch_id)
    if batch is None or batch.person_id != work.actor.person_id:
        raise NOT_FOUND()
    query = _items(
        BatchItem, Document.number, Document.subject, SigningAttempt.failure, Signature.signed_at
    )
    rows = work.session.execute(
        query.join(Document, Document.id == BatchItem.document_id)
        .outerjoin(Signature, (Signature.step_id == Step.id) & Signature.voided_at.is_(None))
        .where(BatchItem.batch_id == batch_id)
        .order_by(BatchItem.ordinal)
    ).all()
    items = [_item(row) for row in rows]
    if batch.state is BatchState.RUNNING:
        items = _with_current(items)
    return Progress(batch, Counter(item.state for item in items), items)


def own_batches(work: Work, *, finished: int = 10) -> list[Progress]:
    """One's own batches of several documents: what has not ended first, then the newest."""
    mine = (SigningBatch.person_id == work.actor.known_id, SigningBatch.total > 1)
    ended = SigningBatch.state == BatchState.FINISHED
    newest = select(SigningBatch).where(*mine).order_by(SigningBatch.id.desc())
    batches = [
        *work.session.scalars(newest.where(~ended)),
        *work.session.scalars(newest.where(ended).limit(finished)),
    ]
    counts: dict[UUID, Counter[ItemState]] = {batch.id: Counter() for batch in batches}
    grouped = _items(BatchItem.batch_id, func.count())
    for state, batch_id, count in work.session.execute(
        grouped.where(BatchItem.batch_id.in_(counts)).group_by(_STATE, BatchItem.batch_id)
    ):
        counts[batch_id][ItemState(state)] = count
    return [Progress(batch, counts[batch.id], []) for batch in batches]


def _items(*columns: Any) -> Select[Any]:
    return (
        select(_STATE, *columns)
        .select_from(BatchItem)
        .join(SigningBatch, SigningBatch.id == BatchItem.batch_id)
        .join(Step, Step.id == BatchItem.step_id)
        .outerjoin(SigningAttempt, SigningAttempt.id == BatchItem.attempt_id)
    )


def _item(row: Any) -> Item:
    state, item, number, subject, failure, signed_at = row
    shown = ItemState(state)
    return Item(
        document_id=item.document_id,
        step_id=item.step_id,
        number=number,
        subject=subject,
        state=shown,
        signed_at=signed_at if shown is ItemState.DONE else None,
        failure=(failure or item.failure) if shown is ItemState.FAILED else None,
    )


def _with_current(items: Sequence[Item]) -> list[Item]:
    """Documents are signed in order, so the first that waits is the one being signed."""
    current = next((item for item in items if item.state is ItemState.WAITING), None)
    return [replace(item, state=ItemState.SIGNING) if item is current else item for item in items]

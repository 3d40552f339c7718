"""The documents of one activation: from acceptance until each has ended, and after a crash.

A batch belongs to the process that performs it, which holds an advisory lock for as long as it
lives (presence.py). A batch that runs for a lock nobody holds has lost its key with its process: it
is paused, and one new activation finishes the rest.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from backend.audit.trail import record
from backend.core.db import Actor, Work
from backend.core.errors import NOT_FOUND, DomainError
from backend.core.ids import new_id
from backend.core.swift import SwiftInsert, driver
from backend.routing.models import Step, StepState
from backend.signing import attempts
from backend.signing.models import (
    AttemptState,
    BatchItem,
    BatchState,
    SigningAttempt,
    SigningBatch,
)
from backend.signing.presence import is_present
from backend.signing.problems import BATCH_NOT_PAUSED, INTERRUPTED, NOT_OF_BATCH

log = structlog.get_logger(__name__)

OpenWork = Callable[[Actor], AbstractContextManager[Work]]

_ENTERED = SwiftInsert(
    BatchItem, "batch_id", "ordinal", "document_id", "step_id", "attempt_id", "failure"
)


def open_batch(work: Work, desk: int) -> SigningBatch:
    """A new batch of the acting person, without documents yet."""
    batch = SigningBatch(
        id=new_id(),
        person_id=work.actor.known_id,
        state=BatchState.RUNNING,
        total=0,
        desk=desk,
        created_at=work.now,
    )
    work.session.add(batch)
    work.session.flush()
    return batch


def paused(work: Work, batch_id: UUID, steps: Collection[UUID]) -> SigningBatch:
    """One's own paused batch, locked, in which these documents wait. `go_on` lets it run again.

    Raises NOT_FOUND, BATCH_NOT_PAUSED, or NOT_OF_BATCH for documents that do not wait in it.
    """
    batch = work.session.get(SigningBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.person_id != work.actor.person_id:
        raise NOT_FOUND()
    if batch.state is not BatchState.PAUSED:
        raise BATCH_NOT_PAUSED()
    if not set(steps) <= _waiting(work, batch.id):
        raise NOT_OF_BATCH()
    return batch


def go_on(batch: SigningBatch, desk: int) -> None:
    """A paused batch runs again, in this process. Call it once nothing can refuse any more."""
    batch.state, batch.desk, batch.problem = BatchState.RUNNING, desk, None


def enter(
    work: Work, batch: SigningBatch, outcomes: Sequence[tuple[UUID, UUID, UUID | DomainError]]
) -> None:
    """Notes (document, step, attempt or why there is none) for each document of an activation."""
    known = {
        item.step_id: item
        for item in work.session.scalars(select(BatchItem).where(BatchItem.batch_id == batch.id))
    }
    new = []
    for document_id, step_id, outcome in outcomes:
        attempt_id: UUID | None = None
        failure: dict[str, Any] | None = None
        if isinstance(outcome, DomainError):
            failure = {"code": outcome.code, "params": outcome.params}
        else:
            attempt_id = outcome
        if step_id in known:
            known[step_id].attempt_id, known[step_id].failure = attempt_id, failure
            continue
        batch.total += 1
        new.append(
            {
                "batch_id": batch.id,
                "ordinal": batch.total,
                "document_id": document_id,
                "step_id": step_id,
                "attempt_id": attempt_id,
                "failure": failure,
            }
        )
    _ENTERED.run(driver(work.session), new)


def end(work: Work, batch_id: UUID) -> None:
    """Every document of the activation has ended, or waits for an answer from outside."""
    batch = _locked(work, batch_id)
    if batch.state is BatchState.RUNNING:
        batch.state, batch.finished_at = BatchState.FINISHED, work.now


def pause(open_work: OpenWork, batch_id: UUID, desk: int, why: DomainError | None = None) -> None:
    """Closes what a batch left open; the rest of it waits for a new activation.

    One transaction a document: stopped anywhere, it can be done again. A batch of one document has
    no rest: it is signed again as any other. `desk`: whose batch it was; one that another process
    continues already is left alone.
    """
    with open_work(Actor()) as work:
        still_open = work.session.scalars(
            select(SigningAttempt.id)
            .select_from(BatchItem)
            .join(SigningBatch, SigningBatch.id == BatchItem.batch_id)
            .join(SigningAttempt, SigningAttempt.id == BatchItem.attempt_id)
            .where(
                BatchItem.batch_id == batch_id,
                SigningBatch.desk == desk,
                SigningAttempt.state == AttemptState.ACCEPTED,
            )
            .order_by(BatchItem.ordinal)
        ).all()
    for attempt_id in still_open:
        with open_work(Actor()) as work:
            attempts.close(work, attempt_id)
    with open_work(Actor()) as work:
        batch = _locked(work, batch_id)
        if batch.state is not BatchState.RUNNING or batch.desk != desk:
            return
        waits = len(_waiting(work, batch.id))
        if batch.total > 1 and waits:
            refusal = why or INTERRUPTED()
            batch.state = BatchState.PAUSED
            batch.problem = {"code": refusal.code, "params": refusal.params}
            record(work, "batch.paused", "signing-batch", batch.id, waiting=waits)
        else:
            batch.state, batch.finished_at = BatchState.FINISHED, work.now


def sweep(open_work: OpenWork) -> None:
    """Pauses every batch whose process is gone."""
    with open_work(Actor()) as work:
        running = work.session.execute(
            select(SigningBatch.id, SigningBatch.desk).where(
                SigningBatch.state == BatchState.RUNNING
            )
        ).all()
        abandoned = [
            (row.id, row.desk) for row in running if not is_present(work.session, row.desk)
        ]
    for batch_id, desk in abandoned:
        log.warning("batch abandoned", batch=str(batch_id))
        pause(open_work, batch_id, desk)


def _waiting(work: Work, batch_id: UUID) -> set[UUID]:
    """Steps of a batch that only need another activation."""
    return set(
        work.session.scalars(
            select(BatchItem.step_id)
            .join(SigningAttempt, SigningAttempt.id == BatchItem.attempt_id)
            .join(Step, Step.id == BatchItem.step_id)
            .where(
                BatchItem.batch_id == batch_id,
                Step.state == StepState.TICKED,
                SigningAttempt.state == AttemptState.FAILED,
                SigningAttempt.failure["code"].astext == INTERRUPTED.code,
            )
        )
    )


def _locked(work: Work, batch_id: UUID) -> SigningBatch:
    return work.session.get_one(
        SigningBatch, batch_id, with_for_update=True, populate_existing=True
    )

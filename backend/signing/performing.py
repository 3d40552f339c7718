"""The papers of an accepted activation: signatures one after another, their commits beside them.

To sign takes the processor; to store a file and to commit a transaction mostly wait for a disk. So
while one paper is signed, those before it are checked, stored and committed on a few threads, each still in
a transaction of its own: they may end in another order, a few papers apart.
"""

import contextvars
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from threading import BoundedSemaphore
from types import TracebackType
from typing import Any, Self

import structlog

from backend.core import crashpoints
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.errors import DomainError
from backend.signing import attempts
from backend.signing.pdf import selfcheck
from backend.signing.problems import INTERRUPTED, NOT_MADE
from backend.signing.provider import (
    ActivationOverError,
    Outcome,
    OutcomeUnknownError,
    Provider,
    SignedFile,
    Task,
)

log = structlog.get_logger(__name__)

LANES = 3
"""Papers that are stored and committed at the same time."""
AHEAD = 2
"""Further signed papers that may wait in memory for a lane."""
SMALL = 4 * 1024 * 1024
"""Larger files are stored and committed before the next is signed: one of them is enough to hold."""

OpenWork = Callable[[], AbstractContextManager[Work]]


def perform(
    open_work: OpenWork,
    blobs: BlobStore,
    provider: Provider[Any],
    tasks: Sequence[Task],
    opened: Any,
    *,
    going_on: Callable[[], bool],
) -> bool:
    """Performs one paper after another; whether all have ended. When it returns or raises, nothing
    is under way any more.

    `going_on` is asked before each call of the provider. Raises ActivationOverError when nothing
    more can be signed, and whatever kept an outcome from being written down.
    """
    # A service outside is waited for much longer than any disk.
    with _Lanes(0 if provider.dispatches else len(tasks)) as lanes:
        for portion in _portions(tasks, provider):
            lanes.check()
            if not going_on():
                return False
            for task, outcome in zip(
                portion, _sign(open_work, provider, portion, opened), strict=True
            ):
                alone = isinstance(outcome, SignedFile) and len(outcome.data) > SMALL
                lanes.run(partial(_end, open_work, blobs, provider, task, outcome), alone=alone)
    return True


def _portions(tasks: Sequence[Task], provider: Provider[Any]) -> Iterator[Sequence[Task]]:
    """What goes in one call each: one document, or as many as the provider takes together."""
    together = provider.together
    yield from ([task] for task in tasks if task.alone or together is None)
    if together is not None:
        waiting = [task for task in tasks if not task.alone]
        starts = range(0, len(waiting), together.at_once)
        yield from (waiting[start : start + together.at_once] for start in starts)


def _sign(
    open_work: OpenWork, provider: Provider[Any], tasks: Sequence[Task], opened: Any
) -> Sequence[Outcome]:
    """What became of each. Raises ActivationOverError."""
    if provider.dispatches:
        with open_work() as work:
            for task in tasks:
                attempts.dispatch(work, task.attempt_id)
    try:
        return _outcomes(provider, tasks, opened)
    except ActivationOverError as over:
        # What was asked together with the first waits like the rest.
        for task in tasks:
            with open_work() as work:
                attempts.fail(
                    work, task.attempt_id, over.refusal if task is tasks[0] else INTERRUPTED()
                )
        raise


def _outcomes(provider: Provider[Any], tasks: Sequence[Task], opened: Any) -> Sequence[Outcome]:
    try:
        if provider.together is not None and len(tasks) > 1:
            return provider.together.perform_together(tasks, opened)
        (task,) = tasks
        return [provider.perform(task, opened)]
    except ActivationOverError:
        raise
    except (DomainError, OutcomeUnknownError) as outcome:
        return [outcome] * len(tasks)
    except Exception:
        log.exception("no signature was made", attempts=[str(task.attempt_id) for task in tasks])
        return [_broken(provider)] * len(tasks)


def _broken(provider: Provider[Any]) -> Outcome:
    """Something went wrong on our side. What a service outside had been asked it may have done."""
    return OutcomeUnknownError(reason="broken-off") if provider.dispatches else NOT_MADE()


def _end(
    open_work: OpenWork, blobs: BlobStore, provider: Provider[Any], task: Task, outcome: Outcome
) -> None:
    """Keeps the file and writes the outcome down."""
    if isinstance(outcome, SignedFile):
        try:
            outcome, digest = _kept(blobs, outcome)
        except Exception:
            log.exception("a signed file was not kept", attempt=str(task.attempt_id))
            outcome = _broken(provider)
    if isinstance(outcome, SignedFile):
        crashpoints.reach("signing.stored")
        with open_work() as work:
            attempts.finish(work, task.attempt_id, outcome, digest)
            crashpoints.reach("signing.finishing")
        crashpoints.reach("signing.finished")
    elif isinstance(outcome, OutcomeUnknownError):
        with open_work() as work:
            attempts.leave_unknown(work, task.attempt_id, **outcome.facts)
    else:
        log.warning("no signature was made", attempt=str(task.attempt_id), code=outcome.code)
        with open_work() as work:
            attempts.fail(work, task.attempt_id, outcome)


def _kept(blobs: BlobStore, made: SignedFile) -> tuple[SignedFile, str]:
    """The file as it passed the check, and the digest that it is stored under."""
    if made.expected is not None:
        made = replace(made, signed_at=selfcheck.check(made.data, made.expected))
    return made, blobs.put(made.data, durable=True)


class _Lanes:
    """Threads that write outcomes down. A single paper needs none."""

    def __init__(self, papers: int) -> None:
        self._pool = ThreadPoolExecutor(LANES, "signing lane") if papers > 1 else None
        self._places = BoundedSemaphore(LANES + AHEAD)
        self._broken: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()
        if raised is None:
            self.check()

    def run(self, ending: Callable[[], None], *, alone: bool) -> None:
        """Writes an outcome down on a lane, once there is a place; `alone`: at once."""
        if alone or self._pool is None:
            ending()
            return
        self._places.acquire()
        context = contextvars.copy_context()  # whose request it is, for the log
        self._pool.submit(context.run, ending).add_done_callback(self._ended)

    def check(self) -> None:
        """Raises what a lane broke with."""
        if self._broken is not None:
            raise self._broken

    def _ended(self, ending: Future[None]) -> None:
        self._broken = self._broken or ending.exception()
        self._places.release()

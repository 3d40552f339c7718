"""Runs the jobs. Each handler opens its own transactions and is safe to run twice."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from procrastinate import App, RetryStrategy
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker

from backend import scrub, upkeep
from backend.audit import heads
from backend.bootstrap import Services
from backend.certificates import timekeeping
from backend.certificates.revocation import make_ready
from backend.core import limits
from backend.core.errors import DomainError
from backend.core.jobs import Job, defer, worker_app
from backend.core.metrics import timing_job
from backend.core.sandbox import Sandbox
from backend.core.scratch import sweep
from backend.documents import examination, uploads
from backend.identity import tidying
from backend.notifications import announcing, ending, mail, push, reminding
from backend.notifications.expiry import warn_of_expiry
from backend.routing import handover, replacement
from backend.signing import (
    activation_keys,
    archiving,
    batches,
    desk_socket,
    enrolment,
    picturing,
    preparation,
    unknown,
)
from backend.signing.offline import grants
from backend.signing.problems import SEAL_WAITS
from backend.signing.seal import seal_activation, sealing
from backend.verification import published, status
from backend.verification.archives import validate_archived
from backend.verification.own_files import validate_signed

Handler = Callable[..., Any]


def _ids(given: dict[str, Any]) -> dict[str, Any]:
    """Job arguments as use cases take them: every `…_id` a UUID."""
    return {k: UUID(v) if k.endswith("_id") else v for k, v in given.items()}


def _in_one_transaction(use_case: Callable[..., Any]) -> Handler:
    """A handler that is one use case in one transaction."""

    def handle(services: Services, **ids: Any) -> None:
        with services.work() as work:
            use_case(work, **_ids(ids))

    return handle


def _hand_over(services: Services, **ids: Any) -> None:
    handover.hand_over(services.work, **_ids(ids))


def _sweep_mandates(services: Services) -> None:
    with services.work() as work:
        positions = handover.changed_positions(work)
    for position_id in positions:
        handover.hand_over(services.work, position_id)


def _send_push(services: Services, **ids: Any) -> None:
    push.send_push(services.work, services.push, **_ids(ids))


def _end_device(services: Services, **ids: Any) -> None:
    ending.end_device(services.work, services.push, **_ids(ids))


def _send_mail(services: Services, **ids: Any) -> None:
    mail.send_mail(services.work, services.mailer, origin=services.settings.origin, **_ids(ids))


def _validate_signed(services: Services, **ids: Any) -> None:
    sandbox, scratch = Sandbox(services.settings), services.settings.scratch_dir
    validate_signed(services.work, services.blobs, sandbox, scratch, **_ids(ids))


def _update_status(services: Services, **ids: Any) -> None:
    with services.work() as work:
        status.update(work, issuer=services.issuer, **_ids(ids))


def _renew_status_list(services: Services) -> None:
    with services.work() as work:
        status.renew(work, issuer=services.issuer)


def _examine(services: Services, **ids: Any) -> None:
    examination.examine(
        services.work, **_ids(ids), settings=services.settings, blobs=services.blobs
    )


def _adopt(services: Services, **ids: Any) -> None:
    """A version that passed, but came too late for its route, is refused with that reason."""
    try:
        with services.work() as work:
            replacement.adopt_version(work, **_ids(ids))
    except DomainError as error:
        with services.work() as work:
            examination.turn_away(work, **_ids(ids), error=error)


def _prepare_signatures(services: Services, **ids: Any) -> None:
    """What is missing is told to whoever opens the paper; the file is made as soon as it is there."""
    try:
        preparation.prepare(services.work, services.workshop, **_ids(ids))
    except DomainError as error:
        log.info("not prepared", code=error.code, **ids)
        if error.problem is SEAL_WAITS:
            _seal_waiting(services, **ids)


def _picture_prepared(services: Services, **ids: Any) -> None:
    sandbox = Sandbox(services.settings)
    picturing.picture(services.work, services.blobs, sandbox, **_ids(ids))


def _sweep_batches(services: Services) -> None:
    batches.sweep(services.work)
    with services.work() as work:
        seal_activation.sweep(work)


def _seal_waiting(services: Services, **ids: Any) -> None:
    sealing.seal_waiting(services.work, services.press, **_ids(ids))


def _reconcile_signing(services: Services, **ids: Any) -> None:
    unknown.reconcile(services.work, services.signing, **_ids(ids))


def _publish_revocations(services: Services) -> None:
    with services.work() as work:
        make_ready(work, issuer=services.issuer)


def _measure_clock(services: Services) -> None:
    try:
        timekeeping.measure(services.work, services.time_stamper)
    except DomainError as error:
        log.info("clock not measured", code=error.code)


def _rotate_activation_keys(services: Services) -> None:
    with services.work() as work:
        activation_keys.rotate(work, keys=services.master_key, issuer=services.issuer)


def _person_left(services: Services, **ids: Any) -> None:
    with services.work() as work:
        enrolment.end_all(work, issuer=services.issuer, **_ids(ids))


def _tidy(services: Services) -> None:
    with services.work() as work:
        tidying.tidy(work)
        grants.forget_old(work)
        heads.note(work.session, heads.path(services.settings), work.now)
        limits.forget_old(work.session, work.now)
        published.forget_old(work.session, work.now)
        wanted = uploads.wanted(work)
    uploads.sweep(services.settings.uploads_dir, wanted)
    sweep(services.settings.scratch_dir)


def _archive_document(services: Services, **ids: Any) -> None:
    archiving.archive(services.work, services.archivist, **_ids(ids))


def _validate_archived(services: Services, **ids: Any) -> None:
    sandbox, scratch = Sandbox(services.settings), services.settings.scratch_dir
    validate_archived(services.work, services.blobs, sandbox, scratch, **_ids(ids))


def _sweep_archives(services: Services) -> None:
    with services.work() as work:
        for document_id in archiving.due(work, services.settings.ageing_algorithms):
            defer(work.session, Job.ARCHIVE_DOCUMENT, document_id=document_id)


def _scrub_files(services: Services) -> None:
    scrub.scrub(services.work, services.blobs)


def _collect_blobs(services: Services) -> None:
    upkeep.collect(services.work, services.blobs)


# Job → handler(services, **ids). A test holds that no job is without one.
HANDLERS: dict[Job, Handler] = {
    Job.EXAMINE_VERSION: _examine,
    Job.ADOPT_VERSION: _adopt,
    Job.ANNOUNCE_STEP: _in_one_transaction(announcing.announce_step),
    Job.ANNOUNCE_OUTCOME: _in_one_transaction(announcing.announce_outcome),
    Job.ANNOUNCE_REFUSAL: _in_one_transaction(announcing.announce_refusal),
    Job.ANNOUNCE_SECURITY: _in_one_transaction(announcing.announce_security),
    Job.ANNOUNCE_SEAL: _in_one_transaction(announcing.announce_seal),
    Job.HAND_OVER: _hand_over,
    Job.SWEEP_MANDATES: _sweep_mandates,
    Job.SEND_PUSH: _send_push,
    Job.END_DEVICE: _end_device,
    Job.SEND_MAIL: _send_mail,
    Job.REMIND: _in_one_transaction(reminding.remind),
    Job.SUMMARISE: _in_one_transaction(reminding.summarise),
    Job.VALIDATE_SIGNED: _validate_signed,
    Job.UPDATE_STATUS: _update_status,
    Job.RENEW_STATUS_LIST: _renew_status_list,
    Job.PREPARE_SIGNATURES: _prepare_signatures,
    Job.PICTURE_PREPARED: _picture_prepared,
    Job.SWEEP_BATCHES: _sweep_batches,
    Job.SEAL_WAITING: _seal_waiting,
    Job.RECONCILE_SIGNING: _reconcile_signing,
    Job.PERSON_LEFT: _person_left,
    Job.WARN_OF_EXPIRY: _in_one_transaction(warn_of_expiry),
    Job.PUBLISH_REVOCATIONS: _publish_revocations,
    Job.MEASURE_CLOCK: _measure_clock,
    Job.ROTATE_ACTIVATION_KEYS: _rotate_activation_keys,
    Job.ARCHIVE_DOCUMENT: _archive_document,
    Job.VALIDATE_ARCHIVED: _validate_archived,
    Job.SWEEP_ARCHIVES: _sweep_archives,
    Job.SCRUB_FILES: _scrub_files,
    Job.ANNOUNCE_DAMAGE: _in_one_transaction(announcing.announce_damage),
    Job.COLLECT_BLOBS: _collect_blobs,
    Job.TIDY: _tidy,
}

# Job → cron line, in UTC.
PERIODIC: dict[Job, str] = {
    Job.SWEEP_MANDATES: "* * * * *",
    Job.SWEEP_BATCHES: "* * * * *",
    Job.REMIND: "*/5 * * * *",
    Job.SUMMARISE: "*/10 * * * *",
    Job.WARN_OF_EXPIRY: "11 1 * * *",
    Job.PUBLISH_REVOCATIONS: "7 * * * *",
    Job.RENEW_STATUS_LIST: "3 * * * *",
    Job.SEAL_WAITING: "* * * * *",
    Job.MEASURE_CLOCK: "*/10 * * * *",
    Job.ROTATE_ACTIVATION_KEYS: "17 * * * *",
    Job.SWEEP_ARCHIVES: "47 1 * * *",
    Job.SCRUB_FILES: "57 * * * *",
    Job.COLLECT_BLOBS: "27 * * * *",
    Job.TIDY: "37 * * * *",
}


# A handler that failed is tried again after 4 s, 16 s, 64 s … about an hour in all, then shown as
# failed by `centang doctor`.
RETRY = RetryStrategy(max_attempts=6, exponential_wait=4)
RESCUE_SECONDS = 20
GRACE_SECONDS = 30
"""How long jobs under way may go on after the worker was asked to stop."""

log = structlog.get_logger(__name__)


def make_app(services: Services, database_url: str) -> App:
    """The worker's application with every handler registered."""
    app = worker_app(database_url)
    for job, handler in HANDLERS.items():
        _register(app, services, job, handler)
    return app


def _register(app: App, services: Services, job: Job, handler: Handler) -> None:
    def run(timestamp: int | None = None, **ids: Any) -> None:  # noqa: ARG001 (given to periodic jobs)
        handler(services, **ids)

    task = app.task(name=job.value, queue=job.value.split(".", 1)[0], retry=RETRY)(run)
    if job in PERIODIC:
        app.periodic(cron=PERIODIC[job], periodic_id=job.value)(task)


def run(services: Services, database_url: str, *, concurrency: int = 2) -> None:
    """Signs, and performs jobs, until SIGINT or SIGTERM; what is under way then may finish."""
    batches.sweep(services.work)
    desk = services.settings.desk_socket
    with desk_socket.serving(
        desk, services.work, services.signing, services.engine, services.seal
    ) as close:
        asyncio.run(_run(make_app(services, database_url), concurrency, close))


async def _run(app: App, concurrency: int, close_desk: Callable[[], None]) -> None:
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=concurrency,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE_SECONDS,
                install_signal_handlers=False,
                task_middleware=[_observed],
            )
        )

        def stop() -> None:
            close_desk()
            worker.cancel()
            # A job may hang, the database may be gone for good: then the end comes all the same,
            # and what was under way is rescued by the next worker.
            deadline = threading.Timer(GRACE_SECONDS + 10, os._exit, [1])
            deadline.daemon = True
            deadline.start()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        rescue = asyncio.create_task(_rescue(app))
        with contextlib.suppress(asyncio.CancelledError):
            await worker
        rescue.cancel()


async def _rescue(app: App) -> None:
    """Gives jobs of a worker that was killed to the next one: it shows no sign of life any more."""
    while True:
        for job in await app.job_manager.get_stalled_jobs():
            log.warning("job rescued", job=job.task_name, id=job.id)
            await app.job_manager.retry_job(job)
        await asyncio.sleep(RESCUE_SECONDS)


def _observed(call_next: Callable[[], Any], context: JobContext, _worker: Worker) -> Any:
    """Times a job and says in one line how it ended. Runs in the job's own thread."""
    task = context.job.task_name
    with structlog.contextvars.bound_contextvars(job=task, job_id=context.job.id):
        try:
            with timing_job(task):
                result = call_next()
        except Exception as error:
            log.exception("job failed", kind=type(error).__name__)
            raise
        log.info("job done")
        return result

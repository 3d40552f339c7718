"""The worker, one job at a time, in the test's own thread."""

from collections.abc import Callable

from sqlalchemy import text

from backend.bootstrap import Services
from backend.core.jobs import Job
from backend.worker import HANDLERS

NEXT = text(
    "SELECT id, task_name, args FROM procrastinate_jobs"
    " WHERE status = 'todo' AND NOT (task_name = ANY(:skipped))"
    " AND coalesce(scheduled_at, :now) <= :now ORDER BY priority DESC, id LIMIT 1"
)
DONE = text("UPDATE procrastinate_jobs SET status = :status WHERE id = :id")

RunJobs = Callable[..., list[Job]]


def run_pending(services: Services, *, skip: tuple[Job, ...] = (), limit: int = 200) -> list[Job]:
    """Performs what is due by the clock, and what that defers; returns the jobs in order.

    A handler's exception reaches the test, after the job was marked failed.
    """
    done: list[Job] = []
    while len(done) < limit:
        with services.engine.begin() as connection:
            row = connection.execute(
                NEXT, {"skipped": [job.value for job in skip], "now": services.clock.now()}
            ).one_or_none()
            if row is None:
                return done
            connection.execute(DONE, {"status": "doing", "id": row.id})
        job, status = Job(row.task_name), "failed"
        try:
            HANDLERS[job](services, **row.args)
            status = "succeeded"
        finally:
            with services.engine.begin() as connection:
                connection.execute(DONE, {"status": status, "id": row.id})
        done.append(job)
    raise AssertionError(f"more than {limit} jobs: {done[-10:]}")

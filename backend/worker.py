"""Runs the jobs. Each handler opens its own transactions and is safe to run twice."""

from collections.abc import Callable
from typing import Any

from procrastinate import App

from backend.bootstrap import Services
from backend.core.jobs import Job, worker_app

Handler = Callable[..., Any]

# Job → handler(services, **ids). A test holds that no job is without one.
HANDLERS: dict[Job, Handler] = {}

# Job → cron line, in UTC.
PERIODIC: dict[Job, str] = {}


def make_app(services: Services, database_url: str) -> App:
    """The worker's application with every handler registered."""
    app = worker_app(database_url)
    for job, handler in HANDLERS.items():
        _register(app, services, job, handler)
    return app


def _register(app: App, services: Services, job: Job, handler: Handler) -> None:
    def run(timestamp: int | None = None, **ids: Any) -> None:  # noqa: ARG001 (given to periodic jobs)
        handler(services, **ids)

    task = app.task(name=job.value, queue=job.value.split(".", 1)[0])(run)
    if job in PERIODIC:
        app.periodic(cron=PERIODIC[job], periodic_id=job.value)(task)

"""The process that performs the jobs."""

import click

from backend import bootstrap
from backend.core import logs
from backend.core.settings import Settings
from backend.worker import run
from mobile_api.cli.installation import database


@click.command()
@click.option("--concurrency", default=2, show_default=True, help="Jobs at the same time.")
def worker(*, concurrency: int) -> None:
    """Perform the jobs that wait in the database, until asked to stop.

    `serve` starts one; run more of them on other machines with the same DATABASE_URL.
    """
    settings = Settings()
    logs.configure(settings.log_level, process="worker")
    with (
        database(settings) as found,
        bootstrap.running(settings, found.app_url) as services,
    ):
        run(services, found.app_url, concurrency=concurrency)

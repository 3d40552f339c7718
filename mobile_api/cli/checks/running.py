"""What runs: database, worker, signing desk, jobs, addresses, time stamps."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from backend.bootstrap import Services
from backend.certificates import timekeeping
from backend.core import metrics
from backend.core.errors import DomainError
from backend.signing import desk_socket
from mobile_api.cli.checks import Finding, fail, warn
from mobile_api.cli.migrate import alembic_config

WORTH_SAYING = timedelta(seconds=2)
LOCAL = {"localhost", "127.0.0.1", "::1"}


def tables_are_current(services: Services) -> Iterator[Finding]:
    head = ScriptDirectory.from_config(alembic_config("")).get_current_head()
    with services.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != head:
        yield fail(
            f"The database's tables are at {found or 'nothing'}, the program needs {head}.",
            "Run `centang migrate`.",
        )


def database_is_careful(services: Services) -> Iterator[Finding]:
    with services.engine.connect() as connection:
        for name in ("fsync", "full_page_writes", "data_checksums"):
            if connection.execute(text(f"SHOW {name}")).scalar_one() != "on":
                yield fail(
                    f"The database runs with {name} off: a power cut can damage papers.",
                    f"Turn {name} on in PostgreSQL.",
                )
        can_rewrite = connection.execute(
            text("SELECT has_table_privilege('audit_entry', 'UPDATE, DELETE, TRUNCATE')")
        ).scalar_one()
    if can_rewrite:
        yield warn(
            "The application's database role owns its tables, so it could lift the audit guard.",
            "Make a role centang_app, give its address in DATABASE_URL and the owner's in "
            "DATABASE_OWNER_URL, then run `centang migrate`.",
        )


def worker_is_alive(services: Services) -> Iterator[Finding]:
    with services.work() as work:
        if not metrics.live_workers(work.session):
            yield fail(
                "No worker is running: nothing is examined, announced or checked.",
                "Start `centang serve`, or `centang worker` (in deploy/: centang-worker.service).",
            )


def desk_is_answering(services: Services) -> Iterator[Finding]:
    """Asked only beside a live worker; without one, that is what is missing."""
    if services.settings.desk == "inline":
        return
    with services.work() as work:
        alive = metrics.live_workers(work.session)
    path = services.settings.desk_socket
    if alive and not desk_socket.is_answering(path):
        yield fail(
            f"A worker runs, yet no signing desk answers at {path}: nothing can be signed.",
            "Run the worker on this machine, as the user and with the CENTANG_HOME of the web "
            "process; look for its last error in log/centang.log, then start it anew.",
        )


def jobs_get_done(services: Services) -> Iterator[Finding]:
    with services.engine.connect() as connection:
        failed = connection.execute(
            text(
                "SELECT task_name, count(*) FROM procrastinate_jobs "
                "WHERE status = 'failed' GROUP BY task_name ORDER BY task_name"
            )
        ).all()
        waiting = connection.execute(
            text(
                "SELECT count(*) FROM procrastinate_jobs j WHERE status = 'todo' AND EXISTS ("
                "SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'deferred' "
                "AND e.at < now() - interval '15 minutes') "
                "AND coalesce(scheduled_at, now()) <= now()"
            )
        ).scalar_one()
    for task, count in failed:
        yield warn(
            f"{count} jobs of the kind {task} failed for good.",
            "Look for `job failed` in log/centang.log.",
        )
    if waiting:
        yield warn(
            f"{waiting} jobs have waited for more than 15 minutes.",
            "Start more workers, or look at what the running one does.",
        )


def address_is_public(services: Services) -> Iterator[Finding]:
    settings = services.settings
    origin = urlsplit(settings.origin)
    if origin.hostname in LOCAL:
        yield warn(
            f"Papers carry {settings.origin} in their QR codes: nobody else can open that.",
            "Set CENTANG_PUBLIC_URL to the address citizens reach, before the first paper is "
            "signed: it stands on paper for ever.",
        )
    elif origin.scheme != "https":
        yield fail(
            f"{settings.origin} is not HTTPS.",
            "Serve it through a proxy with a certificate, or start with HTTPS=1.",
        )
    elif not settings.https and not settings.trusted_proxies:
        yield fail(
            "The public address is HTTPS, yet no proxy is trusted: everyone would be turned away.",
            "Set CENTANG_TRUSTED_PROXIES=1 behind one proxy (see deploy/nginx.conf).",
        )
    if origin.path not in {"", "/"} or origin.query or origin.fragment:
        yield fail(
            f"{settings.origin} has more than scheme, host and port.",
            "Give CENTANG_PUBLIC_URL without a path.",
        )


def time_stamps_come(services: Services) -> Iterator[Finding]:
    try:
        services.time_stamper.stamp(hashlib.sha256(b"centang doctor").digest())
    except DomainError as refusal:
        where = services.settings.tsa_url or "the embedded time-stamp authority"
        yield fail(
            f"No time stamp came from {where} ({refusal.code}).",
            "Check CENTANG_TSA_URL and the network; without one nothing can be signed."
            if services.settings.tsa_url
            else "Start `centang serve`; in deploy/: centang-issuer.service.",
        )


def clocks_agree(services: Services) -> Iterator[Finding]:
    with services.work() as work:
        found = timekeeping.reading(work)
    if found is None or not found.apart:
        return
    way = "behind" if found.ahead else "ahead of"
    said = f"This clock is {found.apart.total_seconds():.0f} s {way} the time-stamp service's."
    remedy = "Synchronise this machine's clock; compare both with a third if it is already."
    if found.apart > timekeeping.LIMIT:
        yield fail(f"{said} Nothing can be signed.", remedy)
    elif found.apart > WORTH_SAYING:
        yield warn(said, remedy)


CHECKS = (
    tables_are_current,
    database_is_careful,
    worker_is_alive,
    desk_is_answering,
    jobs_get_done,
    address_is_public,
    time_stamps_come,
    clocks_agree,
)

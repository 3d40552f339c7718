"""Prometheus metrics of all processes of an installation.

With PROMETHEUS_MULTIPROC_DIR set (`centang serve` does) every process writes into that folder and
any of them can answer for all.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.core.models import FileDamage

CONTENT_TYPE = CONTENT_TYPE_LATEST
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Histogram(
    "centang_request_seconds",
    "Time to answer a request, by route (never by path: that could name a document)",
    ("method", "route", "status"),
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)
JOBS = Histogram(
    "centang_job_seconds",
    "Time to perform a job",
    ("job", "outcome"),
    buckets=(0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300),
)
PUBLIC = Counter(
    "centang_public_total",
    "What strangers asked for in vain: unknown codes, files that are not ours, what was refused",
    ("what",),
)


@contextmanager
def timing_job(job: str) -> Iterator[None]:
    """Counts one run of a job, as failed when the block raises."""
    started, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "succeeded"
    finally:
        JOBS.labels(job, outcome).observe(time.perf_counter() - started)


def render(session: Session) -> bytes:
    """Everything in the text format, with the queue and the worker as the database sees them."""
    if os.environ.get(FOLDER_VARIABLE):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry = REGISTRY
    return bytes(generate_latest(registry)) + bytes(generate_latest(_from_database(session)))


def _from_database(session: Session) -> CollectorRegistry:
    registry = CollectorRegistry()
    jobs = Gauge("centang_jobs", "Jobs by state", ("status",), registry=registry)
    for status, count in session.execute(
        text(
            "SELECT status::text, count(*) FROM procrastinate_jobs "
            "WHERE status IN ('todo', 'doing', 'failed') GROUP BY status"
        )
    ):
        jobs.labels(status).set(count)
    workers = Gauge("centang_workers", "Workers with a fresh heartbeat", registry=registry)
    workers.set(live_workers(session))
    damaged = Gauge("centang_damaged_files", "Stored files missing or changed", registry=registry)
    damaged.set(damaged_files(session))
    return registry


def damaged_files(session: Session) -> int:
    """How many stored files were found missing or changed and are not whole again."""
    unmended = select(func.count()).where(FileDamage.mended_at.is_(None))
    return int(session.execute(unmended).scalar_one())


def live_workers(session: Session) -> int:
    """How many workers showed a sign of life in the last half minute."""
    statement = text(
        "SELECT count(*) FROM procrastinate_workers "
        "WHERE last_heartbeat > now() - interval '30 seconds'"
    )
    return int(session.execute(statement).scalar_one())

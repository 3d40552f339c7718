"""Jobs on the same PostgreSQL: deferred inside the transaction that needs them done.

Arguments carry identifiers only: they live on in tables and in the write-ahead log.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.core.swift import SwiftStatement, driver


class Job(StrEnum):
    """Every job there is. A test holds that the worker handles each."""

    EXAMINE_VERSION = "documents.examine_version"
    """version_id: preflight, flatten, number, render; then the version is ready or refused."""
    ADOPT_VERSION = "routing.adopt_version"
    """version_id: a version that passed its examination takes the current one's place."""
    PREPARE_SIGNATURES = "signing.prepare_signatures"
    """document_id: make fields, appearances and the next signer's placeholder."""
    PICTURE_PREPARED = "signing.picture_prepared"
    """prepared_id: draw the page as it will be signed, for the signer's phone."""
    SEAL_WAITING = "signing.seal_waiting"
    """(periodic) put the agency's seal on papers that wait for it, where it is active."""
    VALIDATE_SIGNED = "verification.validate_signed"
    """document_id: full validation of the newest signed file; until it passed, nothing is public."""
    UPDATE_STATUS = "verification.update_status"
    """document_id: the public list of what became of each paper says it of this one."""
    RENEW_STATUS_LIST = "verification.renew_status_list"
    """(periodic) date that list anew."""
    SWEEP_BATCHES = "signing.sweep_batches"
    """(periodic) pause what a process was signing that is gone."""
    ARCHIVE_DOCUMENT = "signing.archive_document"
    """document_id: add an archive time stamp to a finished file, if one is due."""
    VALIDATE_ARCHIVED = "verification.validate_archived"
    """stamp_id: full validation of a file with a new archive time stamp."""
    SWEEP_ARCHIVES = "signing.sweep_archives"
    """(periodic) find the papers whose archive time stamp is missing or ages."""
    RECONCILE_SIGNING = "signing.reconcile"
    """attempt_id: ask a signing service outside whether it signed what nobody knows of."""
    ANNOUNCE_STEP = "notifications.announce_step"
    """step_id: tell the person whose turn it is."""
    ANNOUNCE_OUTCOME = "notifications.announce_outcome"
    """document_id, step_id, outcome: tell the operators that a paper was signed, returned, rejected."""
    ANNOUNCE_REFUSAL = "notifications.announce_refusal"
    """version_id: tell whoever uploaded a file that it did not pass the examination."""
    ANNOUNCE_SECURITY = "notifications.announce_security"
    """person_id, event_id: tell a person and the head of unit of a change to keys or devices."""
    ANNOUNCE_SEAL = "notifications.announce_seal"
    """activation_id, news: tell the custodians that sealing began or is over, and why."""
    HAND_OVER = "routing.hand_over"
    """position_id: somebody else holds it now; tell them of the papers that wait there."""
    PERSON_LEFT = "certificates.person_left"
    """person_id: revoke the certificates of a person who left; their signatures stay."""
    SEND_PUSH = "notifications.send_push"
    """notice_id, subscription_id, attempt: ring one phone once."""
    END_DEVICE = "notifications.end_device"
    """device_id, attempt: wake a phone that was revoked or lost, so that it empties itself."""
    SEND_MAIL = "notifications.send_mail"
    """notice_id, attempt: write one e-mail, where no phone could be rung."""
    REMIND = "notifications.remind"
    """(periodic) tell of deadlines that are near or have passed."""
    SUMMARISE = "notifications.summarise"
    """(periodic) once a working day, tell everyone how much waits for them."""
    SWEEP_MANDATES = "routing.sweep_mandates"
    """(periodic) hand over where a mandate began or ended by the clock."""
    WARN_OF_EXPIRY = "notifications.warn_of_expiry"
    """(periodic) tell holders and officers of certificates that end soon."""
    PUBLISH_REVOCATIONS = "certificates.publish_revocations"
    """(periodic) renew the CRLs before they run out."""
    MEASURE_CLOCK = "certificates.measure_clock"
    """(periodic) compare the clock with the time-stamp service's."""
    ROTATE_ACTIVATION_KEYS = "signing.rotate_activation_keys"
    """(periodic) make the day's key for passphrases and codes, destroy the old ones."""
    SCRUB_FILES = "core.scrub_files"
    """(periodic) read a part of the stored files again and compare them with their digests."""
    ANNOUNCE_DAMAGE = "notifications.announce_damage"
    """digest: tell the administrators that a stored file is damaged."""
    COLLECT_BLOBS = "core.collect_blobs"
    """(periodic) take files out of use that no row names, and later delete them."""
    TIDY = "core.tidy"
    """(periodic) remove expired rows and abandoned scratch files."""


@cache
def _deferral(count: int) -> SwiftStatement:
    """What procrastinate's own `defer` runs, for so many jobs."""
    rows = ", ".join(
        f"ROW(:queue{i}, :task{i}, :priority{i}, :lock{i}, NULL, :args{i}, :at{i})"
        for i in range(count)
    )
    return SwiftStatement(
        text(f"SELECT procrastinate_defer_jobs_v1(ARRAY[{rows}]::procrastinate_job_to_defer_v1[])")
    )


Ids = Mapping[str, UUID | str | int]


def defer(
    session: Session,
    job: Job,
    *,
    lock: str | None = None,
    at: datetime | None = None,
    later: bool = False,
    **ids: UUID | str | int,
) -> None:
    """Adds a job to the caller's transaction: it runs after the commit (or at `at`), or never.

    `later`: only when nothing else waits, for nobody's work depends on it.
    """
    _deferral(1).run(driver(session), _row(0, job, ids, lock=lock, at=at, later=later))


def defer_all(session: Session, *jobs: tuple[Job, Ids]) -> None:
    """As `defer`, several at once, with the next statement or the commit."""
    values: dict[str, Any] = {}
    for index, (job, ids) in enumerate(jobs):
        values |= _row(index, job, ids)
    _deferral(len(jobs)).later(driver(session), values)


def _row(
    index: int,
    job: Job,
    ids: Ids,
    *,
    lock: str | None = None,
    at: datetime | None = None,
    later: bool = False,
) -> dict[str, Any]:
    args = {k: str(v) if isinstance(v, UUID) else v for k, v in ids.items()}
    return {
        f"queue{index}": job.value.split(".", 1)[0],
        f"task{index}": job.value,
        f"priority{index}": -1 if later else 0,
        f"lock{index}": lock,
        f"args{index}": json.dumps(args),
        f"at{index}": at,
    }


def worker_app(url: str) -> App:
    """The application a worker runs: asynchronous, with its own small pool."""
    return App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=6))

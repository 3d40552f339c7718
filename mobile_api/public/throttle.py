"""How often one client, and one network, may ask. Counted in PostgreSQL, across processes.

What keeps codes secret is that each holds 100 random bits; the limits keep guessing from costing us
anything, and show it (docs/threat-model.md). So what is counted is what was wrong: beyond the limit
a guesser is told to wait, and a citizen behind the same address who has a code in hand is not. What
is right and at hand costs nothing and is not counted; what has to be read for it is, generously. A
client's own allowance comes first: it cannot spend its neighbours'.
"""

from datetime import timedelta

from backend.core import metrics
from backend.core.errors import DomainError
from backend.core.limits import hit, host, network
from backend.verification.published import Kept
from backend.verification.records import PublicRecord
from mobile_api.context import client_address, current_services, current_work

MINUTE = timedelta(minutes=1)
TEN_MINUTES = timedelta(minutes=10)
UNKNOWN = (12, 120)
"""Codes that do not exist a minute, for a client and for its network."""
READ = (600, 6000)
"""Records and files read from the database or the store a minute."""
UPLOADS = (150, 750)
"""Files taken in ten minutes; of these, so many that are not ours and have to be judged:"""
JUDGED = (30, 150)
SEALED = (30, 150)
"""Reports sealed in ten minutes."""


def find(code: str) -> Kept[PublicRecord]:
    """The record under a code. Raises UNKNOWN_CODE, TOO_MANY."""
    published = current_services().published
    if (kept := published.known(code)) is not None:
        return kept
    try:
        kept = published.record(current_work(), code)
    except DomainError:
        count_unknown()
        raise
    _count("read", READ, MINUTE)
    return kept


def find_file(code: str) -> PublicRecord:
    """As `find`, for what is read from the store each time."""
    record = find(code).value
    _count("read", READ, MINUTE)
    return record


def count_unknown() -> None:
    """A code that does not exist. Raises TOO_MANY."""
    metrics.PUBLIC.labels("unknown-code").inc()
    _count("unknown", UNKNOWN, MINUTE)


def count_upload() -> None:
    """Before a file is taken. Raises TOO_MANY."""
    _count("upload", UPLOADS, TEN_MINUTES)


def count_judgement() -> None:
    """Before a file that is not ours is judged. Raises TOO_MANY."""
    metrics.PUBLIC.labels("strange-file").inc()
    _count("judge", JUDGED, TEN_MINUTES)


def count_sealing() -> None:
    """Before a report is sealed. Raises TOO_MANY."""
    _count("seal", SEALED, TEN_MINUTES)


def _count(kind: str, limits: tuple[int, int], window: timedelta) -> None:
    services, address = current_services(), client_address()
    now = services.clock.now()
    own, shared = limits
    try:
        hit(services.sessions, f"{kind}:host:{host(address)}", own, window, now)
        hit(services.sessions, f"{kind}:net:{network(address)}", shared, window, now)
    except DomainError:
        metrics.PUBLIC.labels(f"refused-{kind}").inc()
        raise

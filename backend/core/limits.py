"""Rate limits counted in PostgreSQL, so that they hold across processes and survive restarts.

A sliding window approximated from two fixed ones: the last window counts in proportion to how much
of it still lies within reach. Each hit is one upsert in a short transaction of its own, which does
not wait for the disk: losing the last counts in a crash harms nobody. What is refused does not
count, so a client that keeps trying is let in as soon as its allowance allows.
"""

import math
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from backend.core.errors import TOO_MANY
from backend.core.models import RateCounter

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEEP = timedelta(days=2)
"""Longer than twice any window in use."""

_COUNT = text("""
    WITH faded AS (
        SELECT coalesce(max(hits), 0) * :rest AS hits FROM rate_counter
        WHERE bucket = :bucket AND window_start = :before
    )
    INSERT INTO rate_counter AS c (bucket, window_start, hits)
    SELECT :bucket, :start, :cost FROM faded WHERE faded.hits + :cost <= :limit
    ON CONFLICT (bucket, window_start) DO UPDATE SET hits = c.hits + :cost
        WHERE c.hits + :cost + (SELECT hits FROM faded) <= :limit
    RETURNING hits
""")
_READ = text("""
    SELECT window_start, hits FROM rate_counter
    WHERE bucket = :bucket AND window_start IN (:start, :before)
""")


def hit(
    sessions: sessionmaker[Session],
    bucket: str,
    limit: int,
    window: timedelta,
    now: datetime,
    *,
    cost: int = 1,
) -> None:
    """Counts `cost` against a bucket. Raises TOO_MANY(retry_after, in seconds) beyond the limit."""
    start = _EPOCH + (now - _EPOCH) // window * window
    elapsed = (now - start) / window
    row: dict[str, object] = {"bucket": bucket, "start": start, "before": start - window}
    with sessions() as session, session.begin():
        session.execute(text("SET LOCAL synchronous_commit TO off"))
        counted = session.scalar(_COUNT, {**row, "rest": 1 - elapsed, "cost": cost, "limit": limit})
        if counted is not None:
            return
        hits = {found.window_start: found.hits for found in session.execute(_READ, row)}
    wait = _windows_to_wait(hits.get(start, 0), hits.get(start - window, 0), limit - cost, elapsed)
    raise TOO_MANY(retry_after=max(1, math.ceil(wait * window.total_seconds())))


def _windows_to_wait(current: int, previous: int, room: int, elapsed: float) -> float:
    """How long, in windows, until the counts have faded to `room` if nothing else comes."""
    if current <= room:
        return 1 - (room - current) / previous - elapsed if previous else 0
    return 1 - elapsed + (1 - room / current)


def at_their_limit(session: Session, prefix: str, limit: int, since: datetime) -> int:
    """How many buckets of a kind were used up in a window that began after `since`."""
    of_the_kind = RateCounter.bucket.startswith(prefix, autoescape=True)
    full = select(func.count(RateCounter.bucket.distinct())).where(
        of_the_kind, RateCounter.window_start >= since, RateCounter.hits >= limit
    )
    return session.scalar(full) or 0


def network(address: str | None) -> str:
    """The network a client speaks from: an IPv4 /24 or an IPv6 /48, for limits many may share."""
    return _prefix(address, 24, 48)


def host(address: str | None) -> str:
    """The client itself, as far as its address tells: an IPv4 address or an IPv6 /64."""
    return _prefix(address, 32, 64)


def _prefix(address: str | None, bits4: int, bits6: int) -> str:
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = bits4 if parsed.version == 4 else bits6
    return str(ip_network((parsed, bits), strict=False).network_address)


def forget_old(session: Session, now: datetime) -> None:
    """Removes counters of windows that no longer count."""
    session.execute(delete(RateCounter).where(RateCounter.window_start < now - _KEEP))

"""How often one client, and one network, may ask. Counted in PostgreSQL, across processes.

A code holds 100 random bits; the limits are there to keep guessing pointless to watch. Codes that
exist are cheap, codes that do not are dear, so that an office behind one address can scan all day
and a guesser cannot. A client's own allowance comes first: it cannot spend its neighbours'.
"""

from datetime import timedelta

from backend.core.limits import hit, host, network
from mobile_api.context import client_address, current_services

MINUTE = timedelta(minutes=1)
TEN_MINUTES = timedelta(minutes=10)
LOOKUPS = (180, 1800)
"""A minute, for a client and for its network."""
UPLOADS = (30, 150)
"""In ten minutes."""
UNKNOWN_COST = 15


def count_lookup(cost: int = 1) -> None:
    """Raises TOO_MANY."""
    _count("look", LOOKUPS, MINUTE, cost)


def count_upload() -> None:
    """Raises TOO_MANY."""
    _count("upload", UPLOADS, TEN_MINUTES, 1)


def _count(kind: str, limits: tuple[int, int], window: timedelta, cost: int) -> None:
    services, address = current_services(), client_address()
    now = services.clock.now()
    own, shared = limits
    hit(services.sessions, f"{kind}:host:{host(address)}", own, window, now, cost=cost)
    hit(services.sessions, f"{kind}:net:{network(address)}", shared, window, now, cost=cost)

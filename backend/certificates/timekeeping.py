"""Whether this machine's clock and the time-stamp service's agree, measured now and then.

A signature whose own time lies after its time stamp, or a one-time code judged by a clock that is
wrong, would be refused somewhere later: better said before a passphrase is typed.
"""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from asn1crypto import cms

from backend.certificates.models import ClockReading
from backend.certificates.problems import CLOCKS_APART
from backend.certificates.timestamps import TimeStamper
from backend.core.db import Work

LIMIT = timedelta(seconds=30)
"""A one-time code's step: beyond it nothing here can be trusted to be on time."""
FRESH = timedelta(hours=1)
"""An older reading says nothing about now."""
_WHOLE_SECOND = timedelta(seconds=1)
"""Most services stamp whole seconds (RFC 3161 §2.4.2)."""

OpenWork = Callable[[], AbstractContextManager[Work]]


def measure(open_work: OpenWork, stamper: TimeStamper) -> None:
    """Asks for one time stamp and keeps by how much the clocks differ at the least.

    No transaction is open while it waits. Raises TIME_STAMP_UNAVAILABLE.
    """
    with open_work() as work:
        clock = work.clock
    asked = clock.now()
    token = stamper.stamp(secrets.token_bytes(32))
    answered = clock.now()
    info = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    theirs = info["gen_time"].native
    ahead, behind = theirs - answered, asked - (theirs + _WHOLE_SECOND)
    with open_work() as work:
        work.session.merge(
            ClockReading(
                id=1,
                apart=max(ahead, behind, timedelta(0)),
                ahead=ahead > timedelta(0),
                measured_at=answered,
            )
        )


def reading(work: Work) -> ClockReading | None:
    """The newest reading, if it still says something about now."""
    found = work.session.get(ClockReading, 1)
    return found if found and abs(work.now - found.measured_at) <= FRESH else None


def require_agreement(work: Work) -> None:
    """Raises CLOCKS_APART where the clocks are known to differ too much to sign."""
    found = reading(work)
    if found is not None and found.apart > LIMIT:
        raise CLOCKS_APART(seconds=round(found.apart.total_seconds()))

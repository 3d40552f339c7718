"""Rows that no longer refuse or allow anything."""

from datetime import timedelta

from sqlalchemy import delete

from backend.core.db import Work
from backend.identity import failures, once
from backend.identity.models import RefreshToken, UsedTotpStep

KEPT_STEPS = timedelta(days=4)
"""Longer than any code is accepted after its time: of work without a line that is 72 hours."""
KEPT_TOKENS = timedelta(days=1)


def tidy(work: Work) -> None:
    """Removes used codes, single-use marks, refresh tokens and failures that are too old to count.

    Sessions stay: they say who was signed in where.
    """
    session, now = work.session, work.now
    failures.forget_old(session, now)
    once.forget_old(session, now)
    session.execute(delete(UsedTotpStep).where(UsedTotpStep.used_at < now - KEPT_STEPS))
    session.execute(delete(RefreshToken).where(RefreshToken.expires_at < now - KEPT_TOKENS))

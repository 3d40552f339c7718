"""Identifiers that may be used once."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.core.db import Work
from backend.identity.models import ConsumedOnce


def consume(work: Work, kind: str, value: str, expires_at: datetime) -> bool:
    """True for the first caller only; a second waits for the first one's transaction.

    The mark may be removed after `expires_at`, when something else refuses the identifier.
    """
    row = insert(ConsumedOnce).values(
        kind=kind, value=value, used_at=work.now, expires_at=expires_at
    )
    taken = work.session.execute(row.on_conflict_do_nothing().returning(ConsumedOnce.value))
    return taken.first() is not None


def forget_old(session: Session, now: datetime) -> None:
    """Removes marks whose identifiers are refused for their age."""
    session.execute(delete(ConsumedOnce).where(ConsumedOnce.expires_at < now))

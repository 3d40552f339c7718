"""Heads of the audit trail, noted now and then in a file outside the database.

A chain shows what was changed inside it, not that its end was cut off, nor that all of it was
written anew by someone who owns the database. Comparing with heads that this person could not
reach shows both. Each line is one head; lines are only ever added.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.audit.models import AuditEntry
from backend.core.settings import Settings

FILE_NAME = "audit-heads.jsonl"


def path(settings: Settings) -> Path:
    return settings.root / FILE_NAME


def note(session: Session, book: Path, now: datetime) -> None:
    """Adds the newest entry's digest, unless it stands there already."""
    newest = session.execute(
        select(AuditEntry.seq, AuditEntry.digest).order_by(AuditEntry.seq.desc()).limit(1)
    ).first()
    if newest is None or newest.seq in noted(book):
        return
    line = json.dumps({"seq": newest.seq, "digest": newest.digest, "at": now.isoformat()}) + "\n"
    handle = os.open(book, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def noted(book: Path) -> dict[int, str]:
    """Sequence number → digest, of every head in the book; empty before the first."""
    if not book.exists():
        return {}
    rows = [json.loads(line) for line in book.read_text().splitlines() if line.endswith("}")]
    return {row["seq"]: row["digest"] for row in rows}

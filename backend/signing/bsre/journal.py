"""Every call to the service on record: when, how long, and what it answered; never what was sent.

Agencies must be able to show each transaction. Nothing here may stop a signature: a record that
cannot be written is logged instead.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from backend.core.db import Work
from backend.signing.bsre.service import RefusedError, UncertainError, redacted
from backend.signing.bsre.transport import AwayError, NoAnswerError
from backend.signing.models import ServiceCall
from backend.signing.planning import BSRE

log = structlog.get_logger(__name__)


@dataclass
class Note:
    """What a caller adds while the call is under way."""

    reference: str | None = None
    words: str | None = None
    code: int | None = None
    outcome: str = "answered"
    result_digest: str | None = None

    def result(self, data: bytes) -> None:
        self.result_digest = hashlib.sha256(data).hexdigest() if data else None


@dataclass(frozen=True)
class Journal:
    open_work: Callable[[], AbstractContextManager[Work]]

    @contextmanager
    def calling(
        self,
        call: str,
        *secrets: str,
        person_id: UUID | None = None,
        attempt_id: UUID | None = None,
    ) -> Iterator[Note]:
        """Records the call made in the block, whatever becomes of it. `secrets` stand in no record."""
        note, http = Note(), None
        began = time.monotonic()
        try:
            yield note
            http = 200
        except RefusedError as refused:
            note.outcome, http = "refused", refused.http
            note.code, note.words = refused.code, redacted(refused.words, *secrets)
            raise
        except UncertainError as uncertain:
            note.outcome, note.reference = uncertain.reason, uncertain.reference
            raise
        except NoAnswerError as silent:
            note.outcome = silent.reason
            raise
        except AwayError:
            note.outcome = "away"
            raise
        finally:
            took = round((time.monotonic() - began) * 1000)
            facts = {"person_id": person_id, "attempt_id": attempt_id, "http_status": http}
            self._write(call, note, milliseconds=took, **facts)

    def _write(self, call: str, note: Note, **facts: Any) -> None:
        try:
            with self.open_work() as work:
                row = ServiceCall(provider=BSRE, call=call, at=work.now, **vars(note), **facts)
                work.session.add(row)
        except Exception:
            log.exception("service call not recorded", call=call, outcome=note.outcome)

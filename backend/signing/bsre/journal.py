"""Every call to the service on record: when, how long, and what it answered; never what was sent.

Agencies must be able to show each transaction. Nothing here may stop a signature: a record that
cannot be written is logged instead.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
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
        with self.calling_for(call, *secrets, person_id=person_id, attempts=[attempt_id]) as notes:
            yield notes[0]

    @contextmanager
    def calling_for(
        self,
        call: str,
        *secrets: str,
        person_id: UUID | None,
        attempts: Sequence[UUID | None],
    ) -> Iterator[list[Note]]:
        """The same for one call about several attempts: each has a record, and a note, of its own."""
        notes, http = [Note() for _ in attempts], None
        began = time.monotonic()
        try:
            yield notes
            http = 200
        except RefusedError as refused:
            http = refused.http
            words = redacted(refused.words, *secrets)
            _mark(notes, outcome="refused", code=refused.code, words=words)
            raise
        except UncertainError as uncertain:
            _mark(notes, outcome=uncertain.reason, reference=uncertain.reference)
            raise
        except NoAnswerError as silent:
            _mark(notes, outcome=silent.reason)
            raise
        except AwayError:
            _mark(notes, outcome="away")
            raise
        finally:
            took = round((time.monotonic() - began) * 1000)
            for note, attempt_id in zip(notes, attempts, strict=True):
                facts = {"person_id": person_id, "attempt_id": attempt_id, "http_status": http}
                self._write(call, note, milliseconds=took, **facts)

    def _write(self, call: str, note: Note, **facts: Any) -> None:
        try:
            with self.open_work() as work:
                row = ServiceCall(provider=BSRE, call=call, at=work.now, **vars(note), **facts)
                work.session.add(row)
        except Exception:
            log.exception("service call not recorded", call=call, outcome=note.outcome)


def _mark(notes: Sequence[Note], **facts: Any) -> None:
    for note in notes:
        for name, value in facts.items():
            setattr(note, name, value)

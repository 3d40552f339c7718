"""`Idempotency-Key`: an unsafe request repeated with the same key gets the first answer again.

The record is written in the effect's own transaction. Fingerprints are HMACs of the request
without its secret fields; answers that carry secrets are never stored (see access.Rule.storable).
"""

import hashlib
import hmac
from typing import Any

from flask import Request, Response, current_app, json
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.core.db import Work
from backend.core.errors import ALREADY_DONE, IN_FLIGHT, INVALID, KEY_REUSED
from backend.core.models import IdempotencyRecord

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SECRET_FIELDS = frozenset(
    {"password", "old", "new", "code", "recovery_code", "passphrase", "secrets", "token"}
)
LONGEST_ANSWER = 64 * 1024


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_secrets(v) for k, v in value.items() if k not in SECRET_FIELDS}
    if isinstance(value, list):
        return [_without_secrets(v) for v in value]
    return value


def _fingerprint(request: Request, key: bytes) -> str:
    if request.mimetype == "application/json":
        body = json.dumps(_without_secrets(request.get_json(silent=True)), sort_keys=True)
    else:
        names = ("Content-Length", "Content-Type", "X-Filename", "X-Content-SHA256")
        body = "|".join(request.headers.get(name, "") for name in names)
    message = f"{request.method} {request.full_path}\n{body}"
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


class Replay:
    """One keyed request, from look-up to record."""

    def __init__(self, work: Work, request: Request, scope: str, *, storable: bool) -> None:
        self._session: Session = work.session
        self._now = work.now
        self._scope = scope
        self._key = request.headers["Idempotency-Key"]
        if not 8 <= len(self._key) <= 64:
            raise INVALID()
        self._fingerprint = _fingerprint(request, current_app.config["FINGERPRINT_KEY"])
        self._storable = storable

    def earlier_answer(self) -> Response | None:
        """The stored answer, or None when this request is the first. Refuses all else."""
        held = self._session.scalar(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 1))"),
            {"name": f"{self._scope} {self._key}"},
        )
        if not held:
            raise IN_FLIGHT()
        record = self._session.scalar(
            select(IdempotencyRecord).where(
                IdempotencyRecord.scope == self._scope, IdempotencyRecord.key == self._key
            )
        )
        if record is None:
            return None
        if not hmac.compare_digest(record.fingerprint, self._fingerprint):
            raise KEY_REUSED()
        if record.body is None and record.status != 204:
            raise ALREADY_DONE()
        answer = "" if record.body is None else json.dumps(record.body["json"])
        return Response(answer, status=record.status, content_type="application/json")

    def record(self, response: Response) -> None:
        """Keeps the answer beside the effect it reports."""
        keep = (
            self._storable
            and response.is_json
            and not response.is_streamed
            and response.content_length is not None
            and response.content_length <= LONGEST_ANSWER
        )
        self._session.add(
            IdempotencyRecord(
                scope=self._scope,
                key=self._key,
                fingerprint=self._fingerprint,
                status=response.status_code,
                body={"json": response.get_json()} if keep else None,
                created_at=self._now,
            )
        )

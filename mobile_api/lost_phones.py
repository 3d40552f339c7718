"""What the outbox of a lost phone still sends: its session ended, but its cookies say whose it was."""

from typing import Any

from flask import g, request

from backend.core.db import Actor
from backend.core.errors import DomainError
from backend.identity import quarantine, statements
from backend.identity.models import Device, QuarantineKind
from backend.identity.problems import QUARANTINED
from backend.routing.ticks import TYP as TICK
from backend.signing.offline import answers
from backend.signing.sad import TYPE as AUTHORISATION
from mobile_api.authentication import left_session
from mobile_api.context import current_services, current_work

_STATED = {
    QuarantineKind.TICK: ("statement", TICK),
    QuarantineKind.AUTHORISATION: ("sad", AUTHORISATION),
}


def set_apart(kind: QuarantineKind) -> None:
    """Keeps what this request wanted, without its secrets, if a lost phone sent it.

    Raises QUARANTINED then; returns for everybody else, who is simply not signed in.
    """
    try:
        session = left_session(current_services())
    except DomainError:
        return  # somebody else's cookies by now: they are asked to sign in
    device_id = session.device_id if session else None
    device = current_work().session.get(Device, device_id) if device_id else None
    if device is None or device.lost_at is None:
        return
    g.actor = Actor(person_id=device.person_id, device_id=device.id, request_id=g.request_id)
    if kind is not QuarantineKind.OPENED:
        statement, claims = _stated(kind, device)
        documents = claims.get("documents")
        steps = [d.get("step") for d in documents] if isinstance(documents, list) else []
        quarantine.keep(
            current_work(),
            device,
            kind,
            entry=request.headers.get("Idempotency-Key", g.request_id),
            steps=[str(step) for step in steps] or [str((request.view_args or {}).get("step_id"))],
            statement=statement,
            claimed=answers.claimed(claims),
        )
    raise QUARANTINED()


def _stated(kind: QuarantineKind, device: Device) -> tuple[str | None, dict[str, Any]]:
    """The statement that came with it, if this very device signed it, and what it says."""
    name, typ = _STATED.get(kind, ("", ""))
    body = request.get_json(silent=True)
    statement = body.get(name) if isinstance(body, dict) else None
    if not isinstance(statement, str):
        return None, {}
    try:
        return statement, statements.claims_signed_by(device.public_jwk, statement, typ)
    except DomainError:
        return None, {}

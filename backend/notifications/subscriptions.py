"""A phone says how it can be rung."""

import base64
import binascii
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import ColumnElement, delete, select

from backend.audit.trail import record
from backend.core.db import Work
from backend.notifications import problems
from backend.notifications.endpoints import EndpointRefusedError, judge
from backend.notifications.models import PushSubscription

WEB_PUSH = "web-push"
FCM = "fcm"


def subscribe(
    work: Work, *, endpoint: str, p256dh: str, auth: str, allowed: tuple[str, ...]
) -> PushSubscription:
    """Ties a Web Push address to the actor's device, in place of any it had.

    An endpoint belongs to one device: on a shared browser the last to subscribe has it.
    """
    try:
        judge(endpoint, allowed)
    except EndpointRefusedError as error:
        raise problems.ENDPOINT_REFUSED(host=error.host or "?") from error
    _check_keys(p256dh, auth)
    address = {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}
    return _keep(work, WEB_PUSH, address, PushSubscription.address["endpoint"].astext == endpoint)


def subscribe_app(work: Work, *, kind: str, value: str, available: bool) -> PushSubscription:
    """Ties an app's FCM registration (`fid` or `token`) to the actor's device, as above.

    Raises PROVIDER_OFF where no service account is configured.
    """
    if not available:
        raise problems.PROVIDER_OFF()
    address = {kind: value}
    return _keep(work, FCM, address, PushSubscription.address == address)


def _keep(
    work: Work, provider: str, address: dict[str, Any], same: ColumnElement[bool]
) -> PushSubscription:
    if work.actor.device_id is None:
        raise problems.DEVICE_REQUIRED()
    work.session.execute(
        delete(PushSubscription).where((PushSubscription.device_id == work.actor.device_id) | same)
    )
    subscription = PushSubscription(
        person_id=work.actor.known_id,
        device_id=work.actor.device_id,
        provider=provider,
        address=address,
        created_at=work.now,
    )
    work.session.add(subscription)
    work.session.flush()
    record(work, "push.subscribed", "device", work.actor.device_id, provider=provider)
    return subscription


def unsubscribe(work: Work) -> None:
    """The actor's device is not rung any more."""
    subscription = work.session.scalars(
        select(PushSubscription).where(PushSubscription.device_id == work.actor.device_id)
    ).first()
    if subscription is not None:
        work.session.delete(subscription)
        record(work, "push.unsubscribed", "device", subscription.device_id)


def _check_keys(p256dh: str, auth: str) -> None:
    """RFC 8291 §3: an uncompressed P-256 point and 16 random bytes."""
    try:
        point, secret = _decode(p256dh), _decode(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, binascii.Error) as error:
        raise problems.KEYS_INVALID() from error
    if len(point) != 65 or len(secret) != 16:
        raise problems.KEYS_INVALID()


def _decode(text: str) -> bytes:
    padded = text.rstrip("=").encode("ascii") + b"=" * (-len(text.rstrip("=")) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True)

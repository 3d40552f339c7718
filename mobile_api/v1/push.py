"""How a phone asks to be rung."""

from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from backend.notifications import subscriptions
from mobile_api.access import signed_in
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body

bp = APIBlueprint("push", __name__, url_prefix="/api/v1/push", tag="notifications")


class ServerKey(BaseModel):
    vapid_public_key: str


class Keys(Body):
    p256dh: Annotated[str, Field(max_length=128)]
    auth: Annotated[str, Field(max_length=64)]


class Subscription(Body):
    endpoint: Annotated[str, Field(max_length=2048)]
    keys: Keys


class Subscribed(BaseModel):
    subscribed: bool


@bp.get("/key")
@signed_in
@bp.output(ServerKey)
def key() -> ServerKey:
    """The application server key to subscribe with (RFC 8292)."""
    return ServerKey(vapid_public_key=current_services().vapid.public)


@bp.put("/subscription")
@signed_in
@bp.input(Subscription)
@bp.output(Subscribed)
def subscribe(json_data: Subscription) -> Subscribed:
    """Ties a Web Push subscription to this device, in place of any it had."""
    subscriptions.subscribe(
        current_work(),
        endpoint=json_data.endpoint,
        p256dh=json_data.keys.p256dh,
        auth=json_data.keys.auth,
        allowed=current_services().settings.push_hosts,
    )
    return Subscribed(subscribed=True)


@bp.delete("/subscription")
@signed_in
@bp.output(Subscribed)
def unsubscribe() -> Subscribed:
    """Stops ringing this device."""
    subscriptions.unsubscribe(current_work())
    return Subscribed(subscribed=False)

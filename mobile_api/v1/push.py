"""How a phone asks to be rung."""

from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from backend.notifications import subscriptions
from backend.notifications.subscriptions import FCM
from mobile_api.access import signed_in
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body

bp = APIBlueprint("push", __name__, url_prefix="/api/v1/push", tag="notifications")


class ServerKey(BaseModel):
    vapid_public_key: str
    app: bool
    """Whether an app may register with FCM."""


class Keys(Body):
    p256dh: Annotated[str, Field(max_length=128)]
    auth: Annotated[str, Field(max_length=64)]


class Subscription(Body):
    endpoint: Annotated[str, Field(max_length=2048)]
    keys: Keys


class Registration(Body):
    kind: Literal["fid", "token"]
    """A Firebase installation ID, or the registration token of an older library."""
    value: Annotated[str, Field(min_length=8, max_length=4096, pattern=r"^[\x21-\x7e]+$")]


class Subscribed(BaseModel):
    subscribed: bool


@bp.get("/key")
@signed_in
@bp.output(ServerKey)
def key() -> ServerKey:
    """The application server key to subscribe with (RFC 8292), and whether apps may register."""
    services = current_services()
    return ServerKey(vapid_public_key=services.vapid.public, app=FCM in services.push)


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


@bp.put("/registration")
@signed_in
@bp.input(Registration)
@bp.output(Subscribed)
def register(json_data: Registration) -> Subscribed:
    """Ties an app's registration with FCM to this device, in place of any it had."""
    subscriptions.subscribe_app(
        current_work(),
        kind=json_data.kind,
        value=json_data.value,
        available=FCM in current_services().push,
    )
    return Subscribed(subscribed=True)


@bp.delete("/subscription")
@signed_in
@bp.output(Subscribed)
def unsubscribe() -> Subscribed:
    """Stops ringing this device."""
    subscriptions.unsubscribe(current_work())
    return Subscribed(subscribed=False)

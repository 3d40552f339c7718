"""Firebase Cloud Messaging, HTTP v1: for the app in a native shell.

Google reads what passes here, unlike a Web Push: a generic title, opaque identifiers, a number.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import firebase_admin
from firebase_admin import credentials, messaging
from firebase_admin.exceptions import FirebaseError, InvalidArgumentError, NotFoundError
from google.auth.exceptions import GoogleAuthError, TransportError
from requests.adapters import HTTPAdapter

from backend.notifications.carrying import Answer, Message, Priority, Sent, asked_wait
from backend.notifications.subscriptions import FCM

SECONDS = 10
_FCM = "https://fcm.googleapis.com"


class FcmSender:
    """Sends with the service account in a file; a proxy and its authority as the environment says.

    The library's synchronous calls: its asynchronous ones ignore the proxy.
    """

    provider = FCM

    def __init__(self, account: Path, *, now: Callable[[], float] = time.time) -> None:
        self._account, self._now = account, now
        self._lock = threading.Lock()
        self._app: firebase_admin.App | None = None

    def send(self, address: dict[str, Any], message: Message) -> Sent:
        """One request. What the library raises becomes an answer."""
        try:
            app = self._ready()
        except (OSError, ValueError):
            # The account's file is missing or is none: `centang doctor` says so.
            return Sent(Answer.BUSY)
        try:
            messaging.send(_composed(address, message), app=app)
        except (messaging.UnregisteredError, messaging.SenderIdMismatchError, ValueError):
            return Sent(Answer.GONE)
        except FirebaseError as error:
            return self._judged(error)
        except (OSError, GoogleAuthError):
            # No line, or an account that Google does not know (any more): the address is innocent.
            return Sent(Answer.BUSY)
        return Sent(Answer.DELIVERED, status=200)

    def check(self) -> None:
        """Whether Google lets the account send.

        Raises PermissionError when not, ConnectionError without a line, ValueError or another
        OSError for a file that is none.
        """
        app = self._ready()
        try:
            app.credential.get_access_token()
        except TransportError as error:
            raise ConnectionError from error
        except GoogleAuthError as error:
            raise PermissionError from error

    def close(self) -> None:
        with self._lock:
            if self._app:
                firebase_admin.delete_app(self._app)
                self._app = None

    def _judged(self, error: FirebaseError) -> Sent:
        response = error.http_response
        status = response.status_code if response is not None else None
        if isinstance(error, NotFoundError):
            return Sent(Answer.GONE, status=status)
        if isinstance(error, InvalidArgumentError):
            return Sent(Answer.REFUSED, status=status)
        asked = response.headers.get("Retry-After") if response is not None else None
        return Sent(Answer.BUSY, asked_wait(asked, self._now()), status)

    def _ready(self) -> firebase_admin.App:
        with self._lock:
            if self._app is None:
                account = credentials.Certificate(str(self._account))
                options = {"httpTimeout": SECONDS}
                app = firebase_admin.initialize_app(account, options, f"centang-{id(self)}")
                # Left alone the library sleeps through a service's Retry-After in its caller's
                # thread, up to hours. There is no public setting for it; a test holds this.
                service = messaging._get_messaging_service(app)  # noqa: SLF001
                service._client.session.mount(_FCM, HTTPAdapter(max_retries=0))  # noqa: SLF001
                self._app = app
            return self._app


def _composed(address: dict[str, Any], message: Message) -> messaging.Message:
    high = message.priority is Priority.HIGH
    data = {"id": str(message.id), "waits": str(message.waits)}
    if message.step_id:
        data["step"] = str(message.step_id)
    if message.over:
        data["over"] = "true"
    seconds = int(message.lasts.total_seconds())
    composed = messaging.Message(
        fid=address.get("fid"),
        data=data,
        notification=messaging.Notification(title=message.title),
        android=messaging.AndroidConfig(
            collapse_key=message.group,
            priority="high" if high else "normal",
            ttl=message.lasts,
            notification=messaging.AndroidNotification(
                tag=message.topic, notification_count=message.waits
            ),
        ),
        apns=messaging.APNSConfig(
            headers={
                "apns-collapse-id": message.topic,
                "apns-priority": "10" if high else "5",
                "apns-expiration": str(int(time.time()) + seconds),
            },
            payload=messaging.APNSPayload(messaging.Aps(badge=message.waits)),
        ),
    )
    # Given to the constructor it warns, though apps with an older library know nothing else.
    composed.token = address.get("token")
    return composed

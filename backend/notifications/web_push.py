"""Web Push: RFC 8030 requests, RFC 8291 encryption, RFC 8292 identification."""

import json
import time
from collections.abc import Callable
from typing import Any

import certifi
import urllib3
from pywebpush import WebPusher, WebPushException

from backend.notifications.carrying import Answer, Message, Sent, asked_wait
from backend.notifications.endpoints import (
    Endpoint,
    EndpointRefusedError,
    Resolve,
    address_of,
    judge,
)
from backend.notifications.subscriptions import WEB_PUSH
from backend.notifications.vapid import VapidKey

TIMEOUT = urllib3.Timeout(connect=5, read=10)
LONGEST_ANSWER = 4096


class WebPushSender:
    """Calls only allow-listed hosts at public addresses, follows no redirect, uses no proxy."""

    provider = WEB_PUSH

    def __init__(
        self,
        vapid: VapidKey,
        allowed: tuple[str, ...],
        *,
        resolve: Resolve | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._vapid, self._allowed, self._resolve, self._now = vapid, allowed, resolve, now

    def send(self, address: dict[str, Any], message: Message) -> Sent:
        """One request. The payload is encrypted to the browser's own key."""
        try:
            endpoint = judge(address["endpoint"], self._allowed)
            body = bytes(WebPusher(address).encode(_payload(message))["body"])
        except (EndpointRefusedError, WebPushException, ValueError, KeyError, TypeError):
            return Sent(Answer.GONE)
        headers = {
            "Host": endpoint.origin.split("://", 1)[1],
            "Authorization": self._vapid.authorisation(endpoint.origin, int(self._now())),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(message.lasts.total_seconds())),
            "Topic": message.topic,
            "Urgency": message.priority.value,
        }
        try:
            return self._post(endpoint, headers, body)
        except EndpointRefusedError:
            return Sent(Answer.GONE)
        except (OSError, urllib3.exceptions.HTTPError):
            return Sent(Answer.BUSY)

    def _post(self, endpoint: Endpoint, headers: dict[str, str], body: bytes) -> Sent:
        pool = _pool(endpoint, address_of(endpoint, self._resolve))
        try:
            response = pool.urlopen(
                "POST",
                endpoint.target,
                body=body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                assert_same_host=False,
            )
            response.read(LONGEST_ANSWER, decode_content=False)
            return _judge(response.status, response.headers.get("Retry-After"), self._now())
        finally:
            pool.close()


def _payload(message: Message) -> bytes:
    """What pwa/sw/worker.ts reads."""
    told: dict[str, Any] = {
        "id": str(message.id),
        "title": message.title,
        "waits": message.waits,
    }
    if message.step_id:
        told["step"] = str(message.step_id)
    if message.over:
        told["over"] = True
    return json.dumps(told, ensure_ascii=False).encode()


def _pool(endpoint: Endpoint, address: str) -> urllib3.HTTPConnectionPool:
    """Connections to exactly this address, with the certificate checked for the host's name."""
    if not endpoint.secure:
        return urllib3.HTTPConnectionPool(address, endpoint.port, timeout=TIMEOUT)
    return urllib3.HTTPSConnectionPool(
        address,
        endpoint.port,
        timeout=TIMEOUT,
        server_hostname=endpoint.host,
        assert_hostname=endpoint.host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
    )


def _judge(status: int, retry_after: str | None, now: float) -> Sent:
    if 200 <= status < 300:
        return Sent(Answer.DELIVERED, status=status)
    if status in {404, 410}:
        return Sent(Answer.GONE, status=status)
    if status == 429 or status >= 500:
        return Sent(Answer.BUSY, asked_wait(retry_after, now), status)
    return Sent(Answer.REFUSED, status=status)

"""A strict push service on loopback: RFC 8030 requests, VAPID checked, messages decrypted."""

import base64
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LARGEST = 4096


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """What a browser keeps for one subscription, and what it received."""

    token: str
    server_key: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: b"0123456789abcdef")
    messages: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    asleep: bool = False
    """Switched off: what comes is kept, of each topic the last (RFC 8030 §5.4)."""
    kept: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": encode(point), "auth": encode(self.auth)}

    def take(self, body: bytes, headers: dict[str, str]) -> None:
        if self.asleep:
            self.kept[headers.get("topic") or f"message {len(self.kept)}"] = body, headers
            return
        text = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        self.messages.append(json.loads(text))
        self.headers.append(headers)

    def wake(self) -> None:
        self.asleep = False
        for body, headers in self.kept.values():
            self.take(body, headers)
        self.kept.clear()


class PushService:
    """Answers as told; otherwise judges the request and delivers the message."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        self.answers: list[tuple[int, dict[str, str]]] = []
        """What to answer next, in turn, instead of delivering."""
        self.refusals: list[str] = []
        self.requests = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def subscribe(self, server_key: str) -> dict[str, Any]:
        """A subscription for one application server, as PushSubscription.toJSON() gives it."""
        browser = Browser(f"token-{len(self.browsers)}", server_key)
        self.browsers[browser.token] = browser
        return {"endpoint": f"{self.origin}/wpush/{browser.token}", "keys": browser.keys}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def judge(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        """Status and reason; 201 when the message reached its browser."""
        browser = self.browsers.get(path.rsplit("/", 1)[-1])
        if browser is None:
            return 410, "unknown subscription"
        if not headers.get("ttl", "").isdigit():
            return 400, "no TTL (RFC 8030 §5.2)"
        if headers.get("urgency") not in {"very-low", "low", "normal", "high"}:
            return 400, "urgency (RFC 8030 §5.3)"
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers.get("topic", "-")):
            return 400, "topic (RFC 8030 §5.4)"
        if len(body) > LARGEST:
            return 413, "too large (RFC 8030 §7.2)"
        if headers.get("content-encoding") != "aes128gcm":
            return 400, "encoding (RFC 8291 §4)"
        if headers.get("host") != self.origin.removeprefix("http://"):
            return 400, "host"
        if reason := self._vapid(headers.get("authorization", ""), browser):
            return 403, reason
        browser.take(body, headers)
        return 201, ""

    def _vapid(self, header: str, browser: Browser) -> str:
        """RFC 8292 §2 to §4."""
        match = re.fullmatch(r"vapid t=([^,]+),\s*k=(\S+)", header)
        if match is None:
            return "no vapid credentials"
        token, key = match.groups()
        if decode(key) != decode(browser.server_key):
            return "another application server's key"
        head, claims_text, signature = token.split(".")
        raw = decode(signature)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
        public.verify(
            utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])),
            f"{head}.{claims_text}".encode(),
            ec.ECDSA(hashes.SHA256()),
        )
        claims = json.loads(decode(claims_text))
        if json.loads(decode(head))["alg"] != "ES256" or claims["aud"] != self.origin:
            return "audience or algorithm"
        if not time.time() < claims["exp"] <= time.time() + 86400:
            return "expiry"
        if not re.match(r"(mailto:|https:)", claims["sub"]):
            return "subject"
        return ""


def _handler(service: PushService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: Any) -> None:
            """Keeps the test's output clean."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            service.requests += 1
            more: dict[str, str] = {}
            if service.answers:
                status, more = service.answers.pop(0)
            else:
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, reason = service.judge(self.path, headers, body)
                if reason:
                    service.refusals.append(reason)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    return Handler

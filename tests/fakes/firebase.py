"""Google's token and FCM v1 endpoints behind a proxy on loopback, as strict as the real ones.

An application is led here through its environment alone: `HTTPS_PROXY` to the proxy, which ends
TLS itself, `REQUESTS_CA_BUNDLE` to its authority, and the service account's file.
"""

import base64
import json
import re
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.local_tls import local_tls

PROJECT = "centang-contoh"
HOSTS = ["fcm.googleapis.com", "oauth2.googleapis.com"]
TOKEN_URI = "https://oauth2.googleapis.com/token"
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
SCOPES = {
    "https://www.googleapis.com/auth/firebase.messaging",
    "https://www.googleapis.com/auth/cloud-platform",
}
"""Either lets its holder send."""
LARGEST_COLLAPSED = 64


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Phone:
    """One registration, and what it received: the whole `message` as sent."""

    messages: list[dict[str, Any]] = field(default_factory=list)


class Firebase:
    """Answers as told; otherwise judges the request and delivers the message."""

    def __init__(self, folder: Path) -> None:
        self.phones: dict[str, Phone] = {}
        self.answers: list[tuple[int, dict[str, str], dict[str, Any]]] = []
        """What to answer next, in turn, instead of delivering."""
        self.refusals: list[str] = []
        self.requests = 0
        self.tokens = 0
        self.accepts = True
        """Whether the account still exists at Google."""
        self._key = rsa.generate_private_key(65537, 2048)
        self.authority, self._tls = local_tls(folder, HOSTS)
        self.account = folder / "account.json"
        self.account.write_text(json.dumps(self._account()))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    @property
    def environment(self) -> dict[str, str]:
        """All that an application needs to find this instead of Google."""
        return {
            "HTTPS_PROXY": f"http://127.0.0.1:{self._server.server_port}",
            "REQUESTS_CA_BUNDLE": str(self.authority),
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.account),
            "NO_PROXY": "",
        }

    def register(self, name: str = "fid-contoh-0001") -> dict[str, str]:
        self.phones[name] = Phone()
        return {"fid": name}

    def forget(self) -> None:
        """As if it had just started; access tokens that were given stay good."""
        self.phones.clear()
        self.answers.clear()
        self.refusals.clear()
        self.requests = 0

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def wrap(self, connection: Any) -> ssl.SSLSocket:
        return self._tls.wrap_socket(connection, server_side=True)

    def token(self, form: str) -> tuple[int, dict[str, Any]]:
        """RFC 7523: an access token for an assertion signed with the account's key."""
        assertion = parse_qs(form)["assertion"][0]
        signed, _, signature = assertion.rpartition(".")
        self._key.public_key().verify(
            decode(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        claims = json.loads(decode(signed.split(".")[1]))
        allowed = SCOPES & set(claims["scope"].split())
        good = claims["aud"] == TOKEN_URI and allowed and claims["exp"] > time.time()
        if not (good and self.accepts):
            return 400, {"error": "invalid_grant"}
        self.tokens += 1
        answer = {"access_token": f"access-{self.tokens}", "expires_in": 3600}
        return 200, answer | {"token_type": "Bearer"}

    def judge(self, path: str, headers: Any, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer; 200 when the message reached its phone."""
        if path != f"/v1/projects/{PROJECT}/messages:send":
            return 404, _error("NOT_FOUND", "no such project")
        if not re.fullmatch(r"Bearer access-\d+", headers.get("Authorization", "")):
            return 401, _error("UNAUTHENTICATED", "no token")
        message = body.get("message", {})
        named = [message[key] for key in ("fid", "token", "topic", "condition") if key in message]
        if len(named) != 1:
            return 400, _error("INVALID_ARGUMENT", "one target")
        if reason := _wrong(message):
            return 400, _error("INVALID_ARGUMENT", reason)
        phone = self.phones.get(named[0])
        if phone is None:
            return 404, _error("NOT_FOUND", "gone", "UNREGISTERED")
        phone.messages.append(message)
        return 200, {"name": f"projects/{PROJECT}/messages/{len(phone.messages)}"}

    def _account(self) -> dict[str, str]:
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "1",
            "private_key": pem.decode(),
            "client_email": f"centang@{PROJECT}.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": TOKEN_URI,
        }


def _wrong(message: dict[str, Any]) -> str:
    """What FCM would refuse of a message's shape."""
    android, apns = message.get("android", {}), message.get("apns", {})
    data = message.get("data", {})
    if not all(isinstance(value, str) for value in data.values()):
        return "data holds text alone"
    if android.get("priority", "normal") not in {"normal", "high"}:
        return "priority"
    if not re.fullmatch(r"\d+(\.\d+)?s", android.get("ttl", "0s")):
        return "ttl"
    if len(apns.get("headers", {}).get("apns-collapse-id", "")) > LARGEST_COLLAPSED:
        return "apns-collapse-id"
    return ""


def _error(status: str, said: str, code: str | None = None) -> dict[str, Any]:
    details = [{"@type": FCM_ERROR, "errorCode": code}] if code else []
    return {"error": {"status": status, "message": said, "details": details}}


def failure(
    status: int, name: str, code: str | None = None, **headers: str
) -> tuple[int, dict[str, str], dict[str, Any]]:
    """An answer for `Firebase.answers`."""
    said = {key.replace("_", "-"): value for key, value in headers.items()}
    return status, said, _error(name, "contoh", code)


def _handler(firebase: Firebase) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: Any) -> None:
            """Keeps the test's output clean."""

        def do_CONNECT(self) -> None:
            if self.path.split(":")[0] not in HOSTS:
                self.send_error(403)
                return
            self.send_response(200)
            self.end_headers()
            with firebase.wrap(self.connection) as inside:
                Handler(inside, self.client_address, self.server)
            self.close_connection = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            more: dict[str, str] = {}
            if self.path == "/token":
                status, answer = firebase.token(body)
            else:
                firebase.requests += 1
                if firebase.answers:
                    status, more, answer = firebase.answers.pop(0)
                else:
                    status, answer = firebase.judge(self.path, self.headers, json.loads(body))
                    if status != 200:
                        firebase.refusals.append(answer["error"]["message"])
            content = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in (more | {"Content-Type": "application/json"}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler

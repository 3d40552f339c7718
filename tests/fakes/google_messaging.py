"""What Chromium asks of its vendor's push service, answered on loopback.

Three doors: check-in and registration over HTTP, the stream of messages over TLS (MCS), and for
application servers the push resource of RFC 8030. Messages are protocol buffers, written by hand:
few fields of few messages matter. What is encrypted passes through as it came.
"""

import contextlib
import socket
import ssl
import struct
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PING, PONG, LOGGED_IN, MESSAGE = 0, 1, 3, 8
"""Tags of MCS frames."""
DEVICE = b"\x08\x01\x39" + struct.pack("<Q", 0x43454E54) + b"\x41" + struct.pack("<Q", 0x414E47)
"""A check-in's answer: all is well, this device's number, and its token."""


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _frame(tag: int, body: bytes = b"") -> bytes:
    return bytes([tag]) + _varint(len(body)) + body


class GoogleMessaging:
    """The service. `requests` are the application server's, headers in lower case."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self._apps: dict[str, dict[str, str]] = {}
        self._waiting: list[bytes] = []
        self._stream: ssl.SSLSocket | None = None
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._mcs = socket.create_server(("127.0.0.1", 0))
        self._tls = _tls()
        for serve in (self._http.serve_forever, self._accept):
            threading.Thread(target=serve, daemon=True).start()

    @property
    def flags(self) -> list[str]:
        """What makes a Chromium believe that this is its service."""
        http, mcs = f"http://127.0.0.1:{self._http.server_port}", self._mcs.getsockname()[1]
        return [
            f"--gcm-checkin-url={http}/checkin",
            f"--gcm-registration-url={http}/register",
            f"--gcm-mcs-endpoint=https://127.0.0.1:{mcs}",
            "--ignore-certificate-errors",
        ]

    def here(self, endpoint: str) -> str:
        """Where an endpoint of Google's is on this machine."""
        return f"http://127.0.0.1:{self._http.server_port}{urlsplit(endpoint).path}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._mcs.close()

    # -- over HTTP ---------------------------------------------------------------------------

    def register(self, form: bytes) -> bytes:
        app = {name: values[0] for name, values in parse_qs(form.decode()).items()}
        token = f"token-{uuid.uuid4().hex}"
        self._apps[token] = app
        return f"token={token}".encode()

    def deliver(self, token: str, headers: dict[str, str], body: bytes) -> int:
        """A message from the application server: 201, or 410 for an unknown subscription."""
        app = self._apps.get(token)
        if app is None:
            return 410
        self.requests.append((headers, body))
        facts = {
            "subtype": app.get("X-subtype", app.get("subtype", "")),
            "content-encoding": headers["content-encoding"],
        }
        stanza = _field(2, uuid.uuid4().hex) + _field(3, app["sender"]) + _field(5, app["app"])
        for name, value in facts.items():
            stanza += _field(7, _field(1, name) + _field(2, value))
        stanza += _field(9, f"0:{uuid.uuid4().hex}") + _field(17, int(headers["ttl"]))
        self._send(_frame(MESSAGE, stanza + _field(21, body)))
        return 201

    def _send(self, frame: bytes) -> None:
        with self._lock:
            if self._stream:
                self._stream.sendall(frame)
            else:
                self._waiting.append(frame)

    # -- the stream --------------------------------------------------------------------------

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                raw, _ = self._mcs.accept()
                threading.Thread(target=self._talk, args=(raw,), daemon=True).start()

    def _talk(self, raw: socket.socket) -> None:
        with (
            contextlib.suppress(OSError, EOFError),
            self._tls.wrap_socket(raw, server_side=True) as stream,
        ):
            version = _read(stream, 1)
            for number, tag in enumerate(_frames(stream)):
                if number == 0:  # the log-in
                    hello = _field(1, "login-1") + _field(8, int(time.time() * 1000))
                    with self._lock:
                        stream.sendall(version + _frame(LOGGED_IN, hello))
                        stream.sendall(b"".join(self._waiting))
                        self._waiting.clear()
                        self._stream = stream
                elif tag == PING:
                    self._send(_frame(PONG))


def _read(stream: ssl.SSLSocket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _frames(stream: ssl.SSLSocket) -> Iterator[int]:
    """The tag of each frame; nothing that the browser says matters here."""
    while True:
        tag, size, shift = _read(stream, 1)[0], 0, 0
        while (byte := _read(stream, 1)[0]) & 0x80:
            size |= (byte & 0x7F) << shift
            shift += 7
        _read(stream, size | byte << shift)
        yield tag


def _handler(service: GoogleMessaging) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: Any) -> None:
            """Keeps the test's output clean."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            path, status, answer = urlsplit(self.path).path, 200, b""
            if path == "/checkin":
                answer = DEVICE
            elif path == "/register":
                answer = service.register(body)
            else:
                headers = {name.lower(): value for name, value in self.headers.items()}
                status = service.deliver(path.rsplit("/", 1)[-1], headers, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    return Handler


def _tls() -> ssl.SSLContext:
    """A server's context with a certificate of its own making."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context.load_cert_chain(path)
    return context

"""Another authority on the network: its certificates, lists, OCSP and time stamps over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.x509 import ocsp

from backend.certificates.kinds import AuthorityKind
from backend.core.clock import Clock
from tests.factories.pki import Pki, make_pki


class AuthorityServer:
    """`pki` is what it serves; `requests` the paths asked for; `broken` makes it answer 500."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.requests: list[str] = []
        self.broken = False
        self.says: bytes | None = None
        """Overrides every answer."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def _answer(self, body: bytes) -> None:
                outer.requests.append(self.path)
                said = outer.answer(self.path, body)
                self.send_response(500 if outer.broken else 200)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.pki: Pki = make_pki(folder, clock, origin=self.origin)

    def answer(self, path: str, body: bytes) -> bytes:
        if self.says is not None:
            return self.says
        if path == "/tsa":
            return self.pki.issuer.timestamp(body)
        if path == "/ocsp":
            return self.pki.ocsp(ocsp.load_der_ocsp_request(body).serial_number)
        identifier, _, kind = path.removeprefix("/pki/").partition(".")
        known = next(a for a in self.pki.issuer.authorities() if str(a.id) == identifier)
        return self.pki.crl(AuthorityKind(known.kind)) if kind == "crl" else known.certificate

    @contextmanager
    def running(self) -> Iterator["AuthorityServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

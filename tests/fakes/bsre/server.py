"""The stand-in on a port of its own, with the authority whose certificates it signs under."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from backend.core.clock import Clock, SystemClock
from tests.fakes.authority_server import AuthorityServer
from tests.fakes.bsre import v1, v2
from tests.fakes.bsre.answers import answer
from tests.fakes.bsre.house import CREDENTIALS, House


class BsreServer:
    """`with server.running(): …`; then `origin` is its address and `house` what it knows."""

    def __init__(
        self, folder: Path, clock: Clock | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        clock = clock or SystemClock()
        self.authority = AuthorityServer(folder, clock)
        self.house = House(self.authority.pki, clock)
        house = self.house

        class Handler(WSGIRequestHandler):
            def log(self, *_arguments: Any) -> None:
                pass

            def date_time_string(self, timestamp: float | None = None) -> str:
                """What its answers say the time is: by its own clock."""
                del timestamp
                return http_date(house.clock.now())

        self._server = make_server(
            "127.0.0.1", 0, self._serve, threaded=True, request_handler=Handler, ssl_context=tls
        )
        scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
        self.origin = f"{scheme}://{host}:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator["BsreServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            with self.authority.running():
                yield self
        finally:
            self.house.released.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def _serve(self, environ: dict[str, Any], start: Any) -> Any:
        request = Request(environ)
        with request:
            response = self._dispatch(request)
        if response is None:
            # The service is gone in the middle of an answer: neither status nor body arrives.
            connection: socket.socket = environ["werkzeug.socket"]
            connection.shutdown(socket.SHUT_RDWR)
            response = Response(b"")
        return response(environ, start)

    def _dispatch(self, request: Request) -> Response | None:
        self.house.calls.append(f"{request.method} {request.path}")
        given = request.authorization
        if given is None or (given.username, given.password) != CREDENTIALS:
            said = {"error": "Unauthorized", "path": request.path, "status": 401}
            return answer({"timestamp": int(time.time() * 1000), **said}, 401)
        for routes in (v1.ROUTES, v2.ROUTES):
            adapter = routes.bind("")
            try:
                handler, arguments = adapter.match(request.path, request.method)
            except HTTPException:
                continue
            return handler(self.house, request, **arguments)
        return answer({"error": "Not Found", "path": request.path, "status": 404}, 404)

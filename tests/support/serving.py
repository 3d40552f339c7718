"""The application behind a real socket, in a thread of the test's own process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from mobile_api.app import Application


class _Quiet(WSGIRequestHandler):
    def log(self, *_arguments: Any) -> None:
        pass


@contextmanager
def serving(app: Application) -> Iterator[str]:
    """The origin at which it answers for as long as the block runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

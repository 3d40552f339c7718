"""Answers again what a public view has just answered, before a request becomes one for the app.

A view that shows a kept record says so with `keep`. Its answer, headers and all, is then given to
whoever asks for the same under the same conditions, until the record changes (see Published) or
the minute printed on the page is over. Nothing in it belongs to one client; each gets its own
request id.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from backend.bootstrap import Services
from backend.core import metrics
from backend.verification.published import Kept
from backend.verification.records import PublicRecord
from mobile_api.headers import REQUEST_ID, request_id

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger("request")

_MARK = "centang.kept"
_ROUTES = {"/v/": "/v/<code>", "/api/v1/public/records/": "/api/v1/public/records/<code>"}
_QUERIES = frozenset({"", "lang=en"})
_LOG_EVERY = 10.0
"""Seconds: repeated answers get one line together, or a flood would fill the log."""
_OF_THE_BODY = frozenset({"content-length", "content-type", "content-encoding"})


class Conditions(NamedTuple):
    """What an answer depends on besides the record."""

    prefix: str
    query: str
    scheme: str
    brotli: bool


@dataclass(frozen=True)
class Form:
    """One answer as it went out, without what belonged to its request."""

    headers: list[tuple[str, str]]
    body: bytes
    etag: str
    until: datetime


def keep(kept: Kept[PublicRecord], now: datetime) -> None:
    """The answer to the current request may be given again while the minute it shows lasts."""
    until = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    request.environ[_MARK] = (kept, until)


def finish(response: Response) -> Response:
    """Puts a kept answer aside for the next who ask, once its headers are complete."""
    if _MARK not in request.environ or response.status_code != 200:
        return response
    response.add_etag()
    kept, until = request.environ[_MARK]
    asked = _asked(request.environ)
    if asked is not None and asked[0] == kept.value.code:
        kept.forms[asked[1]] = Form(
            headers=[pair for pair in response.headers if pair[0] != REQUEST_ID],
            body=response.get_data(),
            etag=response.headers["ETag"],
            until=until,
        )
    response.make_conditional(request)
    del response.headers["Date"]  # the server's to say
    return response


class Front:
    """A WSGI application around the whole one."""

    def __init__(self, app: "WSGIApplication", services: Callable[[], Services]) -> None:
        self._app, self._services = app, services
        self._repeated, self._logged_at = 0, time.monotonic()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        started = time.perf_counter()
        asked = _asked(environ)
        form = self._form(*asked) if asked else None
        if asked is None or form is None:
            return self._app(environ, start_response)
        same = form.etag in environ.get("HTTP_IF_NONE_MATCH", "")
        headers = form.headers
        if same:
            headers = [pair for pair in headers if pair[0].lower() not in _OF_THE_BODY]
        given = (REQUEST_ID, request_id(environ.get("HTTP_X_REQUEST_ID", "")))
        start_response("304 NOT MODIFIED" if same else "200 OK", [*headers, given])
        self._count(asked[1].prefix, 304 if same else 200, time.perf_counter() - started)
        return [] if same else [form.body]

    def _form(self, code: str, conditions: Conditions) -> Form | None:
        services = self._services()
        try:
            kept = services.published.known(code)
        except SQLAlchemyError:  # the app will say so, as it always does
            return None
        form: Form | None = kept.forms.get(conditions) if kept else None
        return form if form and services.clock.now() < form.until else None

    def _count(self, prefix: str, status: int, seconds: float) -> None:
        metrics.REQUESTS.labels("GET", _ROUTES[prefix], status).observe(seconds)
        self._repeated += 1
        if time.monotonic() - self._logged_at > _LOG_EVERY:
            log.info("public answers repeated", answers=self._repeated)
            self._repeated, self._logged_at = 0, time.monotonic()


def _asked(environ: "WSGIEnvironment") -> tuple[str, Conditions] | None:
    """The code and the conditions, of requests that may be answered again."""
    prefix, _, code = environ["PATH_INFO"].rpartition("/")
    prefix += "/"
    query = environ.get("QUERY_STRING", "")
    if prefix not in _ROUTES or environ["REQUEST_METHOD"] != "GET" or query not in _QUERIES:
        return None
    encodings = environ.get("HTTP_ACCEPT_ENCODING", "")
    brotli = "br" in encodings.replace(" ", "").split(",")
    if not brotli and "br" in encodings:
        return None  # with a weight: the app weighs
    return code, Conditions(prefix, query, environ["wsgi.url_scheme"], brotli)

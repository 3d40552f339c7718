"""For whoever operates the installation: liveness, readiness, metrics, and a line per request."""

import hmac
import time
from ipaddress import ip_address

import structlog
from flask import Blueprint, Flask, Response, g, jsonify, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.core import metrics
from backend.core.errors import NOT_FOUND
from mobile_api.access import public
from mobile_api.context import current_services, current_work

log = structlog.get_logger("request")
operations = Blueprint("operations", __name__)

# Asked every few seconds by machines; their lines would drown the others.
_UNLOGGED = {"operations.healthz", "operations.readyz", "operations.metrics_page"}


@operations.get("/healthz")
@public
def healthz() -> Response:
    """Says that this process answers, and nothing about anything else."""
    return jsonify(status="ok")


@operations.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Whether requests can be served: 200 or 503, with the database and the worker by name."""
    try:
        session = current_work().session
        session.execute(text("SELECT 1"))
        workers = metrics.live_workers(session)
    except SQLAlchemyError:
        return jsonify(status="unavailable", database=False, worker=False), 503
    # Without a worker requests still succeed and their jobs wait: degraded, yet ready.
    return jsonify(status="ok", database=True, worker=workers > 0), 200


@operations.get("/metrics")
@public
def metrics_page() -> Response:
    """For the machine itself, or for whoever knows the token; for others there is no such page."""
    if not _may_scrape():
        raise NOT_FOUND()
    return Response(
        metrics.render(current_work().session),
        content_type=metrics.CONTENT_TYPE,
        headers={"Cache-Control": "no-store"},
    )


def _may_scrape() -> bool:
    token = current_services().settings.metrics_token
    if token is not None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.get_secret_value().encode())
    # A proxy on this machine would make everyone local.
    if {"X-Forwarded-For", "Forwarded", "X-Real-Ip"} & set(request.headers.keys()):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def observe(app: Flask) -> None:
    """Times every request and writes one line about it."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        # The rule, not the path: paths of public pages and one-time links are secrets.
        route = request.url_rule.rule if request.url_rule else "unknown"
        metrics.REQUESTS.labels(request.method, route, response.status_code).observe(seconds)
        if request.endpoint not in _UNLOGGED:
            log.info(
                "request",
                method=request.method,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                person=str(g.actor.person_id) if g.get("actor") and g.actor.person_id else None,
            )
        return response

"""Refusals and failures as `application/problem+json` (RFC 9457)."""

from typing import Any

import structlog
from apiflask.exceptions import HTTPError
from flask import Response, current_app, g, json, request
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from backend.core import errors
from backend.core.errors import DomainError
from mobile_api.context import current_services, db

log = structlog.get_logger(__name__)


def problem_body(error: DomainError, **more: Any) -> dict[str, Any]:
    """The answer's members: RFC 9457's, then a bare code, parameters and the request id."""
    return {
        "type": f"urn:centang:problem:{error.code}",
        "code": error.code,
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "params": error.params,
        "request_id": g.get("request_id", ""),
        **more,
    }


def problem_response(error: DomainError, **more: Any) -> Response:
    response = Response(
        json.dumps(problem_body(error, **more)),
        status=error.status,
        content_type="application/problem+json",
    )
    if "retry_after" in error.params:
        response.headers["Retry-After"] = str(error.params["retry_after"])
    return response


def on_refusal(error: DomainError) -> Response:
    session = db.session()
    if error.problem.keeps_work:
        session.commit()
    else:
        session.rollback()
    return problem_response(error)


def on_invalid(error: HTTPError) -> Response:
    """APIFlask's own errors; for a rejected body, the fields by path with stable words."""
    db.session.rollback()
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        fields = [
            {"path": ".".join(map(str, e["loc"])), "code": e["type"]}
            for e in cause.errors(include_url=False, include_input=False, include_context=False)
        ]
        return problem_response(errors.INVALID(), fields=fields)
    return _by_status(error.status_code)


def on_http_error(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        limit = request.max_content_length or current_services().settings.upload_limit_bytes
        return problem_response(errors.TOO_LARGE(limit_mb=max(1, limit // 1048576)))
    if error.code is not None and 300 <= error.code < 400:
        return Response(status=error.code, headers=error.get_headers())
    return _by_status(error.code or 500)


def _by_status(status: int) -> Response:
    by_status = {
        401: errors.SIGN_IN_REQUIRED,
        403: errors.FORBIDDEN,
        404: errors.NOT_FOUND,
        405: errors.NOT_FOUND,
        409: errors.CONFLICT,
    }
    if status in by_status:
        return problem_response(by_status[status]())
    if status < 500:
        return problem_response(errors.INVALID())
    return problem_response(errors.INTERNAL(request_id=g.get("request_id", "")))


def on_conflict(error: StaleDataError | IntegrityError) -> Response:
    """Two writers met: the loser is told so. The database's own words stay in the log's type."""
    db.session.rollback()
    log.info("conflict", kind=type(error).__name__)
    return problem_response(errors.CONFLICT())


def on_database_gone(error: OperationalError) -> Response:
    db.session.rollback()
    log.error("database", kind=type(error.orig).__name__)
    return problem_response(errors.UNAVAILABLE())


def on_failure(error: Exception) -> Response:
    """Anything unforeseen: the log gets the trace, the client gets a request id."""
    db.session.rollback()
    log.error("failure", kind=type(error).__name__, exc_info=error)
    if current_app.config.get("PROPAGATE_FAILURES"):
        raise error
    return problem_response(errors.INTERNAL(request_id=g.get("request_id", "")))

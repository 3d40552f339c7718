"""The Flask application: one request, one transaction, one commit, here at the edge."""

from typing import Any

import structlog
from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, g, request
from flask.typing import ResponseReturnValue
from flask_jwt_extended import JWTManager
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from backend.bootstrap import Services
from backend.core.errors import NOT_FOUND, DomainError
from mobile_api import authentication, problems, v1
from mobile_api.access import Rule, rule_of
from mobile_api.context import client_address, current_services, current_work, db
from mobile_api.headers import REQUEST_ID, add_security_headers, request_id
from mobile_api.idempotency import UNSAFE, Replay
from mobile_api.lost_phones import set_apart
from mobile_api.operations import observe, operations
from mobile_api.origin import lead_to_own_origin
from mobile_api.pki import pki
from mobile_api.plain_http import explain_plain_http
from mobile_api.public import front, pages
from mobile_api.shell import shell
from mobile_api.well_known import well_known

JSON_LIMIT = 1024 * 1024


class Application(APIFlask):
    """APIFlask whose requests are transactions."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Checks access, replays a repeated request, runs the view and commits its work."""
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        rule = self._rule()
        g.actor = authentication.authenticate(current_services(), rule)
        if rule.outbox and g.actor.person_id is None:
            set_apart(rule.outbox)
        rule.check(g.actor)
        replay = None
        if request.method in UNSAFE and "Idempotency-Key" in request.headers:
            scope = str(g.actor.person_id or client_address())
            replay = Replay(current_work(), request, scope, storable=rule.storable)
            if (earlier := replay.earlier_answer()) is not None:
                db.session.rollback()
                return earlier
        response: Response = self.make_response(super().dispatch_request())
        if response.status_code < 400:
            if replay and "Retry-After" not in response.headers:  # else it is not the last word
                replay.record(response)
            db.session.commit()
        else:
            db.session.rollback()
        return response

    def serve(self, services: Services) -> None:
        """Answers from here on with these services."""
        self.extensions["centang"] = services
        self.config["FINGERPRINT_KEY"] = services.master_key.derive("idempotency")
        authentication.configure(self, services)

    def _rule(self) -> Rule:
        view = self.view_functions.get(request.endpoint or "")
        rule = rule_of(view) if view else None
        if rule is None:
            raise NOT_FOUND()
        return rule


def create_app(services: Services, **config: Any) -> Application:
    """The whole HTTP side on top of these services. `config` overrides Flask settings in tests."""
    app = Application(
        __name__,
        title="Centang",
        version="1",
        docs_path=None,
        spec_path=None,
        static_folder=None,  # type: ignore[arg-type]
    )
    app.config.update(
        MAX_CONTENT_LENGTH=JSON_LIMIT,
        SQLALCHEMY_DATABASE_URI=services.engine.url.render_as_string(hide_password=False),
        OPENAPI_VERSION="3.1.0",
        AUTO_SERVERS=False,
        # Every refusal is a problem document (see openapi.py), never APIFlask's own shapes.
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        **config,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.serve(services)
    db.init_app(app)
    JWTManager(app)
    app.wsgi_app = front.Front(app.wsgi_app, lambda: app.extensions["centang"])  # type: ignore[method-assign]
    if hops := services.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    observe(app)
    app.before_request(_name_request)
    app.before_request(explain_plain_http)
    app.before_request(lead_to_own_origin)
    app.after_request(_finish_headers)
    app.error_processor(problems.on_invalid)
    app.register_error_handler(DomainError, problems.on_refusal)
    app.register_error_handler(HTTPError, problems.on_invalid)
    app.register_error_handler(HTTPException, problems.on_http_error)
    app.register_error_handler(StaleDataError, problems.on_conflict)
    app.register_error_handler(IntegrityError, problems.on_conflict)
    app.register_error_handler(OperationalError, problems.on_database_gone)
    app.register_error_handler(Exception, problems.on_failure)
    for blueprint in (*v1.BLUEPRINTS, pages, pki, well_known, operations, shell):
        app.register_blueprint(blueprint)
    return app


def _name_request() -> None:
    g.request_id = request_id(request.headers.get(REQUEST_ID, ""))
    structlog.contextvars.clear_contextvars()
    # The rule, not the path: paths carry one-time tokens and public codes.
    route = request.url_rule.rule if request.url_rule else None
    structlog.contextvars.bind_contextvars(request_id=g.request_id, route=route)


def _finish_headers(response: Response) -> Response:
    response.headers[REQUEST_ID] = g.get("request_id", "")
    add_security_headers(request, response)
    return front.finish(response)

"""What a view may reach: the services of the process and the work of the request."""

from typing import Any, cast

from flask import current_app, g, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as SignallingSession
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backend.bootstrap import Services
from backend.core.db import SYSTEM, Actor, Base, Work


class EdgeSession(SignallingSession):
    """Flask-SQLAlchemy's session per request, on the engine that the services share."""

    def get_bind(self, *_args: Any, **_options: Any) -> Engine:
        return current_services().engine


db = SQLAlchemy(
    metadata=Base.metadata, session_options={"class_": EdgeSession, "expire_on_commit": False}
)


def current_services() -> Services:
    return cast("Services", current_app.extensions["centang"])


def current_actor() -> Actor:
    """Who makes this request; SYSTEM's empty actor when nobody is signed in."""
    return cast("Actor", g.get("actor", SYSTEM))


def current_work() -> Work:
    """The request's transaction. The edge commits it after a good answer, once."""
    return Work(cast("Session", db.session()), current_services().clock, current_actor())


def client_address() -> str:
    """The client's address as the trusted proxies report it."""
    return request.remote_addr or "unknown"

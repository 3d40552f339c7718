"""Turns the access cookie of a request into the person who acts.

Tokens are JWT in HttpOnly, SameSite=Strict cookies; the CSRF token comes in the session's body and
goes back in a header. The token only names the session: whether it, its person and its device are
still alive is asked of the database at every request.
"""

import secrets
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, g, request
from flask_jwt_extended import (
    create_access_token,
    create_refresh_token,
    decode_token,
    set_access_cookies,
    set_refresh_cookies,
    unset_jwt_cookies,
)
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError
from sqlalchemy.orm import Session

from backend.bootstrap import Services
from backend.core.db import Actor
from backend.core.errors import STALE_PAGE
from backend.identity import sessions
from backend.identity.models import RefreshToken, SignInSession
from mobile_api.access import Rule
from mobile_api.context import client_address, current_services, db

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"


def configure(app: Flask, services: Services) -> None:
    """Cookie names and flags: `__Host-` wherever the browser allows it, which is on HTTPS."""
    secure = services.settings.origin.startswith("https:")
    prefix = "__Host-" if secure else ""
    app.config.update(
        JWT_SECRET_KEY=services.master_key.derive("session-tokens").hex(),
        JWT_TOKEN_LOCATION=["cookies"],
        JWT_ACCESS_COOKIE_NAME=f"{prefix}access",
        JWT_REFRESH_COOKIE_NAME=f"{prefix}refresh",
        JWT_COOKIE_SECURE=secure,
        JWT_COOKIE_SAMESITE="Strict",
        JWT_COOKIE_CSRF_PROTECT=False,  # ours is bound to the session's row; see authenticate
    )


def authenticate(services: Services, rule: Rule) -> Actor:
    """Who acts; nobody where the rule asks for nobody, or the cookie's session is over.

    Raises STALE_PAGE when an unsafe request does not carry its session's CSRF token.
    """
    nobody = Actor(request_id=g.request_id, address=client_address())
    if not rule.signed_in:
        return nobody
    claims = _claims(services, "access")
    if claims is None:
        return nobody
    found = sessions.live(
        cast("Session", db.session()),
        UUID(claims["sid"]),
        services.clock.now(),
        request_id=g.request_id,
        address=client_address(),
    )
    if found is None or str(found.actor.person_id) != claims["sub"]:
        return nobody
    if request.method not in SAFE and not secrets.compare_digest(given_csrf(), found.session.csrf):
        raise STALE_PAGE()
    g.live, g.access_ends_at = found, datetime.fromtimestamp(claims["exp"], UTC)
    return found.actor


def current_session() -> sessions.Live:
    """The session of a signed-in request."""
    return cast("sessions.Live", g.live)


def given_csrf() -> str:
    """The CSRF token the request carries; compared as ASCII, so anything else is nothing."""
    token = request.headers.get(CSRF_HEADER, "")
    return token if token.isascii() else ""


def refresh_token_id(services: Services) -> UUID | None:
    """The refresh cookie's token, if there is a genuine one that has not run out."""
    claims = _claims(services, "refresh")
    return UUID(claims["jti"]) if claims else None


def set_cookies(response: Response, session: SignInSession, refresh: RefreshToken) -> datetime:
    """Puts both tokens into cookies; returns when the access token ends."""
    now = current_services().clock.now()
    ends_at = min(now + sessions.ACCESS_LIFETIME, session.expires_at)
    common = {"sid": str(session.id)}
    access = create_access_token(
        str(session.person_id), additional_claims=common | {"exp": int(ends_at.timestamp())}
    )
    renewal = create_refresh_token(
        str(session.person_id),
        additional_claims=common
        | {"jti": str(refresh.jti), "exp": int(refresh.expires_at.timestamp())},
    )
    lifetime = int((refresh.expires_at - now).total_seconds())
    set_access_cookies(response, access, max_age=int((ends_at - now).total_seconds()))
    set_refresh_cookies(response, renewal, max_age=lifetime)
    return ends_at


def left_session(services: Services) -> SignInSession | None:
    """The session a sign-out is about: named by either cookie, and proven by its own CSRF token.

    A browser that was offline signs out later, when its access has run out already. Raises
    STALE_PAGE when the cookies are somebody else's by now.
    """
    claims = _claims(services, "access") or _claims(services, "refresh")
    if claims is None:
        return None
    session = cast("Session", db.session()).get(SignInSession, UUID(claims["sid"]))
    if session is not None and not secrets.compare_digest(given_csrf(), session.csrf):
        raise STALE_PAGE()
    return session


def clear_cookies(response: Response) -> None:
    """Takes the cookies back, and the pages this person read out of the browser's cache."""
    unset_jwt_cookies(response)
    response.headers["Clear-Site-Data"] = '"cache"'


def _claims(services: Services, kind: str) -> dict[str, Any] | None:
    """The claims of this request's cookie, if we signed them and their time is not over."""
    prefix = "__Host-" if services.settings.origin.startswith("https:") else ""
    token = request.cookies.get(prefix + kind)
    if not token:
        return None
    try:
        # Whether it ran out is judged by our own clock, below.
        claims: dict[str, Any] = decode_token(token, allow_expired=True)
    except (PyJWTError, JWTExtendedException):
        return None
    alive = claims["exp"] > services.clock.now().timestamp()
    return claims if claims["type"] == kind and alive else None

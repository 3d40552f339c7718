"""Signing in and out, renewing, and the sessions a person has open."""

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, g, jsonify, request
from pydantic import Field
from sqlalchemy import func, select

from backend.core import limits
from backend.core.errors import NOT_FOUND, DomainError
from backend.identity import devices, sessions
from backend.identity.models import Device, RefreshToken, SignInSession
from backend.identity.problems import SESSION_ENDED
from backend.identity.sessions import Live
from backend.identity.sign_in import Credentials, sign_in
from backend.notifications.models import Notice
from backend.organisation import agency, mandates
from backend.organisation.models import RoleGrant, Unit
from mobile_api.access import enrolling, public_secret, signed_in
from mobile_api.authentication import (
    clear_cookies,
    current_session,
    given_csrf,
    refresh_token_id,
    set_cookies,
)
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Line, Secret, Statement, rfc3339
from mobile_api.origin import audience
from mobile_api.v1.shown import show_agency, show_device, show_mandate

bp = APIBlueprint("session", __name__, url_prefix="/api/v1")

PER_CLIENT = 120
PER_CLIENT_WINDOW = timedelta(minutes=5)
"""Sign-ins one address may try: a whole office stands behind one."""


class DeviceProof(Body):
    id: UUID | None = None
    proof: Statement


class SignIn(Body):
    username: Line
    password: Secret
    code: Secret | None = None
    recovery_code: Secret | None = None
    device: DeviceProof | None = None


class Refresh(Body):
    proof: Statement | None = Field(
        None, description="Device proof: needed to renew again after an answer was lost."
    )


class Preferences(Body):
    language: Literal["id", "en"]


@bp.post("/sign-in")
@public_secret
@bp.input(SignIn)
def create(json_data: SignIn) -> Response:
    """Password, and on a device not seen before a one-time or recovery code."""
    services, work = current_services(), current_work()
    bucket = f"sign-in:{limits.host(work.actor.address)}"
    limits.hit(services.sessions, bucket, PER_CLIENT, PER_CLIENT_WINDOW, work.now)
    given = Credentials(
        username=json_data.username,
        password=json_data.password,
        code=json_data.code,
        recovery_code=json_data.recovery_code,
        device_proof=json_data.device.proof if json_data.device else None,
        user_agent=request.user_agent.string,
    )
    session, refresh = sign_in(work, given, keys=services.master_key, audience=audience())
    _end_replaced(session)
    return _answer(_live(session.id), refresh)


@bp.get("/session")
@enrolling
def read() -> dict[str, Any]:
    """Who is signed in here, as what, until when."""
    return _show(current_session(), rfc3339(g.access_ends_at))


@bp.patch("/session")
@enrolling
@bp.input(Preferences)
def prefer(json_data: Preferences) -> dict[str, Any]:
    """The language this person reads."""
    current_session().account.language = json_data.language
    return _show(current_session(), rfc3339(g.access_ends_at))


@bp.post("/session/refresh")
@public_secret
@bp.input(Refresh)
def renew(json_data: Refresh) -> Response:
    """New tokens for a session whose access ran out. Needs the CSRF token."""
    services = current_services()
    jti = refresh_token_id(services)
    if jti is None:
        raise SESSION_ENDED()
    live, refresh = sessions.rotate(
        current_work(), jti, given_csrf(), json_data.proof, audience=audience()
    )
    return _answer(live, refresh)


@bp.delete("/session")
@enrolling
def end() -> Response:
    """Signs out here."""
    live = current_session()
    sessions.revoke(current_work(), live.session.id, person_id=live.session.person_id)
    response = Response(status=204)
    clear_cookies(response)
    return response


@bp.get("/sessions")
@signed_in
def listed() -> dict[str, Any]:
    """The browsers this person is signed in with."""
    work, here = current_work(), current_session().session
    rows = sessions.listed(work, here.person_id)
    names = {device.id: device.name for device in devices.listed(work, here.person_id)}
    return {
        "items": [
            {
                "id": str(row.id),
                "device_name": names[row.device_id] if row.device_id else None,
                "user_agent": row.user_agent,
                "created_at": rfc3339(row.created_at),
                "last_seen_at": rfc3339(row.last_seen_at),
                "current": row.id == here.id,
            }
            for row in rows
        ],
        "next_cursor": None,
    }


@bp.delete("/sessions/<uuid:session_id>")
@signed_in
def end_other(session_id: UUID) -> Response:
    """Ends one of one's own sessions, elsewhere or here."""
    work = current_work()
    sessions.revoke(work, session_id, person_id=work.actor.known_id)
    response = Response(status=204)
    if session_id == work.actor.session_id:
        clear_cookies(response)
    return response


def _live(session_id: UUID) -> Live:
    work = current_work()
    found = sessions.live(
        work.session,
        session_id,
        work.now,
        request_id=work.actor.request_id or "",
        address=work.actor.address or "",
    )
    if found is None:
        raise SESSION_ENDED()
    return found


def _end_replaced(fresh: SignInSession) -> None:
    """The session this browser had before is not left behind for the next person."""
    jti = refresh_token_id(current_services())
    work = current_work()
    token = work.session.get(RefreshToken, jti) if jti else None
    if token is not None and token.session_id != fresh.id:
        earlier = work.session.get_one(SignInSession, token.session_id)
        sessions.revoke(work, earlier.id, person_id=earlier.person_id)


def _answer(live: Live, refresh: RefreshToken) -> Response:
    response = Response(status=200, content_type="application/json")
    ends_at = set_cookies(response, live.session, refresh)
    response.set_data(jsonify(_show(live, rfc3339(ends_at))).get_data())
    return response


def _show(live: Live, expires_at: str | None) -> dict[str, Any]:
    work = current_work()
    session, person = work.session, live.account.person
    try:
        served = show_agency(agency.current(session))
    except DomainError as error:
        if error.problem is not NOT_FOUND:
            raise
        served = None
    device = session.get(Device, live.session.device_id) if live.session.device_id else None
    unread = select(func.count()).where(Notice.person_id == person.id, Notice.read_at.is_(None))
    return {
        "id": str(live.session.id),
        "person": {
            "id": str(person.id),
            "name": person.name,
            "nip": person.nip,
            "email": person.email,
        },
        "username": live.account.username,
        "roles": _roles(live),
        "mandates": [show_mandate(m) for m in mandates.mandates_of(session, person.id, work.now)],
        "csrf": live.session.csrf,
        "expires_at": expires_at,
        "device": show_device(device, current_id=live.session.device_id) if device else None,
        "totp_confirmed": live.account.totp_confirmed_at is not None,
        "signing_suspended": live.account.signing_suspended_at is not None,
        "language": live.account.language,
        "agency": served,
        "unread": session.scalar(unread) or 0,
    }


def _roles(live: Live) -> list[dict[str, Any]]:
    """Granted roles with their unit, and the official's that a mandate brings."""
    query = (
        select(RoleGrant.role, Unit.id, Unit.name)
        .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.person_id == live.account.person_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    granted = [
        {"role": role, "unit_id": str(unit_id) if unit_id else None, "unit_name": unit_name}
        for role, unit_id, unit_name in current_work().session.execute(query)
        if role in live.actor.roles
    ]
    held = {row["role"] for row in granted}
    return granted + [
        {"role": role, "unit_id": None, "unit_name": None}
        for role in sorted(live.actor.roles - held)
    ]

"""Signing in and out, renewing, and the sessions a person has open."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, g, request
from pydantic import Field
from sqlalchemy import func, select

from backend.core import limits
from backend.core.db import Actor
from backend.identity import devices, sessions
from backend.identity.models import Device, RefreshToken, SignInSession
from backend.identity.problems import SESSION_ENDED
from backend.identity.sessions import Live
from backend.identity.sign_in import Credentials, sign_in
from backend.notifications.models import Notice
from backend.organisation import agency, mandates
from backend.organisation.models import Role, RoleGrant, Unit
from mobile_api.access import enrolling, public, public_secret, signed_in
from mobile_api.authentication import (
    clear_cookies,
    current_session,
    given_csrf,
    left_session,
    refresh_token_id,
    set_cookies,
)
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Line, Secret, Statement
from mobile_api.origin import audience
from mobile_api.v1.shown import (
    AgencyAnswer,
    Answer,
    DeviceAnswer,
    MandateAnswer,
    Page,
    show_agency,
    show_device,
    show_mandate,
)

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


class OwnPerson(Answer):
    id: UUID
    name: str
    nip: str | None
    email: str | None


class HeldRole(Answer):
    role: Role
    unit_id: UUID | None
    unit_name: str | None


class SessionAnswer(Answer):
    id: UUID
    person: OwnPerson
    username: str
    roles: list[HeldRole]
    """Empty until the second factor is confirmed."""
    mandates: list[MandateAnswer]
    csrf: str
    """Goes back in `X-CSRF-Token` with every unsafe request."""
    expires_at: datetime
    """When the access token ends; renew before."""
    device: DeviceAnswer | None
    totp_confirmed: bool
    signing_suspended: bool
    language: str
    agency: AgencyAnswer
    unread: int


class OpenSession(Answer):
    id: UUID
    device_name: str | None
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


@bp.post("/sign-in")
@public_secret
@bp.input(SignIn)
@bp.output(SessionAnswer)
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
@bp.output(SessionAnswer)
def read() -> SessionAnswer:
    """Who is signed in here, as what, until when."""
    return _show(current_session(), g.access_ends_at)


@bp.patch("/session")
@enrolling
@bp.input(Preferences)
@bp.output(SessionAnswer)
def prefer(json_data: Preferences) -> SessionAnswer:
    """The language this person reads."""
    current_session().account.language = json_data.language
    return _show(current_session(), g.access_ends_at)


@bp.post("/session/refresh")
@public_secret
@bp.input(Refresh)
@bp.output(SessionAnswer)
def renew(json_data: Refresh) -> Response:
    """New tokens for a session whose access ran out. Needs the CSRF token.

    A device that was revoked or reported lost hears `identity/device-over`, and empties itself.
    """
    jti = refresh_token_id(current_services())
    live, refresh = sessions.rotate(
        current_work(), jti, given_csrf(), json_data.proof, audience=audience()
    )
    return _answer(live, refresh)


@bp.delete("/session")
@public
@bp.output({}, status_code=204)
def end() -> Response:
    """Signs out here, also after the access ran out. Needs the session's CSRF token."""
    left = left_session(current_services())
    if left is not None:
        work = current_work()
        actor = Actor(left.person_id, left.id, left.device_id)
        sessions.revoke(replace(work, actor=actor), left.id, person_id=left.person_id)
    response = Response(status=204)
    clear_cookies(response)
    return response


@bp.get("/sessions")
@signed_in
@bp.output(Page[OpenSession])
def listed() -> dict[str, Any]:
    """The browsers this person is signed in with."""
    work, here = current_work(), current_session().session
    names = {device.id: device.name for device in devices.listed(work, here.person_id)}
    return {
        "items": [
            OpenSession(
                id=row.id,
                device_name=names[row.device_id] if row.device_id else None,
                user_agent=row.user_agent,
                created_at=row.created_at,
                last_seen_at=row.last_seen_at,
                current=row.id == here.id,
            )
            for row in sessions.listed(work, here.person_id)
        ]
    }


@bp.delete("/sessions/<uuid:session_id>")
@signed_in
@bp.output({}, status_code=204)
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
    response = Response(content_type="application/json")
    ends_at = set_cookies(response, live.session, refresh)
    response.set_data(_show(live, ends_at).model_dump_json())
    return response


def _show(live: Live, expires_at: datetime) -> SessionAnswer:
    work = current_work()
    session, account, person = work.session, live.account, live.account.person
    device = session.get(Device, live.session.device_id) if live.session.device_id else None
    unread = select(func.count()).where(Notice.person_id == person.id, Notice.read_at.is_(None))
    return SessionAnswer(
        id=live.session.id,
        person=OwnPerson.model_validate(person),
        username=account.username,
        roles=_roles(live),
        mandates=[show_mandate(m) for m in mandates.mandates_of(session, person.id, work.now)],
        csrf=live.session.csrf,
        expires_at=expires_at,
        device=show_device(device, current_id=device.id) if device else None,
        totp_confirmed=account.totp_confirmed_at is not None,
        signing_suspended=account.signing_suspended_at is not None,
        language=account.language,
        agency=show_agency(agency.current(session)),
        unread=session.scalar(unread) or 0,
    )


def _roles(live: Live) -> list[HeldRole]:
    """Granted roles with their unit, and the official's that a mandate brings."""
    query = (
        select(RoleGrant.role, Unit.id, Unit.name)
        .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.person_id == live.account.person_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    granted = [
        HeldRole(role=role, unit_id=unit_id, unit_name=unit_name)
        for role, unit_id, unit_name in current_work().session.execute(query)
        if role in live.actor.roles
    ]
    held = {each.role for each in granted}
    brought = sorted(live.actor.roles - held)
    return granted + [HeldRole(role=Role(r), unit_id=None, unit_name=None) for r in brought]

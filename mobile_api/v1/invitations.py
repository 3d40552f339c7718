"""One-time links: what the invited person sees, and choosing the password.

Tokens travel in bodies, and in links behind `#`, so that no log on the way holds one.
"""

from datetime import datetime
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response

from backend.identity import invitations
from backend.organisation.models import Role
from mobile_api.access import needs_secret, public_secret
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Secret, Token, Username
from mobile_api.v1.shown import Answer

bp = APIBlueprint("invitations", __name__, url_prefix="/api/v1/invitations")


class Invite(Body):
    person_id: UUID
    username: Username


class Link(Body):
    token: Token


class Accept(Link):
    password: Secret


class InvitationLink(Answer):
    link: str
    expires_at: datetime


class Invited(Answer):
    name: str
    username: str


@bp.post("")
@needs_secret(Role.ADMINISTRATOR)
@bp.input(Invite)
@bp.output(InvitationLink)
def create(json_data: Invite) -> InvitationLink:
    """A new person's link, to hand over in person; it is shown once."""
    work = current_work()
    token = invitations.invite(work, json_data.person_id, json_data.username)
    return InvitationLink(link=link(token), expires_at=work.now + invitations.LIFETIME)


@bp.post("/look")
@public_secret
@bp.input(Link)
@bp.output(Invited)
def look(json_data: Link) -> Invited:
    """Whom a link is for."""
    invitation, person = invitations.look(current_work(), json_data.token)
    return Invited(name=person.name, username=invitation.username)


@bp.post("/accept")
@public_secret
@bp.input(Accept)
@bp.output({}, status_code=204)
def accept(json_data: Accept) -> Response:
    """Chooses the password; signing in and the authenticator follow."""
    invitations.accept(current_work(), json_data.token, json_data.password)
    return Response(status=204)


def link(token: str) -> str:
    """Where the app takes an invitation."""
    return f"{current_services().settings.origin}/undangan#{token}"

"""The first administrator of an empty installation."""

from typing import Literal

from apiflask import APIBlueprint
from flask import Response

from backend.certificates.revocation import make_ready
from backend.documents import kinds
from backend.identity import setup
from mobile_api.access import public, public_secret
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Line, Nip, Secret, Token, Username
from mobile_api.v1.shown import Answer

bp = APIBlueprint("setup", __name__, url_prefix="/api/v1/setup")


class Administrator(Body):
    name: Line
    username: Username
    password: Secret
    nip: Nip | None = None


class FoundedAgency(Body):
    name: Line
    short_name: Line
    zone: Literal["WIB", "WITA", "WIT"] = "WIB"


class SetUp(Body):
    token: Token
    administrator: Administrator
    agency: FoundedAgency


class Needed(Answer):
    needed: bool


@bp.get("")
@public
@bp.output(Needed)
def read() -> Needed:
    """Whether this installation still needs its first administrator."""
    return Needed(needed=setup.needed(current_work().session))


@bp.post("")
@public_secret
@bp.input(SetUp)
@bp.output({}, status_code=204)
def create(json_data: SetUp) -> Response:
    """Uses up the terminal's link; signing in and the further settings follow."""
    person, agency = json_data.administrator, json_data.agency
    setup.create_administrator(
        current_work(),
        json_data.token,
        name=person.name,
        username=person.username,
        password=person.password,
        nip=person.nip,
        agency_name=agency.name,
        agency_short_name=agency.short_name,
        zone=agency.zone,
    )
    kinds.install(current_work())
    make_ready(current_work(), issuer=current_services().issuer)
    return Response(status=204)

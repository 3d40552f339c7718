"""The one-time-code authenticator, recovery codes and the password."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from backend.identity import passwords, recovery, totp
from backend.organisation import agency
from mobile_api.access import enrolling_secret, signed_in, signed_in_secret
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Secret

bp = APIBlueprint("second_factor", __name__, url_prefix="/api/v1")


class Proof(Body):
    """Needed only to replace a confirmed authenticator: a code of the old one or a recovery code."""

    code: Secret | None = None
    recovery_code: Secret | None = None


class Code(Body):
    code: Secret


class PasswordChange(Body):
    old: Secret
    new: Secret


@bp.post("/totp")
@enrolling_secret
@bp.input(Proof)
def begin(json_data: Proof) -> dict[str, Any]:
    """A new secret as text, link and QR; it counts from its first code on."""
    work, services = current_work(), current_services()
    secret, uri, qr = totp.begin_enrolment(
        work,
        work.actor.known_id,
        keys=services.master_key,
        issuer=f"Centang {agency.current(work.session).short_name}",
        code=json_data.code,
        recovery_code=json_data.recovery_code,
    )
    return {"secret": secret, "uri": uri, "qr_svg": qr}


@bp.post("/totp/confirm")
@enrolling_secret
@bp.input(Code)
def confirm(json_data: Code) -> dict[str, Any]:
    """The first code; the answer carries the recovery codes, once."""
    work = current_work()
    codes = totp.confirm(
        work, work.actor.known_id, json_data.code, keys=current_services().master_key
    )
    return {"recovery_codes": codes}


@bp.post("/recovery-codes")
@signed_in_secret
@bp.input(Code)
def renew(json_data: Code) -> dict[str, Any]:
    """New recovery codes for a one-time code; the earlier ones end."""
    work, keys = current_work(), current_services().master_key
    totp.consume(work, work.actor.known_id, json_data.code, work.now, keys=keys)
    return {"recovery_codes": recovery.issue(work, work.actor.known_id, keys=keys)}


@bp.post("/password")
@signed_in
@bp.input(PasswordChange)
def change_password(json_data: PasswordChange) -> Response:
    """Changes the password; every other session of the person ends."""
    work = current_work()
    passwords.change(work, work.actor.known_id, json_data.old, json_data.new)
    return Response(status=204)

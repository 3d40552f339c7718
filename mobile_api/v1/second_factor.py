"""The one-time-code authenticator, recovery codes and the password."""

from apiflask import APIBlueprint
from flask import Response

from backend.identity import passwords, recovery, totp
from backend.organisation import agency
from mobile_api.access import enrolling_secret, signed_in, signed_in_secret
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Secret
from mobile_api.v1.shown import Answer

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


class NewSecret(Answer):
    secret: str
    uri: str
    """An otpauth:// link for authenticator apps."""
    qr_svg: str


class RecoveryCodes(Answer):
    recovery_codes: list[str]


@bp.post("/totp")
@enrolling_secret
@bp.input(Proof)
@bp.output(NewSecret)
def begin(json_data: Proof) -> NewSecret:
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
    return NewSecret(secret=secret, uri=uri, qr_svg=qr)


@bp.post("/totp/confirm")
@enrolling_secret
@bp.input(Code)
@bp.output(RecoveryCodes)
def confirm(json_data: Code) -> RecoveryCodes:
    """The first code; the answer carries the recovery codes, once."""
    work = current_work()
    codes = totp.confirm(
        work, work.actor.known_id, json_data.code, keys=current_services().master_key
    )
    return RecoveryCodes(recovery_codes=codes)


@bp.post("/recovery-codes")
@signed_in_secret
@bp.input(Code)
@bp.output(RecoveryCodes)
def renew(json_data: Code) -> RecoveryCodes:
    """New recovery codes for a one-time code; the earlier ones end."""
    work, keys = current_work(), current_services().master_key
    totp.consume(work, work.actor.known_id, json_data.code, work.now, keys=keys)
    codes = recovery.issue(work, work.actor.known_id, keys=keys)
    return RecoveryCodes(recovery_codes=codes)


@bp.post("/password")
@signed_in
@bp.input(PasswordChange)
@bp.output({}, status_code=204)
def change_password(json_data: PasswordChange) -> Response:
    """Changes the password; every other session of the person ends."""
    work = current_work()
    passwords.change(work, work.actor.known_id, json_data.old, json_data.new)
    return Response(status=204)

"""Passkeys of one's own devices: with one the device says that it recognised its owner."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response
from pydantic import StringConstraints

from backend.identity import passkeys
from mobile_api.access import signed_in
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Secret, Statement
from mobile_api.origin import audience
from mobile_api.v1.shown import Answer, Page

bp = APIBlueprint("passkeys", __name__, url_prefix="/api/v1/passkeys")

Encoded = Annotated[str, StringConstraints(min_length=8, max_length=16384, pattern=r"^[\w-]+$")]
"""Bytes, base64url."""


class NewPasskey(Body):
    statement: Statement
    """Compact JWS, typ `passkey+jwt`, by this device: {aud, sub: person id, jti, iat}. The challenge
    given to the authenticator is the SHA-256 of its signing input."""
    client_data: Encoded
    attestation: Encoded
    """The attestation object; what it says of the authenticator's make is not judged."""
    code: Secret


class PasskeyAnswer(Answer):
    id: UUID
    device_id: UUID
    credential_id: str
    enrolled_at: datetime
    last_used_at: datetime
    backed_up: bool
    """Its maker copies it to its owner's other devices."""


@bp.post("")
@signed_in
@bp.input(NewPasskey)
@bp.output(PasskeyAnswer, status_code=201)
def enrol(json_data: NewPasskey) -> PasskeyAnswer:
    """Gives the acting device its passkey."""
    made = passkeys.enrol(
        current_work(),
        json_data.statement,
        client_data=json_data.client_data,
        attestation=json_data.attestation,
        code=json_data.code,
        audience=audience(),
        keys=current_services().master_key,
    )
    return PasskeyAnswer.model_validate(made)


@bp.get("")
@signed_in
@bp.output(Page[PasskeyAnswer])
def listed() -> dict[str, Any]:
    """Of one's own devices that were not revoked, the one used last first."""
    return {"items": passkeys.listed(current_work())}


@bp.delete("/<uuid:passkey_id>")
@signed_in
@bp.output({}, status_code=204)
def remove(passkey_id: UUID) -> Response:
    """Takes a passkey off its device, which then waits to sign as a new one does."""
    delay = timedelta(hours=current_services().settings.new_device_delay_hours)
    passkeys.remove(current_work(), passkey_id, delay=delay)
    return Response(status=204)

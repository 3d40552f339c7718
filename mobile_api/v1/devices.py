"""A person's devices, and an officer's word over anybody's."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from backend.identity import devices
from backend.organisation.models import Role
from mobile_api.access import needs, signed_in
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Line, Statement
from mobile_api.origin import audience
from mobile_api.v1.shown import DeviceAnswer, Page, show_device

bp = APIBlueprint("devices", __name__, url_prefix="/api/v1")


class Enrolment(Body):
    name: Line
    public_jwk: dict[str, Any]
    proof: Statement
    """Compact JWS, typ `device-proof+jwt`, by the new key: {aud, sub: person id, jti, iat}."""


class Approval(Body):
    statement: Statement
    """Compact JWS, typ `device-approval+jwt`, by an older device that may sign:
    {aud, sub: person id, jti, iat, device: id of the newer one}."""


@bp.post("/devices")
@signed_in
@bp.input(Enrolment)
@bp.output(DeviceAnswer, status_code=201)
def enrol(json_data: Enrolment) -> DeviceAnswer:
    """Enrols this browser's key and binds the session to it."""
    settings = current_services().settings
    device = devices.enrol(
        current_work(),
        json_data.name,
        json_data.public_jwk,
        json_data.proof,
        audience=audience(),
        delay=timedelta(hours=settings.new_device_delay_hours),
    )
    return show_device(device, current_id=device.id)


@bp.get("/devices")
@signed_in
@bp.output(Page[DeviceAnswer])
def listed() -> dict[str, Any]:
    """One's own devices, revoked ones included."""
    work = current_work()
    rows = devices.listed(work, work.actor.known_id)
    return {"items": [show_device(row, current_id=work.actor.device_id) for row in rows]}


@bp.post("/devices/<uuid:device_id>/approve")
@signed_in
@bp.input(Approval)
@bp.output(DeviceAnswer)
def approve(device_id: UUID, json_data: Approval) -> DeviceAnswer:
    """Lets a newer device of one's own sign at once."""
    work = current_work()
    device = devices.approve(work, device_id, json_data.statement, audience=audience())
    return show_device(device, current_id=work.actor.device_id)


@bp.delete("/devices/<uuid:device_id>")
@signed_in
@bp.output(DeviceAnswer)
def revoke(device_id: UUID) -> DeviceAnswer:
    """Ends one's own device and its sessions."""
    work = current_work()
    device = devices.revoke(work, device_id, person_id=work.actor.known_id)
    return show_device(device, current_id=work.actor.device_id)


@bp.post("/devices/<uuid:device_id>/report-lost")
@signed_in
@bp.output(DeviceAnswer)
def report_lost(device_id: UUID) -> DeviceAnswer:
    """Reports one's own device lost or stolen: what it says from now on counts for nothing."""
    work = current_work()
    device = devices.revoke(work, device_id, person_id=work.actor.known_id, lost=True)
    return show_device(device, current_id=work.actor.device_id)


@bp.post("/people/<uuid:person_id>/devices/<uuid:device_id>/revoke")
@needs(Role.REGISTRATION_OFFICER)
@bp.output(DeviceAnswer)
def revoke_by_officer(person_id: UUID, device_id: UUID) -> DeviceAnswer:
    """An officer ends somebody's device."""
    return show_device(devices.revoke(current_work(), device_id, person_id=person_id))


@bp.post("/people/<uuid:person_id>/devices/<uuid:device_id>/report-lost")
@needs(Role.REGISTRATION_OFFICER)
@bp.output(DeviceAnswer)
def report_lost_to_officer(person_id: UUID, device_id: UUID) -> DeviceAnswer:
    """Somebody told an officer that a device is lost or stolen."""
    return show_device(devices.revoke(current_work(), device_id, person_id=person_id, lost=True))

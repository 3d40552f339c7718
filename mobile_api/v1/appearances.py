"""What the signer is about to sign, as a picture of the prepared page."""

from uuid import UUID

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from backend.core.errors import NOT_FOUND
from backend.signing import picturing
from mobile_api.access import signed_in
from mobile_api.context import current_services, current_work
from mobile_api.files import Responses, file_response

bp = APIBlueprint("appearances", __name__, url_prefix="/api/v1/steps", tag="signing")
TYPE = "image/webp"
picture: Responses = {200: {"description": "The page.", "content": {TYPE: {}}}}


class Place(BaseModel):
    """Points from the left and bottom of the page as displayed."""

    x: float
    y: float
    width: float
    height: float


class Picture(BaseModel):
    url: str
    type: str
    sha256: str


class Appearance(BaseModel):
    prepared_sha256: str
    """Of the file the picture was drawn from: the one a SAD must name."""
    page: int
    page_width: float
    page_height: float
    place: Place | None
    """None where the signature will not be seen on the page."""
    image: Picture | None
    """None until the worker has drawn it, a moment after the file was prepared."""


@bp.get("/<uuid:step_id>/signing/appearance")
@signed_in
@bp.output(Appearance)
def show(step_id: UUID) -> Appearance:
    """Where one's signature will stand, with the picture of that page as prepared."""
    found = picturing.appearance(current_work(), step_id)
    digest = found.picture_sha256
    url = f"/api/v1/steps/{step_id}/signing/appearance/{digest}"
    return Appearance(
        prepared_sha256=found.prepared_sha256,
        page=found.page,
        page_width=found.page_width,
        page_height=found.page_height,
        place=Place(**vars(found.place)) if found.place else None,
        image=Picture(url=url, type=TYPE, sha256=digest) if digest else None,
    )


@bp.get("/<uuid:step_id>/signing/appearance/<sha256>")
@signed_in
@bp.doc(responses=picture)
def image(step_id: UUID, sha256: str) -> Response:
    """The picture; its address changes with what would be signed."""
    if picturing.appearance(current_work(), step_id).picture_sha256 != sha256:
        raise NOT_FOUND()
    return file_response(current_services().blobs, sha256, TYPE)

"""Where signers' blocks stand on a paper."""

from typing import Annotated, Any
from uuid import UUID

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints

from backend.core.db import Work
from backend.organisation.models import Role
from backend.signing import placing
from backend.signing.pdf.geometry import Rect
from backend.signing.placing import Check, Placed, Wish
from mobile_api.access import needs, signed_in
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body

bp = APIBlueprint("placements", __name__, url_prefix="/api/v1", tag="signing")


class PlacementWish(Body):
    ordinal: Annotated[int, Field(ge=1, le=50)]
    """The step's place on the route."""
    page: Annotated[int, Field(ge=1)] | None = None
    x: float | None = None
    """Points from the left and bottom of the page as displayed."""
    y: float | None = None
    width: Annotated[float, Field(gt=0)] | None = None
    height: Annotated[float, Field(gt=0)] | None = None
    anchor: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    """An anchor character in the text, instead of a rectangle."""


class PlacementPlan(Body):
    items: Annotated[list[PlacementWish], Field(max_length=20)]


class PlacementCheck(BaseModel):
    code: str
    ok: bool
    params: dict[str, Any]


class PlacementShown(BaseModel):
    ordinal: int
    position_title: str
    placed: bool
    page: int | None
    x: float | None
    y: float | None
    width: float | None
    height: float | None
    anchor: str | None
    checks: list[PlacementCheck]


class Placements(BaseModel):
    items: list[PlacementShown]
    anchors: list[str]
    """Anchor characters that stand in the text."""
    fixed: bool
    """A first signature was made: nothing can be moved any more."""


@bp.get("/documents/<uuid:document_id>/placements")
@signed_in
@bp.output(Placements)
def read_placements(document_id: UUID) -> Placements:
    """Where each signer's block stands or would stand, with what speaks against it."""
    return _placements(current_work(), document_id)


@bp.put("/documents/<uuid:document_id>/placements")
@needs(Role.OPERATOR)
@bp.input(PlacementPlan)
@bp.output(Placements)
def put_placements(document_id: UUID, json_data: PlacementPlan) -> Placements:
    """Places blocks as the operator dragged them; what is left out is placed in free space."""
    work = current_work()
    wishes = [_wish(item) for item in json_data.items]
    placing.place(work, document_id, wishes)
    return _placements(work, document_id)


def _wish(item: PlacementWish) -> Wish:
    corners = (item.x, item.y, item.width, item.height)
    if item.anchor is None and item.page is not None and None not in corners:
        rect = Rect(*(float(v) for v in corners if v is not None))
        return Wish(item.ordinal, page=item.page, rect=rect)
    return Wish(item.ordinal, anchor=item.anchor)


def _placements(work: Work, document_id: UUID) -> Placements:
    found = placing.placements(work, current_services().settings, document_id)
    return Placements(
        items=[_show_placed(item) for item in found.items],
        anchors=found.anchors,
        fixed=found.fixed,
    )


def _show_placed(item: Placed) -> PlacementShown:
    spot = item.spot
    return PlacementShown(
        ordinal=item.ordinal,
        position_title=item.position_title,
        placed=item.placed,
        page=spot.page if spot else None,
        x=spot.rect.x if spot else None,
        y=spot.rect.y if spot else None,
        width=spot.rect.width if spot else None,
        height=spot.rect.height if spot else None,
        anchor=spot.anchor if spot else None,
        checks=[_show_check(check) for check in item.checks],
    )


def _show_check(check: Check) -> PlacementCheck:
    return PlacementCheck(code=check.code, ok=check.ok, params=check.params)

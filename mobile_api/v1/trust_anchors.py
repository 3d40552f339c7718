"""The roots this installation trusts when it judges other people's files."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field, StringConstraints

from backend.organisation.models import Role
from backend.verification import anchors
from backend.verification.anchors import TrustedRoot
from backend.verification.trust import Purpose, anchors_of
from mobile_api.access import needs
from mobile_api.context import current_work
from mobile_api.fields import Body, Line

bp = APIBlueprint("trust_anchors", __name__, url_prefix="/api/v1/trust-anchors", tag="verification")


class NewRoot(Body):
    """A certificate as its authority publishes it, and what it is to be trusted for."""

    certificate: Annotated[str, StringConstraints(min_length=1, max_length=64_000)]
    """PEM, or DER in Base64."""
    name: Line | None = None
    """As reports call it; the certificate's own name otherwise."""
    purposes: list[Purpose] = Field(min_length=1, max_length=2)
    indonesian_psre: bool = False
    """Whether signatures below it are certified (PP 71/2019)."""


class Roots(BaseModel):
    items: list[TrustedRoot]
    next_cursor: None = None


@bp.get("")
@needs(Role.ADMINISTRATOR, Role.AUDITOR)
@bp.output(Roots)
def index() -> Roots:
    """The installation's own roots, and those the agency added."""
    return Roots(items=anchors.roots(current_work()))


@bp.post("")
@needs(Role.ADMINISTRATOR)
@bp.input(NewRoot)
@bp.output(Roots, status_code=HTTPStatus.CREATED)
def add(json_data: NewRoot) -> Roots:
    """Trusts the certificates in this file from now on. Files are judged by it at once."""
    work = current_work()
    for anchor in anchors_of(json_data.certificate.encode(), json_data.name or "PEM"):
        facts = {
            "name": json_data.name or anchor.name,
            "purposes": frozenset(json_data.purposes),
            "indonesian_psre": json_data.indonesian_psre,
        }
        anchors.add_anchor(work, anchor.model_copy(update=facts))
    return Roots(items=anchors.roots(work))


@bp.delete("/<uuid:anchor_id>")
@needs(Role.ADMINISTRATOR)
@bp.output({}, status_code=HTTPStatus.NO_CONTENT)
def remove(anchor_id: UUID) -> Response:
    """Trusts a root no longer."""
    anchors.remove_anchor(current_work(), anchor_id)
    return Response(status=HTTPStatus.NO_CONTENT)

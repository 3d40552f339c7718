"""Kinds of paper, as the administrator sets them."""

from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints

from backend.documents import kinds
from backend.documents.models import DocumentType, SignatureLevel
from backend.organisation.models import Role
from backend.organisation.style import FootKind, Part
from mobile_api.access import needs
from mobile_api.context import current_work
from mobile_api.fields import Body, Line

bp = APIBlueprint("kinds", __name__, url_prefix="/api/v1/document-types")

Template = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class KindChange(Body):
    """Null leaves a setting to the agency."""

    name: Line
    active: bool = True
    sealed: bool = False
    """The agency's seal goes before the first signature."""
    level: SignatureLevel = SignatureLevel.B_LT
    number_template: Template | None = None
    block_order: list[Part] | None = None
    print_nip: bool | None = None
    print_titles: bool | None = None
    foot: FootKind | None = None


class Kind(BaseModel):
    code: str
    name: str
    active: bool
    sealed: bool
    level: SignatureLevel
    number_template: str | None
    block_order: list[Part] | None
    print_nip: bool | None
    print_titles: bool | None
    foot: FootKind | None


class Kinds(BaseModel):
    items: list[Kind] = Field(max_length=1000)


@bp.get("/settings")
@needs(Role.ADMINISTRATOR, Role.AUDITOR)
@bp.output(Kinds)
def settings() -> Kinds:
    """Every kind with its settings, those out of use as well."""
    return Kinds(items=[_show(kind) for kind in kinds.every(current_work())])


@bp.put("/<code>")
@needs(Role.ADMINISTRATOR)
@bp.input(KindChange)
@bp.output(Kind)
def put(code: str, json_data: KindChange) -> Kind:
    """Adds a kind, or sets all of one anew; papers numbered or prepared before keep what they have."""
    return _show(kinds.put(current_work(), code, **json_data.model_dump()))


def _show(kind: DocumentType) -> Kind:
    return Kind.model_validate(kind, from_attributes=True)

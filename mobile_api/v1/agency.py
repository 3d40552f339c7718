"""The agency's name, coat of arms and settings."""

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, Field

from backend.core.errors import NOT_FOUND
from backend.organisation import agency
from backend.organisation.models import Agency, Role
from backend.organisation.problems import LOGO_INVALID
from backend.organisation.style import USUAL_ORDER, FootKind, Part
from backend.signing import choosing
from backend.signing.bsre import terms
from backend.signing.bsre.terms import ServiceTerms
from backend.signing.offline import policy
from backend.signing.offline.policy import OfflinePolicy
from mobile_api.access import needs, public, signed_in
from mobile_api.context import current_services, current_work
from mobile_api.fields import Body, Line
from mobile_api.files import Responses
from mobile_api.v1.shown import AgencyAnswer, show_agency

picture: Responses = {200: {"description": "The logo.", "content": {"image/png": {}}}}
bp = APIBlueprint("agency", __name__, url_prefix="/api/v1/agency")


class AgencyChange(Body):
    name: Line = ""
    short_name: Line = ""
    city: Line = ""
    zone: Literal["WIB", "WITA", "WIT"] = "WIB"
    number_template: Line = ""
    print_nip: bool = True
    print_titles: bool = True
    block_order: list[Part] | None = None
    foot: FootKind = FootKind.SENTENCE
    policy: dict[str, bool | int | str] = Field(default_factory=dict)


class AgencySettings(AgencyAnswer):
    city: str
    number_template: str
    print_nip: bool
    print_titles: bool
    block_order: list[Part]
    foot: FootKind
    policy: dict[str, Any]


class Provider(Body):
    provider: Literal["local", "bsre"]
    service: ServiceTerms = ServiceTerms()


class ProviderChosen(BaseModel):
    provider: Literal["local", "bsre"]
    service: ServiceTerms
    service_known: bool
    """Whether the installation has the national service's address."""


@bp.get("")
@public
@bp.output(AgencyAnswer)
def read() -> AgencyAnswer:
    """What the sign-in page shows."""
    return show_agency(agency.current(current_work().session))


@bp.get("/logo")
@public
@bp.doc(responses=picture)
def logo() -> Response:
    """The coat of arms; its address changes with it."""
    digest = agency.current(current_work().session).logo_sha256
    if digest is None:
        raise NOT_FOUND()
    response = Response(current_services().blobs.get(digest), content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.set_etag(digest)
    response.make_conditional(request)
    return response


@bp.get("/settings")
@needs(Role.ADMINISTRATOR, Role.AUDITOR)
@bp.output(AgencySettings)
def settings() -> AgencySettings:
    """Every setting."""
    return _show(agency.current(current_work().session))


@bp.patch("")
@needs(Role.ADMINISTRATOR)
@bp.input(AgencyChange)
@bp.output(AgencySettings)
def change(json_data: AgencyChange) -> AgencySettings:
    """Changes what is given and leaves the rest."""
    return _show(agency.change(current_work(), **json_data.model_dump(exclude_unset=True)))


@bp.get("/offline")
@signed_in
@bp.output(OfflinePolicy)
def offline() -> OfflinePolicy:
    """What may be kept on phones and authorised without a line."""
    return policy.current(current_work().session)


@bp.put("/offline")
@needs(Role.ADMINISTRATOR)
@bp.input(OfflinePolicy)
@bp.output(OfflinePolicy)
def change_offline(json_data: OfflinePolicy) -> OfflinePolicy:
    """The agency's word on work without a line; it counts at once."""
    return policy.change(current_work(), json_data)


@bp.get("/provider")
@needs(Role.ADMINISTRATOR, Role.AUDITOR)
@bp.output(ProviderChosen)
def provider() -> ProviderChosen:
    """Whom the agency signs with, and on which terms."""
    return _provider()


@bp.put("/provider")
@needs(Role.ADMINISTRATOR)
@bp.input(Provider)
@bp.output(ProviderChosen)
def choose_provider(json_data: Provider) -> ProviderChosen:
    """It counts at once; what is being signed ends as it began."""
    known, work = _service_known(), current_work()
    choosing.choose(work, json_data.provider, json_data.service, service_known=known)
    return _provider()


@bp.put("/logo")
@needs(Role.ADMINISTRATOR)
@bp.output(AgencySettings)
def set_logo() -> AgencySettings:
    """A PNG as the raw body; it is drawn anew."""
    if request.mimetype != "image/png" or (request.content_length or 0) > agency.LOGO_BYTES:
        raise LOGO_INVALID()
    request.max_content_length = agency.LOGO_BYTES
    return _show(
        agency.set_logo(current_work(), request.get_data(), blobs=current_services().blobs)
    )


def _service_known() -> bool:
    return current_services().settings.bsre_url is not None


def _provider() -> ProviderChosen:
    session = current_work().session
    return ProviderChosen.model_validate(
        {
            "provider": agency.current(session).provider,
            "service": terms.current(session),
            "service_known": _service_known(),
        }
    )


def _show(row: Agency) -> AgencySettings:
    return AgencySettings(
        **dict(show_agency(row)),
        city=row.city,
        number_template=row.number_template,
        print_nip=row.print_nip,
        print_titles=row.print_titles,
        block_order=[Part(part) for part in row.block_order or USUAL_ORDER],
        foot=row.foot,
        policy=row.policy,
    )

"""What the public pages say, as JSON."""

from typing import Annotated, Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, StringConstraints

from backend.verification.records import PublicRecord
from backend.verification.registry import RegistryAnswer
from backend.verification.report import FileReport
from backend.verification.sealed.findings import LONGEST
from backend.verification.spoken import Spoken
from mobile_api.access import public
from mobile_api.context import current_services
from mobile_api.fields import Body
from mobile_api.files import attachment, pdf
from mobile_api.public import reports, uploads
from mobile_api.public.front import keep
from mobile_api.public.throttle import count_sealing, count_upload, find

bp = APIBlueprint("public_api", __name__, url_prefix="/api/v1/public", tag="public")


class Verification(BaseModel):
    """A judgement, and the record when the file is one of ours."""

    report: FileReport
    registry: RegistryAnswer | None
    spoken: tuple[Spoken, ...]
    """Of the code it came with and those on its pages: whether they speak of this file."""
    package: str
    """Handed back to `/verifications/report` within an hour, it becomes a sealed PDF. Opaque."""


class WantedReport(Body):
    """What a judgement came with, and the language that its report is to be in."""

    package: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    language: Literal["id", "en"] = "id"


@bp.get("/records/<code>")
@bp.output(PublicRecord)
@bp.doc(summary="What is known under the code of a QR")
@public
def record(code: str) -> tuple[PublicRecord, int, dict[str, str]]:
    kept = find(code)
    keep(kept, current_services().clock.now())
    return kept.value, 200, {"Cache-Control": "no-cache"}


class WithCode(BaseModel):
    """The code of the paper that the file is said to be."""

    code: Annotated[str, StringConstraints(max_length=60)] = ""


@bp.post("/verifications")
@bp.input(WithCode, location="query")
@bp.output(Verification)
@bp.doc(
    summary="Judge a PDF",
    description="The body is the file itself (application/pdf). It is examined and discarded. "
    "`X-Filename` (percent-encoded) may say how it is called.",
)
@public
def verify(query_data: WithCode) -> Verification:
    count_upload()
    judged = uploads.judge_body(query_data.code)
    found = judged.findings
    return Verification(
        report=found.report,
        registry=found.registry,
        spoken=found.spoken,
        package=judged.package,
    )


@bp.post("/verifications/report")
@bp.input(WantedReport)
@bp.doc(summary="A judgement as a sealed PDF", responses=pdf)
@public
def sealed_report(json_data: WantedReport) -> Response:
    count_sealing()
    return attachment(*reports.sealed(json_data.package, json_data.language))

"""What the public pages say, as JSON."""

from apiflask import APIBlueprint
from pydantic import BaseModel

from backend.verification.records import PublicRecord
from backend.verification.registry import RegistryAnswer
from backend.verification.report import FileReport
from mobile_api.access import public
from mobile_api.context import current_services
from mobile_api.public import uploads
from mobile_api.public.front import keep
from mobile_api.public.throttle import count_upload, find

bp = APIBlueprint("public_api", __name__, url_prefix="/api/v1/public", tag="public")


class Verification(BaseModel):
    """A judgement, and the record when the file is one of ours."""

    report: FileReport
    registry: RegistryAnswer | None


@bp.get("/records/<code>")
@bp.output(PublicRecord)
@bp.doc(summary="What is known under the code of a QR")
@public
def record(code: str) -> tuple[PublicRecord, int, dict[str, str]]:
    kept = find(code)
    keep(kept, current_services().clock.now())
    return kept.value, 200, {"Cache-Control": "no-cache"}


@bp.post("/verifications")
@bp.output(Verification)
@bp.doc(
    summary="Judge a PDF",
    description="The body is the file itself (application/pdf). It is examined and discarded.",
)
@public
def verify() -> Verification:
    count_upload()
    judged = uploads.judge_body()
    return Verification(report=judged.report, registry=judged.registry)

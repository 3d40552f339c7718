"""What the public pages say, as JSON."""

from apiflask import APIBlueprint
from pydantic import BaseModel

from backend.core.errors import DomainError
from backend.verification.records import PublicRecord, public_record
from backend.verification.registry import RegistryAnswer
from backend.verification.report import FileReport
from mobile_api.access import public
from mobile_api.context import current_work
from mobile_api.public import uploads
from mobile_api.public.throttle import UNKNOWN_COST, count_lookup, count_upload

bp = APIBlueprint("public_api", __name__, url_prefix="/api/v1/public", tag="public")


class Verification(BaseModel):
    """A judgement, and the record when the file is one of ours."""

    report: FileReport
    registry: RegistryAnswer | None


@bp.get("/records/<code>")
@bp.output(PublicRecord)
@bp.doc(summary="What is known under the code of a QR")
@public
def record(code: str) -> PublicRecord:
    count_lookup()
    try:
        return public_record(current_work(), code)
    except DomainError:
        count_lookup(UNKNOWN_COST)
        raise


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

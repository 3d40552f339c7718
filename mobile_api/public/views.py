"""The citizen's pages: a record by its code, its picture and file, and a file to examine."""

import base64
import json
import re
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from backend.core.errors import TOO_LARGE, TOO_MANY, DomainError
from backend.core.ids import normalise_code
from backend.verification import final_pages
from backend.verification.bands import band_of
from backend.verification.problems import NO_FILE, REPORT_OVER, UNKNOWN_CODE
from backend.verification.sealed.findings import Findings
from mobile_api.access import public
from mobile_api.context import current_services
from mobile_api.files import attachment
from mobile_api.public import pictures, reports, uploads
from mobile_api.public.front import keep
from mobile_api.public.rendering import language, show
from mobile_api.public.throttle import count_sealing, count_upload, find, find_file
from mobile_api.public.words import grouped, label

_NOTICES = {NO_FILE: "no-file", TOO_LARGE: "too-large", REPORT_OVER: "report-over"}
"""Refusals after which the form stands there again."""

pages = Blueprint("public", __name__, template_folder="templates", url_prefix="/v")


@pages.get("", strict_slashes=False)
@public
def form() -> BaseResponse:
    """A code to type or a file to send; `?kode=` goes on to the record."""
    typed = request.args.get("kode", "")
    if not typed.strip():
        return show("form", "form", limit=uploads.limit_mb())
    lang = "en" if language() == "en" else None
    code = normalise_code(typed)[:40]
    return redirect(url_for("public.record", code=code or "-", lang=lang), HTTPStatus.SEE_OTHER)


@pages.get("/<code>")
@public
def record(code: str) -> Response:
    """The truth about one code."""
    kept = find(code)
    found = kept.value
    keep(kept, current_services().clock.now())
    return show("record", found.state.value, checks=True, moment=found.ended_at, record=found)


@pages.get("/<code>/halaman.webp")
@public
def preview(code: str) -> BaseResponse:
    """The first page's picture, where secrecy allows."""
    digest = find_file(code).preview_sha256
    if digest is None:
        raise UNKNOWN_CODE()
    response = Response(current_services().blobs.get(digest), content_type="image/webp")
    response.headers["Cache-Control"] = "private, max-age=600"
    response.set_etag(digest)
    return response.make_conditional(request)


@pages.get("/<code>/halaman/<int:ordinal>")
@public
def page(code: str, ordinal: int) -> BaseResponse:
    """A page's picture, where secrecy allows: to hold beside the paper."""
    digest = pictures.final_page(find_file(code), ordinal)
    response = Response(current_services().blobs.get(digest), content_type=final_pages.TYPE)
    response.headers["Cache-Control"] = "private, max-age=600"
    response.set_etag(digest)
    return response.make_conditional(request)


@pages.get("/<code>/berkas")
@public
def file(code: str) -> Response:
    """The validated, signed PDF, where secrecy and policy allow."""
    found = find_file(code)
    if found.file_sha256 is None:
        raise UNKNOWN_CODE()
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", found.number or found.code).strip("-.")[:80]
    response = Response(
        current_services().blobs.stream(found.file_sha256), content_type="application/pdf"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@pages.get("/periksa")
@public
def upload_form() -> Response:
    """Where a file is sent; `?kode=` says which paper it is to be compared with."""
    code = normalise_code(request.args.get("kode", ""))[:40]
    return show("form", "form", limit=uploads.limit_mb(), code=code)


@pages.post("/periksa")
@public
def upload() -> Response:
    """Judges the file in the form and shows the report; keeps nothing."""
    count_upload()
    judged = uploads.judge_form()
    found = judged.findings
    numbers: list[int] = []
    for signature in found.report.signatures:
        numbers.append((numbers[-1] if numbers else 0) + (signature.kind == "signature"))
    return show(
        "report",
        band_of(found.report, found.registry),
        moment=found.registry.ended_at if found.registry else None,
        pictures=bool(found.report.changed_pages),
        report=found.report.model_dump(mode="json"),
        technical=_technical(found),
        package=judged.package,
        registry=found.registry,
        spoken=found.spoken,
        filename=found.filename,
        numbers=numbers,
    )


@pages.post("/laporan")
@public
def sealed_report() -> Response:
    """The report that a page carried, as a sealed PDF."""
    count_sealing()
    return attachment(*reports.sealed(reports.posted(), language()))


def _technical(found: Findings) -> str:
    """Everything that was found, without the pictures, for a download that the page carries."""
    said = {
        "report": found.report.model_dump(mode="json", exclude={"changed_pages"}),
        "registry": found.registry.model_dump(mode="json") if found.registry else None,
        "spoken": [said.model_dump(mode="json") for said in found.spoken],
    }
    return base64.b64encode(json.dumps(said, indent=1, ensure_ascii=False).encode()).decode()


@pages.errorhandler(DomainError)
def refused(error: DomainError) -> Response:
    """Refusals as pages a citizen can read."""
    response = _refusal_page(error)
    if "retry_after" in error.params:
        response.headers["Retry-After"] = str(error.params["retry_after"])
    return response


def _refusal_page(error: DomainError) -> Response:
    if error.problem is UNKNOWN_CODE:
        typed = normalise_code((request.view_args or {}).get("code", ""))[:40]
        return show("unknown", "unknown", status=404, checks=True, code=grouped(typed))
    if error.problem is TOO_MANY:
        words = {"seconds": error.params["retry_after"]}
        return show("page", "too-many", status=429, words=words)
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return show("page", "busy", status=503)
    if error.problem in _NOTICES:
        notice = label(_NOTICES[error.problem], language(), limit=uploads.limit_mb())
        return show("form", "form", status=error.status, limit=uploads.limit_mb(), notice=notice)
    raise error

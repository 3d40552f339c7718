"""A paper's files: uploaded by operators, read page by page by everyone on the route."""

from typing import Annotated, Any, Literal
from urllib.parse import unquote
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import AliasChoices, BaseModel, Field, StringConstraints
from werkzeug.exceptions import ClientDisconnected

from backend.core.blobs import CHUNK
from backend.core.errors import TOO_LARGE
from backend.documents import intake, problems, reading
from backend.documents.models import Page, Version, VersionState
from backend.organisation.models import Role
from backend.routing.access import require_version
from mobile_api.access import needs, signed_in
from mobile_api.context import current_services, current_work, db
from mobile_api.fields import rfc3339
from mobile_api.files import Responses, file_response, pdf
from mobile_api.v1.documents import Refusal, show_refusal
from mobile_api.v1.page_images import PageImages, show_page

picture: Responses = {
    200: {"description": "The page.", "content": {"image/webp": {}, "image/avif": {}}}
}
bp = APIBlueprint("versions", __name__, url_prefix="/api/v1", tag="documents")

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]


class UploadHeaders(BaseModel):
    filename: Annotated[
        str, Field(validation_alias=AliasChoices("X-Filename", "x_filename"), max_length=1200)
    ] = ""
    """Percent-encoded UTF-8."""
    sha256: Annotated[
        Digest | None, Field(validation_alias=AliasChoices("X-Content-SHA256", "x_content_sha256"))
    ] = None
    """Of the file, hexadecimal; checked when sent."""


class SizeQuery(BaseModel):
    size: Literal["phone", "large"] = "phone"


class Finding(BaseModel):
    code: str
    params: dict[str, Any]


class VersionShown(BaseModel):
    id: UUID
    document_id: UUID
    ordinal: int
    state: VersionState
    filename: str
    size: int | None
    sha256: str | None
    uploaded_at: str | None
    ready_at: str | None
    voided_at: str | None
    refusal: Refusal | None
    findings: list[Finding]
    anchors: dict[str, list[dict[str, float]]]
    page_count: int
    pages: list[PageImages]


class PageText(BaseModel):
    text: str
    boxes: list[list[float | str]]
    """[x, y, width, height, words]: fractions of the page from the top left, in reading order."""


@bp.post("/documents/<uuid:document_id>/versions")
@needs(Role.OPERATOR)
@bp.input(UploadHeaders, location="headers")
@bp.output(VersionShown, status_code=202)
def upload(document_id: UUID, headers_data: UploadHeaders) -> tuple[VersionShown, int]:
    """Receives a PDF as the raw body; the worker examines it. Nothing is kept of a failed upload."""
    services = current_services()
    intake.check(current_work(), document_id)
    length = request.content_length
    if length is not None and length > services.settings.upload_limit_bytes:
        raise TOO_LARGE(limit_mb=services.settings.upload_limit_bytes // 1048576)
    db.session.rollback()  # the file may take minutes to arrive: hold no transaction meanwhile
    request.max_content_length = services.settings.upload_limit_bytes
    try:
        received = intake.store(
            iter(lambda: request.stream.read(CHUNK), b""),
            settings=services.settings,
            blobs=services.blobs,
            length=length,
            sha256=headers_data.sha256,
        )
    except ClientDisconnected as error:
        raise problems.INCOMPLETE() from error
    work = current_work()
    version = intake.add_version(work, document_id, received, unquote(headers_data.filename))
    return show_version(version, []), 202


@bp.get("/versions/<uuid:version_id>")
@signed_in
@bp.output(VersionShown)
def show(version_id: UUID) -> VersionShown:
    """A version with its pages, or why it was refused."""
    version = _readable(version_id)
    return show_version(version, version.pages)


@bp.get("/versions/<uuid:version_id>/pages/<int:ordinal>/image")
@signed_in
@bp.input(SizeQuery, location="query")
@bp.doc(responses=picture)
def image(version_id: UUID, ordinal: int, query_data: SizeQuery) -> Response:
    """The page as drawn once and kept for ever."""
    found = reading.page(current_work(), _readable(version_id).id, ordinal)
    large = query_data.size == "large"
    return file_response(
        current_services().blobs,
        found.large_sha256 if large else found.image_sha256,
        found.large_type if large else found.image_type,
    )


@bp.get("/versions/<uuid:version_id>/pages/<int:ordinal>/text")
@signed_in
@bp.output(PageText)
def text(version_id: UUID, ordinal: int) -> PageText:
    """The page's words, for large type and for reading aloud."""
    found = reading.page(current_work(), _readable(version_id).id, ordinal)
    return PageText(text=found.text, boxes=found.boxes)


@bp.get("/versions/<uuid:version_id>/file")
@signed_in
@bp.doc(responses=pdf)
def file(version_id: UUID) -> Response:
    """The version's own bytes, as ticked; without signatures."""
    version = _readable(version_id)
    if version.sha256 is None:
        raise problems.NOT_READY()
    return file_response(
        current_services().blobs, version.sha256, "application/pdf", filename=version.filename
    )


def _readable(version_id: UUID) -> Version:
    return require_version(current_work(), version_id)


def show_version(version: Version, pages: list[Page]) -> VersionShown:
    return VersionShown(
        id=version.id,
        document_id=version.document_id,
        ordinal=version.ordinal,
        state=version.state,
        filename=version.filename,
        size=version.size,
        sha256=version.sha256,
        uploaded_at=rfc3339(version.uploaded_at),
        ready_at=rfc3339(version.ready_at),
        voided_at=rfc3339(version.voided_at),
        refusal=show_refusal(version.refusal),
        findings=[Finding(**f) for f in version.findings],
        anchors=version.anchors,
        page_count=len(pages),
        pages=[show_page(p) for p in pages],
    )

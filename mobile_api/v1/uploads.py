"""Uploads in pieces, for lines that break; as the tus protocol does it, with JSON answers."""

import base64
import binascii
import re
from typing import Annotated
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import AliasChoices, BaseModel, BeforeValidator, Field
from werkzeug.exceptions import ClientDisconnected

from backend.documents import intake, problems, uploads
from backend.documents.models import PartialUpload, Version
from backend.organisation.models import Role
from mobile_api.access import needs
from mobile_api.context import current_services, current_work, db
from mobile_api.fields import Body
from mobile_api.v1.versions import Digest, VersionShown, show_version

bp = APIBlueprint("uploads", __name__, url_prefix="/api/v1/uploads", tag="documents")

PIECE = 16 * 1024
"""What a broken line can lose at most of what arrived."""


class Announcement(Body):
    document_id: UUID
    size: int
    sha256: Digest
    filename: Annotated[str, Field(max_length=400)]


SHA_256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]+=*):\s*(?=$|,|;)")


def sha256_of(header: str | None) -> bytes | None:
    """Its SHA-256, if the header names one; RFC 9530 lets other digests stand beside it or alone."""
    found = SHA_256.search(header or "")
    if found is None:
        return None
    try:
        return base64.b64decode(found[1], validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


class PieceHeaders(BaseModel):
    offset: Annotated[
        int, Field(ge=0, validation_alias=AliasChoices("Upload-Offset", "upload_offset"))
    ]
    """Where in the file this piece belongs."""
    digest: Annotated[
        bytes | None,
        BeforeValidator(sha256_of),
        Field(validation_alias=AliasChoices("Content-Digest", "content_digest")),
    ] = None
    """`sha-256=:…:` of this piece alone (RFC 9530): one that was damaged on the way is sent again."""


class UploadShown(BaseModel):
    id: UUID
    size: int
    offset: int
    """How much is here: go on from there."""
    version: VersionShown | None
    """What the whole file became."""


@bp.post("")
@needs(Role.OPERATOR)
@bp.input(Announcement)
@bp.output(UploadShown, status_code=201)
def begin(json_data: Announcement) -> UploadShown:
    """Announces a file for a paper; the same one again goes on where it was."""
    row = uploads.begin(
        current_work(),
        json_data.document_id,
        size=json_data.size,
        sha256=json_data.sha256,
        filename=json_data.filename,
        most_bytes=current_services().settings.upload_limit_bytes,
    )
    return _show(row)


@bp.get("/<uuid:upload_id>")
@needs(Role.OPERATOR)
@bp.output(UploadShown)
def show(upload_id: UUID) -> tuple[UploadShown, int, dict[str, str]]:
    """How much of it is here."""
    shown = _show(uploads.find(current_work(), upload_id))
    return shown, 200, {"Upload-Offset": str(shown.offset), "Upload-Length": str(shown.size)}


@bp.patch("/<uuid:upload_id>")
@needs(Role.OPERATOR)
@bp.input(PieceHeaders, location="headers")
@bp.output(UploadShown)
def receive(upload_id: UUID, headers_data: PieceHeaders) -> UploadShown:
    """Takes the next piece as the raw body. The last one makes the file the paper's next version.

    What came of a piece that was cut off is kept; nothing is of one whose digest is another. An empty piece at the end asks for the version
    once more.
    """
    settings, blobs = current_services().settings, current_services().blobs
    row = uploads.find(current_work(), upload_id)
    if row.version_id is not None:
        return _show(row)
    intake.check(current_work(), row.document_id)
    db.session.expunge(row)
    db.session.rollback()  # a piece may take minutes to arrive: hold no transaction meanwhile
    request.max_content_length = settings.upload_limit_bytes
    pieces = iter(lambda: request.stream.read(PIECE), b"")
    try:
        uploads.receive(settings.uploads_dir, row, headers_data.offset, pieces, headers_data.digest)
    except ClientDisconnected as error:
        raise problems.INCOMPLETE() from error
    if uploads.arrived(settings.uploads_dir, row) == row.size:
        upload = uploads.assemble(row, settings=settings, blobs=blobs)
        uploads.finish(current_work(), upload_id, upload)
    row = uploads.find(current_work(), upload_id)
    row.touched_at = current_work().now
    return _show(row)


@bp.delete("/<uuid:upload_id>")
@needs(Role.OPERATOR)
@bp.output({}, status_code=204)
def discard(upload_id: UUID) -> Response:
    """Gives up; nothing of it is kept."""
    uploads.discard(current_work(), upload_id)
    return Response(status=204)


def _show(row: PartialUpload) -> UploadShown:
    work, folder = current_work(), current_services().settings.uploads_dir
    version = work.session.get_one(Version, row.version_id) if row.version_id else None
    return UploadShown(
        id=row.id,
        size=row.size,
        offset=uploads.arrived(folder, row),
        version=show_version(version, []) if version else None,
    )

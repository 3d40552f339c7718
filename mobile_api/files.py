"""Stored files as answers: named by their digest, so they may be kept for ever by who may see them."""

import re
from typing import Any
from urllib.parse import quote

from flask import Response, request, stream_with_context

from backend.core.blobs import BlobStore
from backend.core.errors import NOT_FOUND

Responses = dict[int | str, dict[str, str | dict[str, dict[str, Any]]]]
"""What APIFlask's `doc` takes for answers that are no JSON."""
pdf: Responses = {200: {"description": "The file.", "content": {"application/pdf": {}}}}


def file_response(
    blobs: BlobStore, digest: str, media_type: str, *, filename: str | None = None
) -> Response:
    """The blob, or 304 for a client that has it. Private: access was decided for this person.

    With a `filename` it is never cached, since such files are addressed by document, not by digest.
    """
    tag = f'"{digest}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=31536000, immutable"}
    if filename is not None:
        headers["Cache-Control"] = "private, no-cache"
        plain = re.sub(r"[^A-Za-z0-9._-]+", "_", filename)
        headers["Content-Disposition"] = (
            f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(filename.replace('/', '_'))}"
        )
    if digest in request.if_none_match:
        return Response(status=304, headers=headers)
    if not blobs.exists(digest):
        raise NOT_FOUND()
    body = stream_with_context(blobs.stream(digest))
    return Response(body, content_type=media_type, headers=headers)


def attachment(name: str, data: bytes) -> Response:
    """A PDF made for this one request, to be saved and kept nowhere else."""
    response = Response(data, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response

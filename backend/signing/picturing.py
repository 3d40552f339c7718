"""The page as it will be signed, shown to its signer before the passphrase is asked.

Drawn once from the prepared file by the worker, in the confined process; no request ever draws.
"""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.errors import NOT_FOUND
from backend.core.sandbox import Limits, Sandbox, SandboxError
from backend.documents.models import Page
from backend.documents.pdf import preview
from backend.routing.access import require_reader
from backend.signing.models import Prepared
from backend.signing.pdf.geometry import Rect
from backend.signing.preparation import live_prepared

OpenWork = Callable[[], AbstractContextManager[Work]]
_LIMITS = Limits(seconds=60, memory_bytes=2048 * 1024 * 1024)


@dataclass(frozen=True)
class Appearance:
    """Where the signer's block stands in the file that would be signed, and its picture."""

    prepared_sha256: str
    page: int
    page_width: float
    page_height: float
    place: Rect | None
    """None where the signature will not be seen."""
    picture_sha256: str | None
    """None until it is drawn."""


def picture(open_work: OpenWork, blobs: BlobStore, sandbox: Sandbox, prepared_id: UUID) -> None:
    """Draws the page with the next signer's block. Safe to run twice.

    A page that cannot be drawn stays without a picture: it was drawn and read before, and what
    is signed are its bytes.
    """
    with open_work() as work:
        row = work.session.get(Prepared, prepared_id)
        if row is None or row.voided_at is not None or row.picture_sha256 is not None:
            return
        file, page = row.blob_sha256, row.signers[0]["page"]
        block, rect = row.block_sha256, row.signers[0]["rect"]
    with contextlib.suppress(SandboxError):
        inputs, request = {preview.INPUT: blobs.get(file)}, {"page": page}
        if block is not None:
            inputs[preview.BLOCK], request["place"] = blobs.get(block), rect
        with sandbox.run(preview.__name__, request, inputs=inputs, limits=_LIMITS) as result:
            drawn = result.outputs.get(preview.OUTPUT)
            digest = blobs.put(drawn, durable=True) if drawn else None
        with open_work() as work:
            work.session.get_one(Prepared, prepared_id).picture_sha256 = digest


def appearance(work: Work, step_id: UUID) -> Appearance:
    """What the actor would sign on this step. Raises NOT_FOUND when nothing is prepared for them."""
    row = live_prepared(work, step_id)
    if row is None or row.person_id != work.actor.person_id:
        raise NOT_FOUND()
    require_reader(work, row.document_id)
    block = row.signers[0]
    page = work.session.scalars(
        select(Page).where(Page.version_id == row.version_id, Page.ordinal == block["page"])
    ).one()
    return Appearance(
        prepared_sha256=row.sha256,
        page=page.ordinal,
        page_width=page.width,
        page_height=page.height,
        place=None if row.layout.get("placement", block) is None else Rect(*block["rect"]),
        picture_sha256=row.picture_sha256,
    )

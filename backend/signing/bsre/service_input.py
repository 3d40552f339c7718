"""What the service is given to sign: the paper with its feet, and the picture of the signer's block."""

from dataclasses import dataclass
from typing import Any

from backend.core.blobs import BlobStore
from backend.signing.bsre.orders import ServicePlacement
from backend.signing.bsre.picture import picture
from backend.signing.pdf.foot import Foot
from backend.signing.pdf.placeholder import Free, with_feet
from backend.signing.planning import Plan


@dataclass(frozen=True)
class Made:
    """A file ready to be signed, and what `Prepared.layout` says of it."""

    data: bytes
    layout: dict[str, Any]
    block_sha256: str | None = None


def make(wanted: Plan, blobs: BlobStore, free: Free, *, visible: bool, tags: bool) -> Made:
    """The next signer's file. No field is made and nothing certified: the service makes its own.

    `tags`: a block at an anchor character is left to the service to place.
    """
    if wanted.signed_sha256 is not None:
        data = blobs.get(wanted.signed_sha256)
    else:
        foot = Foot(wanted.sentence, wanted.url, wanted.foot)
        data = with_feet(blobs.get(wanted.base_sha256), foot, free)
    if not visible:
        return Made(data, {"placement": None})
    block = wanted.next.block
    rect = block.rect
    stored = blobs.put(picture(block.words, rect.width, rect.height), durable=True)
    placement = ServicePlacement(
        page=block.page,
        x=round(rect.x, 2),
        y=round(rect.y, 2),
        width=round(rect.width, 2),
        height=round(rect.height, 2),
        tag=block.anchor if tags else None,
        picture_sha256=stored,
    )
    return Made(data, {"placement": placement.model_dump(mode="json")}, stored)

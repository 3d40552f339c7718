"""What is asked of the service for one file, and where its signature shall stand."""

import io
from dataclasses import dataclass
from typing import Annotated, Any

from PIL import Image
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.signing.envelope import Digest
from backend.signing.pdf.geometry import PageBox, Rect


class ServicePlacement(BaseModel):
    """The visible signature as the signer consents to it: where it stands and what it shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    page: int
    """From 1."""
    x: float
    """Points from the left and bottom of the page as displayed."""
    y: float
    width: float
    height: float
    tag: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    """The service looks for this character in the text and takes its place."""
    picture_sha256: Digest
    """The block's drawing (PNG)."""

    @property
    def rect(self) -> Rect:
        return Rect(self.x, self.y, self.width, self.height)


@dataclass(frozen=True)
class Visible:
    placement: ServicePlacement
    box: PageBox
    """Of the page it stands on."""
    picture: bytes

    @property
    def pdf_rect(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top in the page's own coordinates."""
        return self.box.to_pdf(self.placement.rect)

    def from_below(self, *, corners: bool) -> dict[str, str]:
        """Version 1: from the bottom left, as PDF counts.

        Whether `width` and `height` are sizes or the upper right corner differs between servers.
        """
        left, bottom, right, top = self.pdf_rect
        across, up = (right, top) if corners else (right - left, top - bottom)
        return {
            "xAxis": _number(left),
            "yAxis": _number(bottom),
            "width": _number(across),
            "height": _number(up),
        }

    def from_above(self, *, unturned: bool) -> dict[str, Any]:
        """Version 2: from the top left, y downwards.

        Whether of the page as displayed or before it is turned is not told: see `unturned`.
        """
        if unturned:
            left, bottom, right, top = self.pdf_rect
            x, y = left - self.box.left, self.box.top - top
            width, height = right - left, top - bottom
        else:
            rect = self.placement.rect
            x, y, width, height = rect.x, self.box.height - rect.top, rect.width, rect.height
        return {
            "originX": round(x, 2),
            "originY": round(y, 2),
            "width": round(width, 2),
            "height": round(height, 2),
        }

    @property
    def picture_before_turn(self) -> bytes:
        """The picture so turned that it stands upright once the page is turned."""
        if not self.box.rotate:
            return self.picture
        out = io.BytesIO()
        with Image.open(io.BytesIO(self.picture)) as drawn:
            drawn.rotate(self.box.rotate, expand=True).save(out, "PNG")
        return out.getvalue()


@dataclass(frozen=True)
class Order:
    """One file to be signed."""

    data: bytes
    visible: Visible | None
    reason: str


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")

"""What is asked of the service for one file, and where its signature shall stand."""

from dataclasses import dataclass
from typing import Annotated, Any

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

    def from_above(self) -> dict[str, Any]:
        """Version 2: from the top left of the page as displayed, y downwards."""
        rect = self.placement.rect
        return {
            "originX": round(rect.x, 2),
            "originY": round(self.box.height - rect.top, 2),
            "width": round(rect.width, 2),
            "height": round(rect.height, 2),
        }


@dataclass(frozen=True)
class Order:
    """One file to be signed."""

    data: bytes
    visible: Visible | None
    reason: str


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")

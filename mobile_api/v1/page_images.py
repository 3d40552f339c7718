"""A page's images in answers: for the phone's width, and sharper for zooming."""

from pydantic import BaseModel

from backend.documents.models import Page


class Rendition(BaseModel):
    url: str
    type: str
    bytes: int
    sha256: str


class PageImages(BaseModel):
    ordinal: int
    width: float
    height: float
    """Points, as displayed."""
    image: Rendition
    large: Rendition


def show_page(page: Page) -> PageImages:
    url = f"/api/v1/versions/{page.version_id}/pages/{page.ordinal}/image"
    return PageImages(
        ordinal=page.ordinal,
        width=page.width,
        height=page.height,
        image=Rendition(
            url=url, type=page.image_type, bytes=page.image_bytes, sha256=page.image_sha256
        ),
        large=Rendition(
            url=f"{url}?size=large",
            type=page.large_type,
            bytes=page.large_bytes,
            sha256=page.large_sha256,
        ),
    )

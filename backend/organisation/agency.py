"""The agency itself: name, zone, coat of arms, number pattern, what appearances print."""

import io
from typing import Any

from PIL import Image, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.audit.trail import record
from backend.core.blobs import BlobStore
from backend.core.clock import ZONES
from backend.core.db import Work
from backend.core.errors import INVALID, NOT_FOUND
from backend.organisation.models import LOCAL, Agency
from backend.organisation.numbers import check_template
from backend.organisation.problems import LOGO_INVALID
from backend.organisation.style import check_order

PROVIDERS = frozenset({LOCAL, "bsre"})
LOGO_BYTES = 1024 * 1024
LOGO_SIDE = 2000
KEPT_SIDE = 512
PNG = b"\x89PNG\r\n\x1a\n"


def current(session: Session) -> Agency:
    """The agency this installation serves. Raises NOT_FOUND before it was set up."""
    agency = session.scalars(select(Agency).limit(1)).first()
    if agency is None:
        raise NOT_FOUND()
    return agency


def found(work: Work, name: str, short_name: str, **facts: Any) -> Agency:
    """The one row, at the first set-up."""
    agency = Agency(name=name, short_name=short_name, updated_at=work.now)
    work.session.add(agency)
    work.session.flush()
    return change(work, **facts)


def change(work: Work, **facts: Any) -> Agency:
    """Changes settings by name. Raises INVALID or TEMPLATE_INVALID; `policy` is merged."""
    agency = current(work.session)
    if facts.get("zone", agency.zone) not in ZONES:
        raise INVALID()
    if facts.get("provider", agency.provider) not in PROVIDERS:
        raise INVALID()
    if "number_template" in facts:
        facts["number_template"] = check_template(facts["number_template"])
    if "block_order" in facts:
        facts["block_order"] = check_order(facts["block_order"])
    if "policy" in facts:
        facts["policy"] = {**agency.policy, **facts["policy"]}
    for name, value in facts.items():
        setattr(agency, name, value)
    agency.updated_at = work.now
    record(work, "agency.changed", "agency", agency.id, facts=sorted(facts))
    return agency


def set_logo(work: Work, png: bytes, *, blobs: BlobStore) -> Agency:
    """Takes a PNG, draws it anew (nothing but its pixels is kept) and stores it."""
    agency = current(work.session)
    agency.logo_sha256 = blobs.put(redrawn(png), durable=True)
    agency.updated_at = work.now
    record(work, "agency.changed", "agency", agency.id, facts=["logo"], sha256=agency.logo_sha256)
    return agency


def redrawn(png: bytes) -> bytes:
    """The picture's pixels as a new PNG, at most 512 on a side. Raises LOGO_INVALID."""
    if len(png) > LOGO_BYTES or not png.startswith(PNG):
        raise LOGO_INVALID()
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            if max(image.size) > LOGO_SIDE or getattr(image, "n_frames", 1) > 1:
                raise LOGO_INVALID()
            picture = image.convert("RGBA")
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ) as error:
        raise LOGO_INVALID() from error
    picture.thumbnail((KEPT_SIDE, KEPT_SIDE))
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, format="PNG", optimize=True)
    return out.getvalue()

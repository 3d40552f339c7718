"""The change feed of a phone."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import brotli
from apiflask import APIBlueprint
from flask import Response, after_this_request, request
from pydantic import BaseModel, Field

from backend.core.db import Work
from backend.identity.models import Device
from backend.offline import feed
from backend.offline.facts import Change, Paper
from backend.offline.feed import Kept
from backend.routing.reading import Reading
from backend.signing.credentials import Standing
from backend.signing.models import ActivationKey
from backend.signing.offline.policy import OfflinePolicy
from mobile_api.access import signed_in
from mobile_api.context import current_services, current_work
from mobile_api.pagination import LARGEST
from mobile_api.v1.credentials import (
    ActivationKeyAnswer,
    CredentialAnswer,
    show_activation_key,
    show_credential,
)
from mobile_api.v1.shown import DeviceAnswer, show_device
from mobile_api.v1.steps import StepDetail, show_reading

bp = APIBlueprint("changes", __name__, url_prefix="/api/v1/changes", tag="offline")

WORTH_PACKING = 1000


class ChangesQuery(BaseModel):
    since: Annotated[str | None, Field(max_length=2048)] = None
    """The last answer's `cursor`."""
    limit: Annotated[int, Field(ge=1, le=LARGEST)] = LARGEST


class StepNotKept(BaseModel):
    """A secret paper waits: it is read with a line, and nothing of it stays on the phone."""

    step_id: UUID
    document_id: UUID
    keep: bool = False


class OwnDevice(DeviceAnswer):
    wipe: bool
    """Reported lost: it is to be emptied."""


class PaperNews(BaseModel):
    """Fetch /.well-known/jwks.json and /.well-known/status/1 again where these moved on."""

    keys_at: datetime | None
    list_at: datetime | None


Data = (
    StepDetail
    | StepNotKept
    | OfflinePolicy
    | ActivationKeyAnswer
    | OwnDevice
    | CredentialAnswer
    | PaperNews
)


class ChangeItem(BaseModel):
    kind: str
    """`step`, `policy`, `keys`, `device`, `credential` or `verification`."""
    id: str
    deleted: bool
    """It is no longer this person's: forget it."""
    data: Data | None


class Changes(BaseModel):
    items: list[ChangeItem]
    cursor: str
    more: bool
    """Ask again at once."""
    reset: bool
    """What the phone holds and does not get again until `more` ends is to be forgotten."""


@bp.get("")
@signed_in
@bp.input(ChangesQuery, location="query")
@bp.output(Changes)
def changes(query_data: ChangesQuery) -> Changes:
    """What this person's phone must learn since it last asked; without `since`, everything.

    What is gone comes first, then what waits, most urgent first. Asked by an enrolled device, it
    marks what it shows as delivered.
    """
    work, services = current_work(), current_services()
    found = feed.changes(
        work,
        query_data.since,
        limit=query_data.limit,
        keys=services.master_key,
        issuer=services.issuer,
    )
    after_this_request(_packed)
    return Changes(
        items=[_show(work, change) for change in found.changes],
        cursor=found.cursor,
        more=found.more,
        reset=found.reset,
    )


def _show(work: Work, change: Change) -> ChangeItem:
    value = change.value
    return ChangeItem(
        kind=change.kind,
        id=str(change.id),
        deleted=value is None,
        data=None if value is None else _data(work, value),
    )


def _data(work: Work, value: Any) -> Data:
    match value:
        case Reading():
            return show_reading(work, value)
        case Kept():
            return StepNotKept(step_id=value.step_id, document_id=value.document_id)
        case OfflinePolicy():
            return value
        case ActivationKey():
            return show_activation_key(value)
        case Device():
            shown = show_device(value, current_id=work.actor.device_id)
            return OwnDevice(**shown.model_dump(), wipe=value.lost_at is not None)
        case Paper():
            return PaperNews(keys_at=value.keys_at, list_at=value.list_at)
        case Standing():
            return show_credential(value)
    raise TypeError(type(value).__name__)


def _packed(response: Response) -> Response:
    """Compressed: pages of papers say much the same, and lines are slow."""
    response.headers["Vary"] = "Accept-Encoding"
    data = response.get_data()
    if len(data) >= WORTH_PACKING and request.accept_encodings["br"] > 0:
        response.set_data(brotli.compress(data, quality=5))
        response.headers["Content-Encoding"] = "br"
    return response

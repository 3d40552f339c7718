"""Collections in pages: `{"items": […], "next_cursor": …}` with cursors that mean nothing outside."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from backend.core.errors import INVALID

LARGEST = 100
Row = TypeVar("Row")


class PageQuery(BaseModel):
    """What every collection takes."""

    cursor: Annotated[str | None, Field(max_length=512)] = None
    limit: Annotated[int, Field(ge=1, le=LARGEST)] = 50

    def position(self, *kinds: Callable[[Any], Any]) -> tuple[Any, ...] | None:
        """Where the last page ended, as values of these kinds. Raises INVALID for a made-up cursor."""
        if self.cursor is None:
            return None
        try:
            padded = self.cursor + "=" * (-len(self.cursor) % 4)
            values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if not isinstance(values, list) or len(values) != len(kinds):
                raise INVALID()
            return tuple(kind(value) for kind, value in zip(kinds, values, strict=True))
        except (binascii.Error, ValueError, TypeError, AttributeError) as error:
            raise INVALID() from error


def page(
    rows: Sequence[Row],
    query: PageQuery,
    show: Callable[[Row], Any],
    position: Callable[[Row], tuple[Any, ...]],
) -> dict[str, Any]:
    """The answer for `rows`, fetched with one more than `limit`; `position` is a row's sort key."""
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    return {
        "items": [show(row) for row in shown],
        "next_cursor": _cursor(position(shown[-1])) if more else None,
    }


def _cursor(values: tuple[Any, ...]) -> str:
    text = json.dumps([str(v) if isinstance(v, UUID) else v for v in values])
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

"""Opaque cursors: where a page of a collection ended, as text a client only carries."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from backend.core.errors import INVALID

LARGEST_PAGE = 100


def encode(values: Sequence[Any]) -> str:
    """A cursor over plain JSON values."""
    text = json.dumps(list(values), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode(cursor: str, length: int) -> list[Any]:
    """The values of a cursor. Raises INVALID when it is not one of ours."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise INVALID() from error
    if not isinstance(values, list) or len(values) != length:
        raise INVALID()
    return values

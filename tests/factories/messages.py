"""Messages to phones."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.notifications.carrying import Message, Priority

NOTICE, STEP = UUID(int=1), UUID(int=2)
TITLE = "Ada naskah menunggu Anda di Centang."


def message(**facts: Any) -> Message:
    defaults: dict[str, Any] = {
        "id": NOTICE,
        "title": TITLE,
        "step_id": STEP,
        "waits": 3,
        "topic": "t" * 32,
        "group": "waits",
        "priority": Priority.HIGH,
        "lasts": timedelta(hours=24),
    }
    return Message(**defaults | facts)

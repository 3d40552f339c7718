"""Kinds of text that requests carry, with their limits, and how answers write moments."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

from backend.identity.statements import LONGEST


class Body(BaseModel):
    """A request's JSON: unknown members are refused, and its repr shows nothing of it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return []

    __str__ = BaseModel.__repr__


def _printable(text: str) -> str:
    if any(not (c.isprintable() or c == "\n") for c in text):
        raise ValueError("control characters")
    return text


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(_printable),
]
Username = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        min_length=3,
        max_length=64,
        pattern=r"^[a-zA-Z0-9._@-]+$",
    ),
]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=256)]
"""A password or code as typed."""
Token = Annotated[str, StringConstraints(min_length=16, max_length=128)]
Statement = Annotated[str, StringConstraints(min_length=16, max_length=16384)]
"""A compact JWS of a device."""
LongStatement = Annotated[str, StringConstraints(min_length=16, max_length=LONGEST)]
"""One that may name hundreds of papers, or thousands of pages."""
Nip = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{18}$")]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]


def rfc3339(moment: datetime | None) -> str | None:
    """UTC with Z, to the microsecond where it matters."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")

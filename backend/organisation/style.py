"""What a signature's block and the foot of the pages print: the agency's habit, or a kind of paper's.

Regulations and regencies differ in it, so every part is a setting.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Protocol, Self

from backend.core.errors import INVALID


class Part(StrEnum):
    """The parts of a block, from top to bottom in an order of the agency's choice."""

    CAPACITY = "capacity"
    CODE = "code"
    """With «Ditandatangani secara elektronik oleh» beside it and the public code under it."""
    NAME = "name"
    NIP = "nip"


class FootKind(StrEnum):
    SENTENCE = "sentence"
    """The code, who issued the certificate, the law's sentence, and where to check."""
    CODE = "code"
    """The code alone, on every page."""
    NONE = "none"


USUAL_ORDER = tuple(Part)


class Styled(Protocol):
    """Whatever has these settings; None leaves one to the agency."""

    block_order: Any
    print_nip: Any
    print_titles: Any
    foot: Any


@dataclass(frozen=True)
class Style:
    block_order: tuple[Part, ...] = USUAL_ORDER
    print_nip: bool = True
    print_titles: bool = True
    foot: FootKind = FootKind.SENTENCE

    @classmethod
    def of(cls, *habits: Styled | None) -> Self:
        """Each setting by the first that has one; the later ones are the more general."""
        found: dict[str, Any] = {}
        for setting in fields(cls):
            said = (getattr(habit, setting.name) for habit in habits if habit is not None)
            value = next((v for v in said if v is not None), None)
            if value is not None:
                found[setting.name] = value
        if "block_order" in found:
            found["block_order"] = tuple(Part(part) for part in found["block_order"])
        return cls(**found)


def check_order(order: list[Any] | None) -> list[str] | None:
    """The order as it is kept. Raises INVALID unless each part stands in it once."""
    if order is not None and sorted(order) != sorted(Part):
        raise INVALID()
    return order and [Part(part).value for part in order]

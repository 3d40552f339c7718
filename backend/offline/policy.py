"""What the agency lets a phone do and keep while it has no line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.documents.access import SECRET
from backend.documents.models import Secrecy

LONGEST_HOURS = 72
"""Activation keys are destroyed after it; see signing/activation_keys.py."""

KEPT = tuple(secrecy for secrecy in Secrecy if secrecy not in SECRET)
"""What may lie on a phone. Nobody can widen it."""


@dataclass(frozen=True)
class OfflinePolicy:
    signing: bool = False
    """Whether signatures may be authorised offline at all."""
    window_hours: int = 24
    documents_per_statement: int = 20
    secrecies: tuple[Secrecy, ...] = (Secrecy.BIASA,)
    """Of papers whose signature may be authorised offline."""
    factors: tuple[str, ...] = ("code",)
    keep_secrecies: tuple[Secrecy, ...] = KEPT

    @classmethod
    def of(cls, policy: Mapping[str, Any]) -> "OfflinePolicy":
        """As the agency's `policy` has it."""
        return cls(
            signing=bool(policy.get("offline_signing", cls.signing)),
            window_hours=_between(policy.get("offline_hours"), cls.window_hours, LONGEST_HOURS),
            documents_per_statement=_between(
                policy.get("offline_documents"), cls.documents_per_statement, 100
            ),
        )


def _between(value: Any, usual: int, most: int) -> int:
    return min(max(value, 1), most) if isinstance(value, int) else usual

"""What the agency lets a phone do and keep while it has no line. Nothing until somebody says so."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, computed_field
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.audit.trail import record
from backend.core.db import Work
from backend.documents.access import SECRET
from backend.documents.models import Secrecy
from backend.identity.passkeys import PasskeyRule
from backend.organisation import agency
from backend.organisation.models import Agency

LONGEST_WINDOW = timedelta(hours=72)
KEPT = tuple(secrecy for secrecy in Secrecy if secrecy not in SECRET)
"""What may lie on a phone. Nobody can widen it."""


def _kept(given: list[Secrecy]) -> list[Secrecy]:
    if not set(KEPT).issuperset(given):
        raise ValueError("secret papers are never kept on a phone")
    return [secrecy for secrecy in KEPT if secrecy in given]


class OfflinePolicy(BaseModel):
    """What may be done and kept without a line."""

    model_config = ConfigDict(frozen=True)

    signing: bool = False
    """Whether signatures may be authorised without a line at all."""
    window_hours: Annotated[int, Field(ge=1, le=LONGEST_WINDOW // timedelta(hours=1))] = 24
    """How long after the last sync one may authorise, and how long that may then take to arrive."""
    documents_per_statement: Annotated[int, Field(ge=1, le=100)] = 20
    secrecies: Annotated[list[Secrecy], AfterValidator(_kept)] = Field(default=[Secrecy.BIASA])
    """Of the papers whose signature may be authorised so."""
    passkey: PasskeyRule = PasskeyRule.ENROLLED
    """When the phone must recognise its owner for it."""
    passkey_on_line: bool = False
    """Whether the same is asked of signatures on the line."""

    @computed_field
    def factors(self) -> list[str]:
        """What is asked of everyone beside the passphrase and the device's key."""
        return ["code", "passkey"] if self.passkey is PasskeyRule.ALWAYS else ["code"]

    @computed_field
    def keep_secrecies(self) -> list[Secrecy]:
        """Of the papers that may lie on the phone."""
        return list(KEPT)

    @property
    def passkey_now(self) -> PasskeyRule:
        """The rule for a signature on the line."""
        return self.passkey if self.passkey_on_line else PasskeyRule.NEVER

    @property
    def window(self) -> timedelta:
        return timedelta(hours=self.window_hours)

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Self:
        """As the agency's row has it; what cannot be read counts as never set."""
        try:
            return cls.model_validate(stored or {})
        except ValidationError:
            return cls()


def current(session: Session) -> OfflinePolicy:
    """The policy as it is now."""
    return OfflinePolicy.of(session.scalar(select(Agency.offline).limit(1)))


def change(work: Work, policy: OfflinePolicy) -> OfflinePolicy:
    """Takes the policy's place; it counts for what arrives from now on."""
    row = agency.current(work.session)
    facts = policy.model_dump(mode="json", exclude={"factors", "keep_secrecies"})
    row.offline = facts
    row.updated_at = work.now
    record(work, "agency.offline-policy-changed", "agency", row.id, **facts)
    return policy

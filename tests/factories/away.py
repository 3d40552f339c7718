"""A signer's phone that leaves its line: what it takes along, and what it brings back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pyotp

from backend.core.ids import new_id
from backend.signing.models import ActivationKey
from backend.signing.offline import grants, policy
from backend.signing.offline.grants import Minted
from backend.signing.offline.policy import OfflinePolicy
from backend.signing.signing import Accepted, Envelope
from tests.factories.phones import SECRET
from tests.factories.signings import Case, Signatory


@dataclass
class Statement:
    """One outbox entry."""

    sad: str
    secrets: str
    entry: str = field(default_factory=lambda: str(new_id()))
    passkey: dict[str, str] | None = None


@dataclass
class Away:
    """A phone with ticked papers and grants. `ahead`: how far its clock runs ahead."""

    papers: list[Case]
    signatory: Signatory
    documents: list[dict[str, Any]]
    minted: Minted
    key: ActivationKey
    ahead: timedelta = timedelta()
    used: int = 0

    @property
    def services(self):
        return self.papers[0].services

    @property
    def device_clock(self) -> datetime:
        return self.services.clock.now() + self.ahead

    def grant(self) -> str:
        self.used += 1
        return self.minted.grants[self.used - 1]

    def authorise(self, *, entry: str | None = None, secrets: Any = None, **claims: Any):
        """What the person consents to at this moment, with the code their authenticator shows."""
        now = int(self.device_clock.timestamp())
        code = pyotp.TOTP(SECRET).at(self.device_clock)
        usual = {
            "documents": self.documents,
            "credential": self.signatory.phone.certificate.thumbprint,
            "iat": claims.get("claimed_at", now),
            "claimed_at": now,
            "skew": self.minted.skew,
        }
        if "grant" not in claims:
            usual["grant"] = self.grant()
        made = self.signatory.phone.sad(
            secrets={"code": code} | (secrets or {}), **(usual | claims)
        )
        return Statement(*made, **({"entry": entry} if entry else {}))

    def replay(self, statement: Statement) -> Accepted:
        """As it arrives, at the moment of the services' clock."""
        sent = Envelope(
            statement.sad,
            statement.secrets,
            self.services.settings.origin,
            entry=statement.entry,
            passkey=statement.passkey,
        )
        return self.services.desk.authorise(self.signatory.actor, sent, patience=10)


def allow(paper: Case, **changes: Any) -> None:
    """The agency allows signing without a line."""
    with paper.work() as work:
        policy.change(work, OfflinePolicy(**({"signing": True} | changes)))


def leave(papers: list[Case], *, ahead: timedelta = timedelta()) -> Away:
    """The signer reads and ticks these papers, syncs for the last time, and drives off."""
    first = papers[0]
    signatory = first.signatories[0]
    for paper in papers:
        paper.tick(signatory)
    documents = [paper.consent(signatory) for paper in papers]
    services = first.services
    with services.work(signatory.actor) as work:
        minted = grants.mint(work, work.now + ahead, 10, keys=services.master_key)
    assert minted is not None
    key = signatory.phone.activation_key()
    signatory.phone.activation_key = lambda: key  # there is no line to fetch another
    return Away(papers, signatory, documents, minted, key, ahead)

"""The agency's seal and its two custodians."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from backend.bootstrap import Services
from backend.certificates.revocation import make_ready
from backend.identity.models import DecisionKind, DecisionState, TwoOfficerDecision
from backend.signing.seal import seals
from backend.signing.signing import Envelope
from tests.factories import people
from tests.factories.phones import Phone, phone

HALVES = ("rusa tua minum teh pagi", "bambu kuning di tepi kali")
"""Each custodian's passphrase."""


@dataclass
class Custody:
    """Two people with phones, named by two officers."""

    services: Services
    phones: tuple[Phone, Phone]

    def envelope(self, who: int, passphrase: str | None = None, **claims: object) -> Envelope:
        """A statement with a code of a fresh time step."""
        self.services.clock.advance(seconds=30)
        secrets = {"passphrase": passphrase or HALVES[who]}
        sealed = self.phones[who].envelope("seal+jwt", secrets=secrets, **claims)
        return Envelope(*sealed, self.services.settings.origin)

    def join(self, who: int, passphrase: str | None = None) -> None:
        envelope = self.envelope(who, passphrase, purpose="join")
        with self.services.work(self.phones[who].actor) as work:
            seals.join(work, envelope, self.services.seal)

    def activate(
        self,
        who: int,
        *,
        activation: UUID | None = None,
        hours: float = 8,
        documents: int = 100,
        until: int | None = None,
        passphrase: str | None = None,
        services: Services | None = None,
    ) -> tuple[UUID, int]:
        """The activation, and until when it is meant."""
        ends = until or int((self.services.clock.now() + timedelta(hours=hours)).timestamp())
        envelope = self.envelope(
            who,
            passphrase,
            purpose="activate",
            activation=str(activation) if activation else None,
            ends_at=ends,
            documents=documents,
        )
        desk = (services or self.services).desk
        return desk.activate_seal(self.phones[who].actor, envelope), ends

    def open(self, **terms: float) -> UUID:
        """Both consent to the same."""
        activation, ends = self.activate(0, **terms)  # type: ignore[arg-type]
        documents = int(terms.get("documents", 100))
        self.activate(1, activation=activation, until=ends, documents=documents)
        return activation


def custody(services: Services, *, joined: bool = True) -> Custody:
    """Two custodians of a seal two officers agreed to; `joined`: with their passphrases."""
    with services.work() as work:
        if work.session.query(people.Agency).first() is None:
            people.agency(work.session)
        make_ready(work, issuer=services.issuer)
        phones = (phone(services, work), phone(services, work))
        officers = [people.person(work.session) for _ in range(2)]
        work.session.add(
            TwoOfficerDecision(
                kind=DecisionKind.MAKE_SEAL,
                person_id=phones[0].person.id,
                payload={
                    "decree": "SK Contoh 1/2026",
                    "second_custodian_id": str(phones[1].person.id),
                },
                state=DecisionState.AGREED,
                proposed_by=officers[0].id,
                decided_by=officers[1].id,
                created_at=work.now,
                decided_at=work.now,
            )
        )
    made = Custody(services, phones)
    if joined:
        made.join(0)
        made.join(1)
    return made

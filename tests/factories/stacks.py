"""Many papers of one signer, ticked and prepared, to be signed with one activation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.bootstrap import Services
from backend.documents.models import Document
from backend.signing import preflight
from backend.signing.models import Signature
from backend.signing.signing import Accepted, Envelope
from tests.factories.signings import Case, Signatory, case, consent, further_case


@dataclass
class Stack:
    """Papers of one signer, and what their phone sends about them."""

    papers: list[Case]

    @property
    def services(self) -> Services:
        return self.papers[0].services

    @property
    def signatory(self) -> Signatory:
        return self.papers[0].signatories[0]

    @property
    def document_ids(self) -> list[UUID]:
        return [paper.document_id for paper in self.papers]

    def steps(self) -> list[UUID]:
        return [paper.next_step.id for paper in self.papers]

    def preflights(self, steps: Sequence[UUID]) -> preflight.Preflight:
        services = self.services
        return preflight.preflights(services.work, services.signing, self.signatory.actor, steps)

    def consents(self, steps: Sequence[UUID] | None = None) -> list[dict[str, Any]]:
        """What a SAD says about these papers, all of which can be signed."""
        found = self.preflights(self.steps() if steps is None else steps)
        assert found.problem is None
        assert [item.problem for item in found.items] == [None] * len(found.items)
        return [consent(item) for item in found.items]

    def envelope(
        self,
        wanted: list[dict[str, Any]] | None = None,
        batch_id: UUID | None = None,
        **terms: Any,
    ) -> Envelope:
        """One activation for these papers, with a code of a fresh time step."""
        self.services.clock.advance(seconds=30)
        consents = self.consents() if wanted is None else wanted
        sad, secrets = self.signatory.phone.sad(consents, **terms)
        return Envelope(sad, secrets, self.services.settings.origin, batch_id)

    def sign(self, envelope: Envelope | None = None, services: Services | None = None) -> Accepted:
        desk = (services or self.services).desk
        return desk.authorise(self.signatory.actor, envelope or self.envelope(), patience=10)

    def documents(self) -> list[Document]:
        return [paper.document() for paper in self.papers]

    def signatures(self) -> list[Signature]:
        with self.services.work() as work:
            rows = work.session.query(Signature).order_by(Signature.id)
            return [row for row in rows if row.document_id in set(self.document_ids)]


def stack(services: Services, count: int, **facts: Any) -> Stack:
    """Papers of a new signer, all ready to be signed."""
    first = case(services, **facts)
    papers = [first, *(further_case(first, **facts) for _ in range(count - 1))]
    for paper in papers:
        paper.tick(paper.signatories[0])
        paper.prepare()
    return Stack(papers)


def renew(old: Stack, count: int) -> Stack:
    """Further papers of the same signer."""
    papers = [further_case(old.papers[0]) for _ in range(count)]
    for paper in papers:
        paper.tick(paper.signatories[0])
        paper.prepare()
    return Stack(papers)

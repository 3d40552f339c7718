"""Several papers of one signer, to be signed by the service with one activation."""

from collections import Counter
from uuid import UUID

from backend.signing import progress
from backend.signing.progress import ItemState, Progress
from backend.signing.signing import Envelope
from tests.factories.national import PASSPHRASE, Nation
from tests.factories.signings import further_case
from tests.factories.stacks import Stack


def pile(national: Nation, count: int) -> Stack:
    first = national.case()
    papers = [first, *(further_case(first) for _ in range(count - 1))]
    for paper in papers:
        paper.tick(paper.signatories[0])
        paper.prepare()
    return Stack(papers)


def activation(papers: Stack, secret: str = PASSPHRASE, batch_id: UUID | None = None) -> Envelope:
    """For what waits; of a paused batch, for its rest."""
    steps = papers.steps() if batch_id is None else waiting(papers, batch_id)
    found = papers.preflights(steps)
    assert found.standing.credential is not None
    return papers.envelope(
        papers.consents(steps),
        batch_id,
        level=found.level,
        provider=found.standing.provider,
        credential=found.standing.credential.thumbprint,
        secrets={"passphrase": secret},
    )


def signed(papers: Stack, secret: str = PASSPHRASE) -> Progress:
    """What became of them with one activation."""
    return shown(papers, papers.sign(activation(papers, secret)).batch_id)


def shown(papers: Stack, batch_id: UUID) -> Progress:
    with papers.services.work(papers.signatory.actor) as work:
        return progress.progress(work, batch_id)


def waiting(papers: Stack, batch_id: UUID) -> list[UUID]:
    items = shown(papers, batch_id).items
    return [item.step_id for item in items if item.state is ItemState.WAITING]


def states(found: Progress) -> Counter[ItemState]:
    return Counter(item.state for item in found.items)


def asked_to_sign(national: Nation) -> int:
    return sum(call.endswith("/sign/pdf") for call in national.server.house.calls)

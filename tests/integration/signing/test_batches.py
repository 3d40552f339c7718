"""Many papers with one activation: each on its own, and nothing lost when the process goes."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from backend.audit.queries import verify
from backend.bootstrap import Services
from backend.core.errors import DomainError
from backend.documents.models import DocumentState
from backend.organisation import appointments
from backend.routing import routes
from backend.routing.models import StepState, Tick
from backend.signing import batches, progress, signing
from backend.signing.local_provider import LocalProvider
from backend.signing.models import AttemptState, BatchState, SigningAttempt
from backend.signing.presence import presence
from backend.signing.problems import CREDENTIAL_LOCKED
from backend.signing.progress import ItemState, Progress
from backend.signing.provider import ActivationOverError, OutcomeUnknownError, SignedFile, Task
from backend.signing.signing import Envelope
from mobile_api.app import Application
from tests.factories.signings import case
from tests.factories.stacks import Stack, stack
from tests.support.browser import Browser, signed_in


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as raised:
        act()
    return raised.value.code


def shown(papers: Stack, batch_id: UUID) -> Progress:
    with papers.services.work(papers.signatory.actor) as work:
        return progress.progress(work, batch_id)


def states(found: Progress) -> Counter[ItemState]:
    return Counter(item.state for item in found.items)


def phone(app: Application, papers: Stack) -> Browser:
    return signed_in(
        app, papers.services, papers.signatory.person, device=papers.signatory.phone.device
    )


def test_one_activation_signs_many_and_shows_how_far_it_is(
    app: Application, services: Services
) -> None:
    papers = stack(services, 4)
    browser = phone(app, papers)
    asked = browser.post("/signing/preflights", {"steps": [str(one) for one in papers.steps()]})
    assert asked.json["ready"]
    assert all(item["ready"] and item["ticked_at"] for item in asked.json["items"])
    assert [item["document_id"] for item in asked.json["items"]] == [
        str(one) for one in papers.document_ids
    ]
    envelope = papers.envelope()
    body = {"sad": envelope.sad, "secrets": envelope.secrets}
    answer = browser.post("/signing/authorisations", body)
    assert (answer.status_code, answer.json["attempts"]) == (202, [])
    batch = browser.get(f"/signing/batches/{answer.json['batch']['id']}").json
    assert (batch["state"], batch["total"], batch["done"]) == ("finished", 4, 4)
    assert (batch["failed"], batch["remaining"]) == (0, 0)
    assert {item["state"] for item in batch["items"]} == {"done"}
    assert all(item["signed_at"] and item["subject"] for item in batch["items"])
    listed = browser.get("/signing/batches").json["items"]
    assert [one["id"] for one in listed] == [batch["id"]]
    assert {one.state for one in papers.documents()} == {DocumentState.SIGNED}
    stamps = {one.file_sha256 for one in papers.signatures()}
    assert len(stamps) == 4


def test_a_mandate_that_ended_after_the_file_was_made_blocks_its_paper_alone(
    app: Application, services: Services
) -> None:
    papers = stack(services, 2)
    browser = phone(app, papers)
    steps = [str(one) for one in papers.steps()]
    assert browser.post("/signing/preflights", {"steps": steps}).json["ready"]
    with services.work() as work:
        appointments.end_mandate(work, papers.signatory.mandate.id)
    services.clock.advance(seconds=1)
    asked = browser.post("/signing/preflights", {"steps": steps})
    assert asked.status_code == 200, asked.text
    codes = {item["problem"]["code"] for item in asked.json["items"]}
    assert codes == {"routing/mandate-ended"}
    assert {item["capacity"] for item in asked.json["items"]} == {papers.signatory.position.title}


def test_nobody_sees_another_persons_batch(app: Application, services: Services) -> None:
    papers = stack(services, 2)
    accepted = papers.sign()
    stranger = case(services)
    browser = signed_in(app, services, stranger.signatories[0].person)
    assert browser.get(f"/signing/batches/{accepted.batch_id}").status_code == 404
    assert browser.get("/signing/batches").json["items"] == []
    other = browser.post("/signing/preflights", {"steps": [str(papers.papers[0].steps()[0].id)]})
    assert other.json["items"] == []


def test_a_batch_tells_nothing_of_other_peoples_papers(services: Services) -> None:
    """Neither by naming their steps, nor by naming them beside a step of one's own."""
    papers = stack(services, 3)
    secret = stack(services, 1).papers[0]
    consents = papers.consents()
    foreign = consents[0] | {"id": str(secret.document_id), "step": str(secret.next_step.id)}
    crossed = consents[1] | {"id": str(secret.document_id)}
    for paper in (secret, papers.papers[1]):
        with services.work(paper.operator_actor) as work:
            routes.withdraw(work, paper.document_id)
        paper.queue(paper.signatories)
    found = shown(papers, papers.sign(papers.envelope([foreign, crossed, consents[2]])).batch_id)
    assert [item.document_id for item in found.items] == [papers.document_ids[2]]


def test_a_batch_with_twenty_faults_ends_with_the_healthy_ones_signed_once(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Papers that cannot be signed any more, and signatures that fail while they are made."""
    papers = stack(services, 40)
    envelope = papers.envelope()
    withdrawn = papers.papers[:10]
    for paper in withdrawn:
        with services.work(paper.operator_actor) as work:
            routes.withdraw(work, paper.document_id)
    broken = set(papers.document_ids[10:20])
    perform = LocalProvider.perform

    def faulty(self: LocalProvider, task: Task, opened: Any) -> SignedFile:
        made = perform(self, task, opened)
        if task.document_id in broken:
            raise ValueError("a fault")
        return made

    monkeypatch.setattr(LocalProvider, "perform", faulty)
    found = shown(papers, papers.sign(envelope).batch_id)
    assert found.state is BatchState.FINISHED
    assert states(found) == {ItemState.DONE: 20, ItemState.FAILED: 20}
    codes = Counter(item.failure["code"] for item in found.items if item.failure)
    assert codes == {"routing/withdrawn": 10, "signing/not-made": 10}
    healthy = papers.document_ids[20:]
    assert sorted(one.document_id for one in papers.signatures()) == sorted(healthy)
    for paper in papers.papers[10:20]:
        assert paper.next_step.state is StepState.TICKED


class Stop:
    """Says «go on» a number of times, then never again."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self) -> bool:
        self.left -= 1
        return self.left >= 0


def stopped(papers: Stack, after: int) -> UUID:
    """A batch whose worker was asked to end after some papers."""
    services, envelope = papers.services, papers.envelope()
    with presence(services.engine) as present:
        accepted = signing.authorise(
            services.work,
            services.signing,
            papers.signatory.actor,
            envelope,
            desk=present.key,
            going_on=Stop(after),
        )
    return accepted.batch_id


def rest(papers: Stack, batch_id: UUID) -> list[UUID]:
    found = shown(papers, batch_id)
    return [item.step_id for item in found.items if item.state is ItemState.WAITING]


def test_one_new_activation_finishes_the_rest_of_a_paused_batch(
    app: Application, services: Services
) -> None:
    papers = stack(services, 5)
    batch_id = stopped(papers, after=2)
    found = shown(papers, batch_id)
    assert found.state is BatchState.PAUSED
    assert states(found) == {ItemState.DONE: 2, ItemState.WAITING: 3}
    browser = phone(app, papers)
    assert browser.get("/signing/batches").json["items"][0]["remaining"] == 3
    with services.work() as work:
        ticks = work.session.query(Tick).count()

    envelope = papers.envelope(papers.consents(rest(papers, batch_id)))
    body = {"sad": envelope.sad, "secrets": envelope.secrets, "batch": str(batch_id)}
    answer = browser.post("/signing/authorisations", body)
    assert answer.status_code == 202, answer.text
    assert answer.json["batch"]["id"] == str(batch_id)
    found = shown(papers, batch_id)
    assert (found.state, states(found)) == (BatchState.FINISHED, {ItemState.DONE: 5})
    assert len(papers.signatures()) == 5
    with services.work() as work:
        assert work.session.query(Tick).count() == ticks
        assert verify(work.session).intact


def test_only_what_is_left_of_a_paused_batch_of_ones_own_is_continued(services: Services) -> None:
    papers = stack(services, 3)
    done = stack(services, 2)
    assert refusal(lambda: papers.sign(papers.envelope(batch_id=done.sign().batch_id))) == (
        "general/not-found"
    )
    batch_id = stopped(papers, after=1)
    one = papers.consents(rest(papers, batch_id)[:1])
    assert papers.sign(papers.envelope(one, batch_id)).batch_id == batch_id
    # What the second activation left out can be signed like any other paper.
    found = shown(papers, batch_id)
    assert (found.state, states(found)) == (
        BatchState.FINISHED,
        {ItemState.DONE: 2, ItemState.FAILED: 1},
    )
    again = papers.consents([papers.papers[-1].next_step.id])
    assert refusal(lambda: papers.sign(papers.envelope(again, batch_id))) == (
        "signing/batch-not-paused"
    )
    papers.sign(papers.envelope(again))
    assert len(papers.signatures()) == 3


@pytest.mark.parametrize(
    ("secret", "refused"),
    [("passphrase", "signing/wrong-passphrase"), ("code", "identity/wrong-code")],
)
def test_a_paused_batch_still_waits_after_a_refused_secret(
    services: Services, secret: str, refused: str
) -> None:
    papers = stack(services, 3)
    batch_id = stopped(papers, after=1)
    wanted = papers.consents(rest(papers, batch_id))
    services.clock.advance(seconds=30)
    sent = papers.signatory.phone.sad(wanted, secrets={secret: "000000"})
    envelope = Envelope(*sent, services.settings.origin, batch_id)
    assert refusal(lambda: papers.sign(envelope)) == refused
    assert shown(papers, batch_id).state is BatchState.PAUSED
    papers.sign(papers.envelope(wanted, batch_id))
    assert shown(papers, batch_id).state is BatchState.FINISHED
    assert len(papers.signatures()) == 3


def test_another_paper_cannot_slip_into_a_paused_batch(services: Services) -> None:
    papers = stack(services, 3)
    batch_id = stopped(Stack(papers.papers[:2]), after=0)
    assert refusal(lambda: papers.sign(papers.envelope(batch_id=batch_id))) == (
        "signing/not-of-batch"
    )
    assert papers.signatures() == []


def test_a_paused_batch_of_which_nothing_is_left_has_ended(services: Services) -> None:
    papers = stack(services, 2)
    batch_id = stopped(papers, after=0)
    papers.sign()
    found = shown(papers, batch_id)
    assert (found.state, states(found)) == (BatchState.FINISHED, {ItemState.DONE: 2})


def test_when_the_key_is_lost_the_batch_pauses_and_says_why(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = stack(services, 3)
    perform, calls = LocalProvider.perform, []

    def lost(self: LocalProvider, task: Task, opened: Any) -> SignedFile:
        calls.append(task)
        if len(calls) == 2:
            raise ActivationOverError(CREDENTIAL_LOCKED(retry_after=60))
        return perform(self, task, opened)

    with monkeypatch.context() as broken:
        broken.setattr(LocalProvider, "perform", lost)
        batch_id = papers.sign().batch_id
    found = shown(papers, batch_id)
    assert len(calls) == 2
    assert found.state is BatchState.PAUSED
    assert found.batch.problem["code"] == "signing/credential-locked"
    assert [item.state for item in found.items] == [
        ItemState.DONE,
        ItemState.FAILED,
        ItemState.WAITING,
    ]
    papers.sign(papers.envelope(papers.consents(rest(papers, batch_id)), batch_id))
    assert len(papers.signatures()) == 2


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The local engine, as if it were a service far away."""
    monkeypatch.setattr(LocalProvider, "dispatches", True)


@pytest.mark.usefixtures("outside")
def test_what_a_service_did_not_answer_is_unknown_and_stops_nothing_else(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = stack(services, 3)
    perform = LocalProvider.perform

    def silent(self: LocalProvider, task: Task, opened: Any) -> SignedFile:
        if task.document_id == papers.document_ids[1]:
            raise OutcomeUnknownError(call="sign", after_seconds=30)
        return perform(self, task, opened)

    monkeypatch.setattr(LocalProvider, "perform", silent)
    found = shown(papers, papers.sign().batch_id)
    assert states(found) == {ItemState.DONE: 2, ItemState.UNKNOWN: 1}
    assert papers.papers[1].document().state is DocumentState.UNKNOWN


@pytest.mark.usefixtures("outside")
def test_an_attempt_whose_process_died_after_its_dispatch_is_unknown(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = stack(services, 2)

    def die(*_: Any) -> SignedFile:
        raise SystemExit  # as a kill would: nothing is written after it

    with monkeypatch.context() as dying:
        dying.setattr(LocalProvider, "perform", die)
        with pytest.raises(SystemExit):
            papers.sign()
    batches.sweep(services.work)
    with services.work() as work:
        found = [one.state for one in work.session.query(SigningAttempt).order_by("id")]
    assert found == [AttemptState.UNKNOWN, AttemptState.FAILED]
    assert [one.state for one in papers.documents()] == [
        DocumentState.UNKNOWN,
        DocumentState.READY_TO_SIGN,
    ]


def test_many_papers_are_judged_in_few_queries(services: Services) -> None:
    papers = stack(services, 12)
    steps = papers.steps()
    counts = []
    asked: list[str] = []
    event.listen(services.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for some in (steps[:3], steps):
        asked.clear()
        found = papers.preflights(some)
        for item in found.items:
            assert item.document.unit.name
            assert item.document.type.name
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20


def test_each_paper_says_why_it_cannot_be_signed(app: Application, services: Services) -> None:
    papers = stack(services, 3)
    steps = papers.steps()
    with services.work(papers.papers[0].operator_actor) as work:
        routes.withdraw(work, papers.document_ids[0])
    papers.sign(papers.envelope(papers.consents(steps[1:2])))
    answer = phone(app, papers).post("/signing/preflights", {"steps": [str(one) for one in steps]})
    assert [
        item["problem"]["code"] if item["problem"] else None for item in answer.json["items"]
    ] == [
        "routing/withdrawn",
        "routing/already-done",
        None,
    ]

"""The whole way from a queued paper to a signed one, in the database."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event

from backend.audit.models import AuditEntry
from backend.bootstrap import Services
from backend.certificates.problems import TIME_STAMP_UNAVAILABLE
from backend.core.errors import DomainError
from backend.core.jobs import Job
from backend.documents.models import DocumentState
from backend.organisation.models import Mandate
from backend.routing import routes
from backend.routing.models import EventKind, StepState, TimelineEvent
from backend.signing import attempts, batches, performing, signing
from backend.signing.local_provider import LocalProvider
from backend.signing.models import AttemptState, Prepared, Signature, SigningAttempt
from backend.signing.presence import presence
from backend.signing.signing import Envelope
from tests.factories import people
from tests.factories.phones import signer
from tests.factories.signings import Case, Signatory, case, further_case
from tests.support.jobs import RunJobs


def rows(paper: Case, table: Any, **where: Any) -> list[Any]:
    with paper.work() as work:
        return work.session.query(table).filter_by(**where).order_by(table.id).all()


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as raised:
        act()
    return raised.value.code


def test_one_signer_signs_and_the_document_is_signed(services: Services) -> None:
    paper = case(services)
    ratna = paper.signatories[0]

    attempt_id = paper.sign(ratna)

    with services.work() as work:
        attempt = work.session.get_one(SigningAttempt, attempt_id)
        assert attempt.state is AttemptState.FINISHED
        signature = work.session.query(Signature).one()
        assert signature.file_sha256 == paper.document().signed_sha256
        assert signature.signer_name == ratna.person.name
        actions = [e.action for e in work.session.query(AuditEntry).order_by(AuditEntry.seq)]
        assert actions[-3:] == ["document.prepared", "step.authorised", "document.signed"]
    assert paper.document().state is DocumentState.SIGNED
    assert paper.signed_bytes().startswith(paper.base)
    assert paper.document().validated_sha256 is None


def test_three_signers_sign_one_after_another(services: Services, run_jobs: RunJobs) -> None:
    paper = case(services, signers=3)
    stages = [paper.base]
    for someone in paper.signatories:
        run_jobs(skip=(Job.VALIDATE_SIGNED,))
        paper.sign(someone)
        stages.append(paper.signed_bytes())
    assert all(b.startswith(a) for a, b in itertools.pairwise(stages))
    assert paper.document().state is DocumentState.SIGNED
    assert [s.field for s in rows(paper, Signature)] == [f"TandaTangan{n}" for n in (1, 2, 3)]
    run_jobs()
    assert paper.document().validated_sha256 == paper.document().signed_sha256


def test_nothing_waits_on_a_time_stamp_inside_a_transaction(services: Services) -> None:
    paper = case(services)
    open_now: list[object] = []
    event.listen(services.engine, "begin", open_now.append)
    for ended in ("commit", "rollback"):
        event.listen(services.engine, ended, lambda _connection: open_now.pop())
    stamped: list[int] = []
    original = services.time_stamper.stamp

    def stamp(digest: bytes, algorithm: str = "sha256") -> bytes:
        stamped.append(len(open_now))
        return original(digest, algorithm)

    services.time_stamper.stamp = stamp  # type: ignore[method-assign]
    paper.sign(paper.signatories[0])
    assert stamped
    assert set(stamped) == {0}


def test_without_a_time_stamp_nothing_is_signed_and_it_can_be_tried_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    sad = paper.sad(ratna)

    def unavailable(*_: object) -> bytes:
        raise TIME_STAMP_UNAVAILABLE()

    with monkeypatch.context() as broken:
        broken.setattr(services.time_stamper, "stamp", unavailable)
        (attempt_id,) = paper.authorise(ratna, sad)
    attempt = rows(paper, SigningAttempt, id=attempt_id)[0]
    assert attempt.state is AttemptState.FAILED
    assert attempt.failure["code"] == TIME_STAMP_UNAVAILABLE.code
    assert paper.next_step.state is StepState.TICKED
    assert paper.document().signed_sha256 is None
    assert rows(paper, Signature) == []

    again = paper.authorise(ratna, paper.sad(ratna))[0]
    assert rows(paper, SigningAttempt, id=again)[0].state is AttemptState.FINISHED


def test_a_file_that_fails_the_self_check_replaces_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = case(services)
    with monkeypatch.context() as broken:
        broken.setattr("backend.signing.pdf.evidence.revision", lambda *_: b"")
        attempt_id = paper.sign(paper.signatories[0])
    attempt = rows(paper, SigningAttempt, id=attempt_id)[0]
    assert (attempt.state, attempt.failure["code"]) == (AttemptState.FAILED, "signing/not-made")
    assert paper.document().signed_sha256 is None
    assert rows(paper, Signature) == []


def test_an_attempt_is_closed_once_its_process_is_gone(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    with monkeypatch.context() as broken, presence(services.engine) as present:
        broken.setattr(performing, "perform", lambda *_, **__: True)
        broken.setattr(batches, "end", lambda *_: None)
        envelope = Envelope(*paper.sad(ratna), services.settings.origin)
        accepted = signing.authorise(
            services.work, services.signing, ratna.actor, envelope, desk=present.key
        )
        batches.sweep(services.work)
        assert paper.next_step.state is StepState.PROCESSING  # its process still lives
    (attempt_id,) = accepted.attempt_ids
    batches.sweep(services.work)
    batches.sweep(services.work)
    attempt = rows(paper, SigningAttempt, id=attempt_id)[0]
    assert (attempt.state, attempt.failure["code"]) == (AttemptState.FAILED, "signing/interrupted")
    assert paper.next_step.state is StepState.TICKED
    assert paper.authorise(ratna, paper.sad(ratna))


def test_a_late_finish_after_the_attempt_was_closed_signs_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = case(services)
    original = LocalProvider.perform

    def slow(*given: Any) -> Any:
        made = original(*given)
        attempt = rows(paper, SigningAttempt)[0]
        with services.work() as work:
            attempts.close(work, attempt.id)
        return made

    monkeypatch.setattr(LocalProvider, "perform", slow)
    attempt_id = paper.sign(paper.signatories[0])
    assert rows(paper, SigningAttempt, id=attempt_id)[0].state is AttemptState.FAILED
    assert rows(paper, Signature) == []
    assert paper.next_step.state is StepState.TICKED


@pytest.mark.parametrize("field", ["version_sha256", "prepared_sha256"])
def test_it_refuses_other_bytes_than_were_shown(services: Services, field: str) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    good = paper.consent(ratna)
    other = good | {field: "0" * 64}
    code = refusal(lambda: paper.authorise(ratna, ratna.phone.sad([other])))
    assert code in {"signing/preparation-changed", "routing/version-replaced"}
    assert rows(paper, SigningAttempt) == []
    # Nothing was used up: the same code still signs.
    assert paper.authorise(ratna, ratna.phone.sad([good]))


def test_it_refuses_without_a_tick(services: Services) -> None:
    paper = case(services)
    found = paper.preflight(paper.signatories[0])
    assert found.problem is not None
    assert found.problem.code == "routing/not-ticked"


def test_nobody_else_learns_of_the_paper(services: Services) -> None:
    paper, other = case(services), case(services)
    stranger = other.signatories[0]
    assert refusal(lambda: paper.preflight(stranger)) == "general/not-found"


def test_a_person_without_certificate_is_told_and_prepared_for_later(services: Services) -> None:
    paper = case(services, queued=False)
    with services.work() as work:
        position = people.position(work.session, paper.unit)
        person = people.official(work.session, position)
        mandate = work.session.query(Mandate).filter_by(person_id=person.id).one()
    with services.work(paper.operator_actor) as work:
        routes.draw_route(
            work,
            paper.document_id,
            [routes.PlannedStep(position.id, routes.StepAction.SIGN)],
        )
        routes.queue(work, paper.document_id)
    assert refusal(paper.prepare) == "signing/no-credential"
    services.clock.advance(seconds=60)  # type: ignore[attr-defined]
    newcomer = Signatory(signer(services, person), position, mandate)
    services.clock.advance(seconds=60)  # type: ignore[attr-defined]
    assert paper.sign(newcomer)


def hand_over(paper: Case, old: Signatory) -> Signatory:
    """The position passes to another person who can sign."""
    services = paper.services
    with services.work() as work:
        work.session.get_one(Mandate, old.mandate.id).ends_at = work.now
        person = people.person(work.session)
        mandate = people.mandate(work.session, person, old.position, kind="plt", starts_at=work.now)
    new = Signatory(signer(services, person), old.position, mandate)
    services.clock.advance(seconds=60)  # type: ignore[attr-defined]
    return new


def test_a_changed_signer_before_any_signature_voids_the_preparation(services: Services) -> None:
    paper = case(services)
    paper.prepare()
    old = rows(paper, Prepared)[0]
    new = hand_over(paper, paper.signatories[0])
    paper.prepare()
    first, second = rows(paper, Prepared)
    assert (first.id, first.voided_at is not None) == (old.id, True)
    assert second.person_id == new.person.id
    paper.sign(new)
    signature = rows(paper, Signature)[0]
    assert signature.capacity.startswith("Plt. ")


def test_a_changed_signer_after_a_signature_starts_again_and_says_so(
    services: Services, run_jobs: RunJobs
) -> None:
    paper = case(services, signers=2)
    first, second = paper.signatories
    paper.sign(first)
    run_jobs(skip=(Job.VALIDATE_SIGNED,))
    file_before = paper.document().signed_sha256
    new = hand_over(paper, second)
    paper.prepare()

    assert paper.document().signed_sha256 is None
    assert rows(paper, Signature)[0].voided_at is not None
    assert [s.state for s in paper.steps()] == [StepState.OPEN, StepState.WAITING]
    said = rows(paper, TimelineEvent, kind=EventKind.VOIDED)
    assert (said[-1].data["reason"], said[-1].data["signatures"]) == ("signer-changed", 1)

    paper.sign(first)
    paper.sign(new)
    assert paper.document().state is DocumentState.SIGNED
    assert paper.document().signed_sha256 != file_before


def test_withdrawing_voids_what_was_prepared(services: Services, run_jobs: RunJobs) -> None:
    paper = case(services)
    run_jobs()
    with services.work(paper.operator_actor) as work:
        routes.withdraw(work, paper.document_id)
    run_jobs()
    assert [p.voided_at is None for p in rows(paper, Prepared)] == [False]


def test_preparing_twice_makes_one_file(services: Services) -> None:
    paper = case(services)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: paper.prepare(), range(3)))
    assert len(rows(paper, Prepared)) == 1


def test_of_two_authorisations_at_the_same_moment_exactly_one_signs(services: Services) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    first = paper.sad(ratna)
    services.clock.advance(seconds=30)  # type: ignore[attr-defined]
    second = paper.sad(ratna)
    start = Barrier(2)

    def attempt(envelope: tuple[str, str]) -> str:
        start.wait()
        try:
            paper.authorise(ratna, envelope)
        except DomainError as error:
            return error.code
        return "signed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(attempt, [first, second]))
    assert outcomes.count("signed") == 1, outcomes
    assert len(rows(paper, Signature)) == 1
    assert paper.document().state is DocumentState.SIGNED


def test_signing_while_the_paper_is_withdrawn_ends_with_one_of_the_two(services: Services) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    envelope = paper.sad(ratna)
    start = Barrier(2)

    def sign() -> str:
        start.wait()
        try:
            paper.authorise(ratna, envelope)
        except DomainError as error:
            return error.code
        return "signed"

    def withdraw() -> str:
        start.wait()
        try:
            with services.work(paper.operator_actor) as work:
                routes.withdraw(work, paper.document_id)
        except DomainError as error:
            return error.code
        return "withdrawn"

    with ThreadPoolExecutor(2) as pool:
        outcomes = {f.result() for f in (pool.submit(sign), pool.submit(withdraw))}
    assert len(outcomes & {"signed", "withdrawn"}) == 1, outcomes
    signed = paper.document().state is DocumentState.SIGNED
    assert signed == ("signed" in outcomes) == (len(rows(paper, Signature)) == 1)


def test_one_envelope_signs_several_papers(services: Services) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    other = further_case(paper)
    wanted = []
    for one in (paper, other):
        one.tick(ratna)
        wanted.append(one.consent(ratna))
    wanted.append(wanted[0] | {"step": str(other.document_id)})
    made = paper.authorise(ratna, ratna.phone.sad(wanted))
    assert len(made) == 2
    assert {paper.document().state, other.document().state} == {DocumentState.SIGNED}

"""That nothing was signed, two officers say together, with evidence and not before it can be known."""

from typing import Any
from uuid import UUID

import pytest

from backend.audit.models import AuditEntry
from backend.core.db import Actor
from backend.core.errors import DomainError
from backend.identity import decisions
from backend.identity.models import DecisionKind, DecisionState, TwoOfficerDecision
from backend.organisation.models import Person, Role
from backend.routing.models import StepState
from backend.signing import attempts, unknown
from backend.signing.models import AttemptState, SigningAttempt
from mobile_api.app import Application
from tests.factories.national import Nation, authorise
from tests.factories.signings import Case, further_case
from tests.fakes.bsre import Fault
from tests.integration.signing.bsre.leaving_open import break_off, left_open, officer
from tests.support.browser import Browser, signed_in

EVIDENCE = "Log layanan kosong, sudah ditanyakan kepada pengelolanya"


def propose(paper: Case, attempt_id: UUID, by: Actor) -> UUID:
    with paper.work(by) as work:
        return unknown.propose_unsigned(work, attempt_id, EVIDENCE).id


def agree(paper: Case, decision_id: UUID, by: Actor) -> None:
    with paper.work(by) as work:
        unknown.settle_unsigned(work, decisions.agree(work, decision_id, "Cocok").decision)


def refusal(run: Any, *given: Any) -> str:
    with pytest.raises(DomainError) as raised:
        run(*given)
    return raised.value.code


def wait(paper: Case) -> None:
    paper.services.clock.advance(seconds=attempts.LONGEST.total_seconds())


def state(paper: Case, attempt_id: UUID) -> AttemptState:
    with paper.work() as work:
        return work.session.get_one(SigningAttempt, attempt_id).state


def test_two_officers_open_the_step_again_and_both_stand_in_the_trail(national: Nation) -> None:
    paper, attempt_id = left_open(national, Fault.SILENT_AFTER_SIGNING)
    first, second = officer(paper), officer(paper)
    wait(paper)

    decision = propose(paper, attempt_id, first)
    assert state(paper, attempt_id) is AttemptState.UNKNOWN
    agree(paper, decision, second)

    assert state(paper, attempt_id) is AttemptState.FAILED
    assert paper.next_step.state is StepState.TICKED
    with paper.work() as work:
        said = work.session.query(AuditEntry).filter_by(action="signing.settled").one().data
    assert (said["outcome"], said["evidence"], said["note"]) == ("not-signed", EVIDENCE, "Cocok")
    assert (said["proposed_by"], said["agreed_by"]) == (str(first.person_id), str(second.person_id))
    again = authorise(paper, paper.signatories[0])
    assert state(paper, again) is AttemptState.FINISHED


def test_nobody_says_so_while_the_service_may_still_be_at_work(one_nation: Nation) -> None:
    paper, attempt_id = left_open(one_nation, Fault.CUT_AFTER_SIGNING)
    by = officer(paper)
    one_nation.services.clock.advance(seconds=attempts.LONGEST.total_seconds() - 61)

    with pytest.raises(DomainError) as raised:
        propose(paper, attempt_id, by)

    assert raised.value.code == "signing/still-at-work"
    assert raised.value.params == {"minutes": 2}


def test_one_officer_alone_and_the_signer_settle_nothing(one_nation: Nation) -> None:
    paper, attempt_id = left_open(one_nation, Fault.CUT_AFTER_SIGNING)
    by = officer(paper)
    wait(paper)
    own = Actor(
        person_id=paper.signatories[0].person.id, roles=frozenset({Role.REGISTRATION_OFFICER})
    )
    assert refusal(propose, paper, attempt_id, own) == "signing/own-signature"
    decision = propose(paper, attempt_id, by)

    assert refusal(agree, paper, decision, by) == "identity/same-officer"
    assert refusal(agree, paper, decision, own) == "identity/own-case"
    assert refusal(propose, paper, attempt_id, officer(paper)) == "identity/decision-pending"
    with paper.work(by) as work:
        row = work.session.get_one(TwoOfficerDecision, decision)
        assert refusal(unknown.settle_unsigned, work, row) == "general/forbidden"
    assert state(paper, attempt_id) is AttemptState.UNKNOWN


def test_each_open_signature_of_a_person_is_decided_by_itself(one_nation: Nation) -> None:
    paper, one = left_open(one_nation, Fault.CUT_AFTER_SIGNING)
    _, other = break_off(one_nation, further_case(paper), Fault.ERROR_500_AFTER_SIGNING)
    first, second = officer(paper), officer(paper)
    wait(paper)
    decision = propose(paper, one, first)
    propose(paper, other, first)

    agree(paper, decision, second)

    assert state(paper, one) is AttemptState.FAILED
    assert state(paper, other) is AttemptState.UNKNOWN


def test_a_file_that_turns_up_ends_the_proposal(one_nation: Nation) -> None:
    paper, attempt_id = left_open(one_nation, Fault.CUT_AFTER_SIGNING)
    first, second = officer(paper), officer(paper)
    wait(paper)
    decision = propose(paper, attempt_id, first)
    services, (kept,) = one_nation.services, one_nation.server.house.signed

    unknown.settle_signed(services.work, services.signing, second, attempt_id, kept)

    with paper.work() as work:
        assert work.session.get_one(TwoOfficerDecision, decision).state is DecisionState.WITHDRAWN
    assert refusal(agree, paper, decision, second) == "identity/decision-closed"
    assert state(paper, attempt_id) is AttemptState.FINISHED


def browser(app: Application, one_nation: Nation, person_id: object) -> Browser:
    with one_nation.services.work() as work:
        return signed_in(app, one_nation.services, work.session.get_one(Person, person_id))


def test_officers_read_when_and_who_and_settle_it_over_http(
    app: Application, one_nation: Nation
) -> None:
    paper, attempt_id = left_open(one_nation, Fault.CUT_AFTER_SIGNING)
    first, second = (browser(app, one_nation, officer(paper).person_id) for _ in range(2))
    (row,) = first.get("/signing/unknown").json["items"]
    assert row["proposal"] is None
    assert not row["own"]
    early = first.post(f"/signing/unknown/{attempt_id}/not-signed", {"evidence": EVIDENCE})
    assert early.json["code"] == "signing/still-at-work"
    raw = {
        "kind": DecisionKind.SIGNATURE_NOT_MADE,
        "person_id": str(paper.signatories[0].person.id),
    }
    around = first.post("/decisions", raw | {"payload": {"attempt_id": str(attempt_id)}})
    assert around.status_code == 422

    wait(paper)
    first.post(f"/signing/unknown/{attempt_id}/not-signed", {"evidence": EVIDENCE})
    (row,) = second.get("/signing/unknown").json["items"]
    assert row["proposal"]["payload"]["evidence"] == EVIDENCE
    agreed = second.post(f"/decisions/{row['proposal']['id']}/agree", {"note": "Cocok"})

    assert agreed.json["state"] == "agreed"
    assert second.get("/signing/unknown").json["items"] == []

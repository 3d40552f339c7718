"""Outcomes that the service left open: never tried again by themselves, settled with evidence."""

from typing import Any

import pytest

from backend.audit.models import AuditEntry
from backend.core.errors import DomainError
from backend.core.jobs import Job
from backend.documents.models import DocumentState
from backend.organisation import nik
from backend.routing.models import EventKind, StepState, TimelineEvent
from backend.signing import attempts, preflight, unknown
from backend.signing.models import AttemptState, ServiceCall, SigningAttempt
from mobile_api.app import Application
from tests.factories.national import Nation, sign
from tests.factories.signings import Case, further_case
from tests.fakes.bsre import Fault
from tests.integration.signing.bsre.leaving_open import break_off, left_open, officer
from tests.support.browser import signed_in
from tests.support.jobs import run_pending

OPEN = {
    Fault.ZERO_BYTES: "zero-bytes",
    Fault.ERROR_500_AFTER_SIGNING: "http-500",
    Fault.SILENT_AFTER_SIGNING: "time-out",
    Fault.CUT_AFTER_SIGNING: "connection-lost",
    Fault.ENDLESS: "too-long",
    Fault.WRONG_PERSON: "other-signer",
    Fault.NO_PREFIX: "other-file",
    Fault.DRAWN_OVER: "changed-content",
    Fault.NO_STAMP: "no-time-stamp",
    Fault.ELSEWHERE: "other-place",
    Fault.UNSIGNED: "not-signed",
    Fault.TAMPERED: "broken-signature",
    Fault.GARBAGE: "other-file",
}


def state(paper: Case, attempt_id: Any) -> AttemptState:
    with paper.work() as work:
        return work.session.get_one(SigningAttempt, attempt_id).state


def settlements(paper: Case) -> list[dict[str, Any]]:
    with paper.work() as work:
        rows = work.session.query(AuditEntry).filter_by(action="signing.settled")
        return [row.data for row in rows.order_by(AuditEntry.seq)]


def test_whatever_leaves_it_open_is_shown_as_unknown_and_not_tried_again(
    one_nation: Nation,
) -> None:
    first = one_nation.case()
    for fault, reason in OPEN.items():
        paper, attempt_id = break_off(one_nation, further_case(first), fault)

        assert state(paper, attempt_id) is AttemptState.UNKNOWN, fault
        assert paper.document().state is DocumentState.UNKNOWN
        assert paper.document().signed_sha256 is None
        (step,) = paper.steps()
        assert step.state is StepState.UNKNOWN
        with paper.work() as work:
            events = work.session.query(TimelineEvent).filter_by(document_id=paper.document_id)
            assert events.filter_by(kind=EventKind.UNSURE).one().data["reason"] == reason
            call = work.session.query(ServiceCall).filter_by(attempt_id=attempt_id).one()
            assert call.outcome == reason
        assert why_not(paper) == "routing/outcome-unknown"
    assert len(asked_to_sign(one_nation)) == len(OPEN)


def asked_to_sign(national: Nation) -> list[str]:
    return [call for call in national.server.house.calls if call.endswith("/sign/pdf")]


def why_not(paper: Case) -> str:
    """What a phone hears that asks whether it can be signed again."""
    services, signer = paper.services, paper.signatories[0].actor
    found = preflight.preflights(services.work, services.signing, signer, [paper.steps()[0].id])
    assert found.problem is not None
    return found.problem.code


@pytest.mark.parametrize("fault", [Fault.ZERO_BYTES, Fault.CUT_AFTER_SIGNING])
def test_the_service_is_asked_once_for_what_it_kept(one_nation: Nation, fault: Fault) -> None:
    paper, attempt_id = left_open(one_nation, fault)
    one_nation.services.clock.advance(seconds=60)

    done = run_pending(one_nation.services, skip=(Job.VALIDATE_SIGNED,))

    assert Job.RECONCILE_SIGNING in done
    downloads = [c for c in one_nation.server.house.calls if "/sign/download/" in c]
    if fault is Fault.ZERO_BYTES:
        assert len(downloads) == 1
        assert state(paper, attempt_id) is AttemptState.FINISHED
        assert paper.document().state is DocumentState.SIGNED
        assert settlements(paper)[0]["by"] == "service"
    else:
        assert downloads == []
        assert state(paper, attempt_id) is AttemptState.UNKNOWN
    assert len(asked_to_sign(one_nation)) == 1


def test_an_officer_brings_the_signed_file(national: Nation) -> None:
    paper, attempt_id = left_open(national, Fault.CUT_AFTER_SIGNING)
    national.services.clock.advance(seconds=3 * 3600)
    (kept,) = national.server.house.signed
    by = officer(paper)

    services = national.services
    unknown.settle_signed(services.work, services.signing, by, attempt_id, kept)

    assert state(paper, attempt_id) is AttemptState.FINISHED
    assert paper.document().state is DocumentState.SIGNED
    assert paper.signed_bytes().startswith(kept)
    (entry,) = settlements(paper)
    assert (entry["outcome"], entry["by"], entry["service_says"]) == ("signed", "officer", "VALID")
    with pytest.raises(DomainError) as raised:
        unknown.settle_signed(services.work, services.signing, by, attempt_id, kept)
    assert raised.value.code == "signing/not-unknown"


def test_any_other_file_is_refused(one_nation: Nation) -> None:
    paper, attempt_id = left_open(one_nation, Fault.CUT_AFTER_SIGNING)
    (kept,) = one_nation.server.house.signed
    other, _ = break_off(one_nation, further_case(paper), Fault.CUT_AFTER_SIGNING)
    services, by = one_nation.services, officer(paper)

    for wrong in (b"", b"%PDF-1.7", kept[:-10], kept + b" ", one_nation.server.house.signed[1]):
        with pytest.raises(DomainError) as raised:
            unknown.settle_signed(services.work, services.signing, by, attempt_id, wrong)
        assert raised.value.code == "signing/wrong-result"
    assert state(paper, attempt_id) is AttemptState.UNKNOWN
    assert other.document().state is DocumentState.UNKNOWN


def test_a_number_changed_since_does_not_make_a_strangers_file_the_signers(
    one_nation: Nation,
) -> None:
    paper, attempt_id = left_open(one_nation, Fault.WRONG_PERSON)
    house, services = one_nation.server.house, one_nation.services
    (strangers,), stranger = house.signed, house.stranger()
    with services.work() as work:
        signer = paper.signatories[0].person.id
        nik.put(work, signer, stranger.nik, keys=services.master_key)

    with pytest.raises(DomainError) as raised:
        unknown.settle_signed(
            services.work, services.signing, officer(paper), attempt_id, strangers
        )

    assert raised.value.code == "signing/wrong-result"
    assert state(paper, attempt_id) is AttemptState.UNKNOWN


def test_a_process_that_dies_after_the_dispatch_leaves_it_open_too(one_nation: Nation) -> None:
    paper, attempt_id = left_open(one_nation, Fault.CUT_AFTER_SIGNING)
    with paper.work() as work:
        row = work.session.get_one(SigningAttempt, attempt_id)
        assert row.dispatched_at is not None
        attempts.close(work, attempt_id)

    assert state(paper, attempt_id) is AttemptState.UNKNOWN


def test_the_signer_finds_what_is_open_at_the_head_of_their_history(
    app: Application, one_nation: Nation
) -> None:
    signed = one_nation.case()
    (signer,) = signed.signatories
    sign(signed, signer)
    first, attempt_id = break_off(one_nation, further_case(signed), Fault.CUT_AFTER_SIGNING)
    second, _ = break_off(one_nation, further_case(signed), Fault.CUT_AFTER_SIGNING)
    browser = signed_in(app, one_nation.services, signer.person)

    def pages(limit: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            answer = browser.get(f"/history?limit={limit}{cursor}").json
            found += answer["items"]
            if answer["next_cursor"] is None:
                return found
            cursor = f"&cursor={answer['next_cursor']}"

    expected = [(str(each.document_id), "unknown") for each in (second, first)]
    expected.append((str(signed.document_id), "done"))
    for limit in (1, 2, 25):
        shown = pages(limit)
        assert [(deed["document_id"], deed["state"]) for deed in shown] == expected
        assert all((deed["finished_at"] is None) == bool(deed["unknown_since"]) for deed in shown)

    kept = one_nation.server.house.signed[1]
    services = one_nation.services
    unknown.settle_signed(services.work, services.signing, officer(first), attempt_id, kept)
    assert [deed["state"] for deed in pages(25)] == ["unknown", "done", "done"]


def test_officers_see_every_open_outcome_with_its_calls(one_nation: Nation) -> None:
    paper, attempt_id = left_open(one_nation, Fault.ERROR_500_AFTER_SIGNING)

    with paper.work(officer(paper)) as work:
        (found,) = unknown.listed(work)

    assert found.attempt.id == attempt_id
    assert found.signer.id == paper.signatories[0].person.id
    assert [call.outcome for call in found.calls] == ["http-500"]

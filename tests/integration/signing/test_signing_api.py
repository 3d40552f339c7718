"""Signing over HTTP: the sheet's facts, the authorisation, the attempts, the placements."""

from typing import Any

import pytest

from backend.bootstrap import Services
from backend.core.jobs import Job
from backend.documents.models import DocumentState, Version
from mobile_api.app import Application
from tests.factories.sheets import Sheet, paper
from tests.factories.signings import Case, Signatory, case
from tests.support.browser import Browser, signed_in
from tests.support.clock import SettableClock
from tests.support.jobs import RunJobs


@pytest.fixture
def one(services: Services) -> Case:
    return case(services)


def as_signer(app: Application, services: Services, signatory: Signatory) -> Browser:
    """The signer's own phone; it keeps the key with which it was enrolled."""
    return signed_in(app, services, signatory.person, device=signatory.phone.device)


def facts(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return answer.json


def test_the_sheet_shows_exactly_what_would_be_signed(
    app: Application, services: Services, one: Case
) -> None:
    ratna = one.signatories[0]
    browser = as_signer(app, services, ratna)
    step = one.next_step
    before = facts(browser.get(f"/steps/{step.id}/signing"))
    assert (before["ready"], before["problem"]["code"]) == (False, "routing/not-ticked")

    one.tick(ratna)
    shown = facts(browser.get(f"/steps/{step.id}/signing"))
    assert shown["ready"] is True
    assert shown["problem"] is None
    assert shown["document_id"] == str(one.document_id)
    assert shown["credential"]["thumbprint"] == ratna.phone.certificate.thumbprint
    assert (shown["provider"], shown["level"]) == ("local", "B-LT")
    assert shown["mandate_id"] == str(ratna.mandate.id)
    assert shown["capacity"] == ratna.position.title
    assert shown["decree_number"] == ratna.mandate.decree_number
    assert shown["tries_left"] == 5
    assert shown["code_wait_until"] is None


def test_an_authorisation_answers_with_the_final_state(
    app: Application, services: Services, one: Case, clock: SettableClock
) -> None:
    ratna = one.signatories[0]
    browser = as_signer(app, services, ratna)
    one.tick(ratna)
    sad, secrets = one.sad(ratna)
    answer = facts(browser.post("/signing/authorisations", {"sad": sad, "secrets": secrets}))
    (attempt,) = answer["attempts"]
    assert attempt["state"] == "finished"
    assert attempt["problem"] is None
    assert attempt["signed_at"] == clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert one.document().state is DocumentState.SIGNED
    assert facts(browser.get(f"/signing/attempts/{attempt['id']}")) == attempt

    again = browser.post("/signing/authorisations", {"sad": sad, "secrets": secrets})
    assert again.status_code in {409, 422}


def test_a_wrong_passphrase_is_counted_and_nothing_is_signed(
    app: Application, services: Services, one: Case, clock: SettableClock
) -> None:
    ratna = one.signatories[0]
    browser = as_signer(app, services, ratna)
    one.tick(ratna)
    document = one.consent(ratna)
    sad, secrets = ratna.phone.sad([document], secrets={"passphrase": "bukan frasa sandinya"})
    refused = browser.post("/signing/authorisations", {"sad": sad, "secrets": secrets})
    assert (refused.status_code, refused.json["code"]) == (422, "signing/wrong-passphrase")
    assert refused.json["params"]["tries_left"] == 4
    shown = facts(browser.get(f"/steps/{document['step']}/signing"))
    assert shown["ready"] is True
    assert shown["tries_left"] == 4
    assert shown["code_wait_until"] is not None  # the code went with the wrong passphrase

    clock.advance(seconds=30)
    sad, secrets = ratna.phone.sad([document])
    facts(browser.post("/signing/authorisations", {"sad": sad, "secrets": secrets}))
    assert one.document().state is DocumentState.SIGNED


def test_nobody_reads_another_persons_attempt(
    app: Application, services: Services, one: Case
) -> None:
    attempt_id = one.sign(one.signatories[0])
    stranger = as_signer(app, services, case(services).signatories[0])
    assert stranger.get(f"/signing/attempts/{attempt_id}").status_code == 404


def checks(item: dict[str, Any]) -> dict[str, bool]:
    return {check["code"]: check["ok"] for check in item["checks"]}


@pytest.fixture
def operator(app: Application, services: Services, one: Case) -> Browser:
    return signed_in(app, services, one.operator)


def test_without_a_placement_there_is_one_in_free_space(operator: Browser, one: Case) -> None:
    (item,) = facts(operator.get(f"/documents/{one.document_id}/placements"))["items"]
    assert item["placed"] is False
    assert (item["page"], all(checks(item).values())) == (1, True)


def test_the_operator_places_a_block_and_the_file_is_prepared_anew(
    operator: Browser, one: Case, run_jobs: RunJobs
) -> None:
    run_jobs()
    path = f"/documents/{one.document_id}/placements"
    wish = {"ordinal": 1, "page": 1, "x": 60.0, "y": 300.0, "width": 200.0, "height": 130.0}
    (item,) = facts(operator.put(path, {"items": [wish]}))["items"]
    assert item["placed"] is True
    assert {k: item[k] for k in wish} == wish
    assert Job.PREPARE_SIGNATURES in run_jobs()
    one.sign(one.signatories[0])
    assert operator.put(path, {"items": [wish]}).json["code"] == "signing/placement-fixed"
    assert facts(operator.get(path))["fixed"] is True


def test_checks_say_what_speaks_against_a_place(
    operator: Browser, services: Services, one: Case
) -> None:
    path = f"/documents/{one.document_id}/placements"
    with services.work() as work:
        version = work.session.query(Version).filter_by(document_id=one.document_id).one()
        version.pages[0].boxes = [[0.1, 0.1, 0.5, 0.05, "Surat tugas"]]
    wish = {"ordinal": 1, "page": 1, "x": 60.0, "y": 700.0, "width": 200.0, "height": 130.0}
    (item,) = facts(operator.put(path, {"items": [wish]}))["items"]
    assert checks(item)["covers-no-text"] is False
    small = wish | {"width": 40.0, "height": 30.0, "y": 300.0}
    (item,) = facts(operator.put(path, {"items": [small]}))["items"]
    readable = next(c for c in item["checks"] if c["code"] == "qr-readable")
    assert readable["ok"] is False
    assert readable["params"]["height"] > 30


@pytest.mark.parametrize(
    "wish",
    [
        {"ordinal": 1, "page": 2, "x": 60, "y": 300, "width": 200, "height": 130},
        {"ordinal": 1, "page": 1, "x": 500, "y": 300, "width": 200, "height": 130},
        {"ordinal": 2, "page": 1, "x": 60, "y": 300, "width": 200, "height": 130},
        {"ordinal": 1, "anchor": "#"},
        {"ordinal": 1},
    ],
)
def test_it_refuses_places_that_are_not_on_the_paper(
    operator: Browser, one: Case, wish: dict[str, Any]
) -> None:
    answer = operator.put(f"/documents/{one.document_id}/placements", {"items": [wish]})
    assert (answer.status_code, answer.json["code"]) == (422, "signing/placement-invalid")


def test_an_anchor_in_the_text_holds_the_block(
    operator: Browser, services: Services, one: Case
) -> None:
    with services.work() as work:
        version = work.session.query(Version).filter_by(document_id=one.document_id).one()
        version.anchors = {"#": [{"page": 1, "x": 340.0, "y": 250.0}]}
    path = f"/documents/{one.document_id}/placements"
    (item,) = facts(operator.put(path, {"items": [{"ordinal": 1, "anchor": "#"}]}))["items"]
    assert item["anchor"] == "#"
    assert item["x"] == pytest.approx(332)
    assert item["y"] + item["height"] == pytest.approx(264)
    assert all(checks(item).values())
    assert one.sign(one.signatories[0])


def test_only_the_units_operators_place_blocks(
    app: Application, services: Services, one: Case
) -> None:
    path = f"/documents/{one.document_id}/placements"
    official = as_signer(app, services, one.signatories[0])
    assert official.put(path, {"items": []}).status_code == 403
    other = signed_in(app, services, case(services).operator)
    assert other.put(path, {"items": []}).status_code == 404


def test_mixed_pages_are_signed_on_the_last(services: Services) -> None:
    made = case(
        services,
        base=paper(Sheet(), Sheet((935, 609), rotate=90), Sheet((842, 595), origin=(20, -40))),
    )
    made.sign(made.signatories[0])
    assert made.document().state is DocumentState.SIGNED


def test_a_phone_behind_a_forwarded_port_ticks_and_signs_for_the_address_it_sees(
    app: Application, services: Services, one: Case, clock: SettableClock
) -> None:
    """Every statement names one audience by one rule, whichever view receives it."""
    ratna = one.signatories[0]
    browser = as_signer(app, services, ratna)
    browser.key = ratna.phone.key
    seen = "http://localhost:9090"
    step = facts(browser.get(f"/steps/{one.next_step.id}", base_url=seen))
    statement = browser.state(
        "tick+jwt",
        aud=seen,
        step=step["step_id"],
        mandate=str(ratna.mandate.id),
        version=step["version"]["id"],
        version_sha256=step["version"]["sha256"],
        pages=[page["image"]["sha256"] for page in step["version"]["pages"]],
    )
    path = f"/steps/{step['step_id']}/tick"
    facts(browser.post(path, {"statement": statement}, base_url=seen))

    clock.advance(seconds=30)
    shown = facts(browser.get(f"/steps/{step['step_id']}/signing", base_url=seen))
    document = {
        "id": shown["document_id"],
        "step": shown["step_id"],
        "version_sha256": shown["version_sha256"],
        "prepared_sha256": shown["prepared_sha256"],
        "action": "sign",
    }
    for audience, status in [("http://localhost:9091", 422), (seen, 200)]:
        sad, secrets = ratna.phone.sad([document], aud=audience)
        body = {"sad": sad, "secrets": secrets}
        answer = browser.post("/signing/authorisations", body, base_url=seen)
        assert answer.status_code == status, answer.text
    assert one.document().state is DocumentState.SIGNED

"""What the phone shows before the passphrase is asked: the prepared page, in the right capacity."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from backend.bootstrap import Services
from backend.core.errors import DomainError
from backend.core.jobs import Job
from backend.organisation.appointments import end_mandate, give_mandate
from backend.organisation.models import MandateKind
from backend.organisation.problems import MANDATE_OVERLAPS
from mobile_api.app import Application
from tests.factories.sheets import Sheet, paper
from tests.factories.signings import Case, Signatory, case
from tests.support.browser import Browser, signed_in
from tests.support.clock import SettableClock
from tests.support.jobs import RunJobs


@pytest.fixture
def one(services: Services) -> Case:
    return case(services, base=paper(Sheet(), Sheet()))


def phone(app: Application, services: Services, signatory: Signatory) -> Browser:
    return signed_in(app, services, signatory.person, device=signatory.phone.device)


def test_the_phone_gets_the_prepared_page_with_the_block_on_it(
    app: Application, services: Services, one: Case, run_jobs: RunJobs
) -> None:
    browser = phone(app, services, one.signatories[0])
    path = f"/steps/{one.next_step.id}/signing/appearance"
    one.prepare()
    assert browser.get(path).json["image"] is None
    run_jobs()
    shown = browser.get(path).json
    assert shown["prepared_sha256"] == one.preflight(one.signatories[0]).items[0].prepared_sha256
    assert shown["page"] == 2

    answer = browser.get(shown["image"]["url"].removeprefix("/api/v1"))
    assert answer.content_type == "image/webp"
    assert len(answer.data) <= 40 * 1024
    page = Image.open(io.BytesIO(answer.data)).convert("L")
    scale = page.width / shown["page_width"]
    place = shown["place"]
    left, top = place["x"] * scale, page.height - (place["y"] + place["height"]) * scale
    right, bottom = left + place["width"] * scale, page.height - place["y"] * scale
    ink = page.crop((int(left), int(top), int(right), int(bottom))).histogram()
    assert sum(ink[:96]) > 0.05 * sum(ink), "a block with its QR is drawn in its place"
    below = page.crop((int(left), int(bottom) + 10, int(right), int(bottom) + 200)).histogram()
    assert sum(below[:96]) == 0, "and nowhere else"


def test_only_the_signer_sees_it(
    app: Application, services: Services, one: Case, run_jobs: RunJobs
) -> None:
    run_jobs()
    path = f"/steps/{one.next_step.id}/signing/appearance"
    other = case(services).signatories[0]
    assert phone(app, services, one.signatories[0]).get(path).status_code == 200
    assert phone(app, services, other).get(path).status_code == 404


def test_a_picture_of_what_would_no_longer_be_signed_is_gone(
    app: Application, services: Services, one: Case, run_jobs: RunJobs
) -> None:
    ratna = one.signatories[0]
    browser = phone(app, services, ratna)
    run_jobs()
    path = f"/steps/{one.next_step.id}/signing/appearance"
    old = browser.get(path).json["image"]["url"].removeprefix("/api/v1")
    rename(services, ratna, "Ratna Contoh, M.Si.")
    one.prepare()
    assert browser.get(path).json["image"] is None
    assert browser.get(old).status_code == 404
    assert Job.PICTURE_PREPARED in run_jobs()
    assert browser.get(path).json["image"]["url"].removeprefix("/api/v1") != old


def rename(services: Services, signatory: Signatory, name: str) -> None:
    with services.work() as work:
        work.session.merge(signatory.person).name = name


def test_a_person_holds_one_position_in_one_capacity_at_a_time(
    services: Services, one: Case
) -> None:
    """So the sheet has nothing to choose: the step's position says as whom one signs."""
    ratna = one.signatories[0]
    with services.work() as work, pytest.raises(DomainError) as caught:
        give_mandate(
            work,
            ratna.person.id,
            ratna.position.id,
            MandateKind.PLT,
            "800/1",
            starts_at=work.now,
            ends_at=work.now + timedelta(days=30),
        )
    assert caught.value.code == MANDATE_OVERLAPS.code


def test_a_new_capacity_for_the_same_position_is_prepared_and_shown_anew(
    app: Application, services: Services, one: Case, clock: SettableClock, run_jobs: RunJobs
) -> None:
    ratna = one.signatories[0]
    browser = phone(app, services, ratna)
    one.tick(ratna)
    path = f"/steps/{one.next_step.id}/signing"
    before = browser.get(path).json
    with services.work() as work:
        end_mandate(work, ratna.mandate.id)
        clock.advance(seconds=1)
    with services.work() as work:
        give_mandate(
            work,
            ratna.person.id,
            ratna.position.id,
            MandateKind.PLT,
            "800/2/2026",
            starts_at=work.now,
            ends_at=work.now + timedelta(days=30),
        )
    after = browser.get(path).json
    assert after["ready"], after["problem"]
    assert (before["capacity"], after["capacity"]) == (
        ratna.position.title,
        f"Plt. {ratna.position.title}",
    )
    assert after["prepared_sha256"] != before["prepared_sha256"]
    run_jobs()
    assert browser.get(f"{path}/appearance").json["prepared_sha256"] == after["prepared_sha256"]

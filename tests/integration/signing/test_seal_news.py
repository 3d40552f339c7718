"""What people hear of the agency's seal: on a paper's trail, and as its custodians."""

from datetime import timedelta

import pytest

from backend.bootstrap import Services
from backend.certificates.models import Certificate
from backend.core.errors import DomainError
from backend.core.jobs import Job
from backend.notifications.expiry import warn_of_expiry
from backend.notifications.models import Notice, NoticeKind
from backend.organisation import agency
from backend.organisation.models import Role
from backend.routing import routes
from backend.routing.models import EventKind
from backend.routing.problems import SEAL_NOT_OFFERED
from backend.routing.trail import trail
from backend.signing.models import DocumentSeal, Prepared, Seal, SealActivation
from backend.signing.presence import Presence
from backend.signing.seal import seal_activation
from backend.worker import HANDLERS
from tests.factories import people
from tests.factories.papers import document_type
from tests.factories.seals import custody
from tests.factories.signings import case, further_case
from tests.support.clock import SettableClock
from tests.support.jobs import RunJobs


@pytest.fixture(autouse=True)
def sealed_kind(services: Services) -> None:
    with services.work() as work:
        document_type(work.session, sealed=True)


def news(services: Services, person_id: object) -> list[str]:
    with services.work() as work:
        rows = work.session.query(Notice).filter_by(person_id=person_id, kind=NoticeKind.SEAL)
        return [row.data["news"] for row in rows.order_by(Notice.id)]


def test_the_trail_says_that_a_paper_was_sealed_for_the_agency(
    services: Services, run_jobs: RunJobs
) -> None:
    paper = case(services)
    custody(services).open()
    run_jobs()
    with services.work(paper.operator_actor) as work:
        marks = trail(work, paper.document_id).marks
        (mark,) = [mark for mark in marks if mark.kind is EventKind.SEALED]
        assert mark.data == {"agency": work.session.query(people.Agency).one().name}
        assert (mark.person_name, mark.voided) == (None, False)
        sealed = work.session.query(DocumentSeal).one()
        assert mark.at == sealed.sealed_at


def test_custodians_hear_when_sealing_began_and_was_used_up(
    services: Services, run_jobs: RunJobs, clock: SettableClock
) -> None:
    further_case(case(services))
    held = custody(services)
    held.open(documents=2, hours=1)
    run_jobs()
    for phone in held.phones:
        assert news(services, phone.person.id) == ["activated", "used-up"]
    clock.advance(hours=2)
    run_jobs()
    assert news(services, held.phones[0].person.id) == ["activated", "used-up"]
    with services.work() as work:
        used_up = work.session.query(Notice).filter(Notice.cause.endswith("used-up")).first()
        assert (used_up.data["used"], used_up.data["most"]) == (2, 2)


def test_custodians_hear_when_the_time_is_over_or_one_of_them_ended_it(
    services: Services, run_jobs: RunJobs, clock: SettableClock
) -> None:
    held = custody(services)
    held.open(hours=1)
    run_jobs()
    clock.advance(hours=1)
    run_jobs()
    held.open(hours=1)
    with services.work(held.phones[1].actor) as work:
        seal_activation.end(work)
    run_jobs()
    clock.advance(hours=1)
    run_jobs()
    for phone in held.phones:
        said = ["activated", "time-over", "activated", "ended"]
        assert news(services, phone.person.id) == said


def test_custodians_hear_when_the_process_that_had_the_key_is_gone(
    services: Services, run_jobs: RunJobs, clock: SettableClock
) -> None:
    held, presence = custody(services), Presence(services.engine)
    activation_id = held.open(hours=1)
    with services.work() as work:
        work.session.get_one(SealActivation, activation_id).desk = presence.key
    HANDLERS[Job.SWEEP_BATCHES](services)
    presence.close()
    for _ in range(2):
        HANDLERS[Job.SWEEP_BATCHES](services)
        run_jobs()
    clock.advance(hours=1)
    run_jobs()
    for phone in held.phones:
        assert news(services, phone.person.id) == ["activated", "lost"]
    with services.work() as work:
        assert work.session.get_one(SealActivation, activation_id).ended_at


def test_a_consent_that_nobody_joined_is_no_news(services: Services, run_jobs: RunJobs) -> None:
    held = custody(services)
    held.activate(0)
    with services.work(held.phones[0].actor) as work:
        seal_activation.end(work)
    run_jobs()
    assert news(services, held.phones[0].person.id) == []


def test_who_can_help_is_warned_before_the_seals_certificate_ends(
    services: Services, clock: SettableClock
) -> None:
    held = custody(services)
    held.open()
    with services.work() as work:
        administrator, officer, bystander = (people.person(work.session) for _ in range(3))
        people.role(work.session, administrator, Role.ADMINISTRATOR)
        people.role(work.session, officer, Role.REGISTRATION_OFFICER)
        seal = work.session.query(Seal).one()
        ends = work.session.get_one(Certificate, seal.certificate_id).not_after
        work.session.get_one(people.Person, held.phones[1].person.id).left_at = work.now
    for days in (61, 60, 59, 30, 8, 7, 1, 0):
        clock.set(ends - timedelta(days=days))
        with services.work() as work:
            warn_of_expiry(work)
    for told in (held.phones[0].person, administrator, officer):
        assert news(services, told.id) == ["expires"] * 3
    for silent in (held.phones[1].person, bystander):
        assert news(services, silent.id) == []


def test_a_retired_seal_is_not_warned_of(services: Services, clock: SettableClock) -> None:
    held = custody(services)
    held.open()
    with services.work() as work:
        seal = work.session.query(Seal).one()
        seal.retired_at = work.now
        ends = work.session.get_one(Certificate, seal.certificate_id).not_after
    clock.set(ends - timedelta(days=7))
    with services.work() as work:
        warn_of_expiry(work)
    assert news(services, held.phones[0].person.id) == []


def through_bsre(services: Services) -> None:
    with services.work() as work:
        agency.change(work, provider="bsre")


def test_a_sealed_kind_is_not_queued_while_a_service_outside_signs(services: Services) -> None:
    paper = case(services, queued=False)
    through_bsre(services)
    with pytest.raises(DomainError) as raised:
        paper.queue(paper.signatories)
    assert raised.value.problem is SEAL_NOT_OFFERED
    with services.work() as work:
        document_type(work.session, sealed=False)
    paper.queue(paper.signatories)


def test_what_was_queued_before_the_service_was_chosen_does_not_go_out_unsealed(
    services: Services, run_jobs: RunJobs
) -> None:
    paper = case(services)
    custody(services).open()
    through_bsre(services)
    run_jobs()
    with pytest.raises(DomainError) as raised:
        paper.prepare()
    assert raised.value.problem is SEAL_NOT_OFFERED
    with services.work() as work:
        assert work.session.query(Prepared).count() == 0
        assert work.session.query(DocumentSeal).count() == 0
    with services.work(paper.operator_actor) as work:
        routes.withdraw(work, paper.document_id)

"""A signer renews the own certificate: before it ends, with the old passphrase, and tells officers."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.bootstrap import Services
from backend.certificates import lifecycle
from backend.certificates.models import Certificate, CertificateStatus
from backend.certificates.revocation import make_ready
from backend.core.db import Actor
from backend.core.errors import DomainError
from backend.core.jobs import Job
from backend.identity.models import DecisionKind, DecisionState, SecurityEvent, TwoOfficerDecision
from backend.notifications.expiry import warn_of_expiry
from backend.notifications.models import Notice, NoticeKind
from backend.organisation.models import Person, Role
from backend.signing import credentials, enrolment, renewal
from backend.signing.models import KeyCredential, Prepared
from tests.factories import people
from tests.factories.phones import PASSPHRASE, Phone, signer
from tests.factories.signings import case
from tests.support.browser import signed_in
from tests.support.jobs import RunJobs

FRESH = "layang layang putus di pematang"


@pytest.fixture
def phone(services: Services) -> Phone:
    return signer(services)


def days_before_the_end(services: Services, phone: Phone, days: int) -> None:
    services.clock.set(phone.certificate.not_after - timedelta(days=days))
    with services.work() as work:
        make_ready(work, issuer=services.issuer)


def renew(phone: Phone, old: str = PASSPHRASE, **facts: Any) -> Certificate:
    phone.services.clock.advance(seconds=30)
    secrets = {"passphrase": FRESH, "old_passphrase": old} | facts
    renewed: Certificate = phone.key_work(renewal.renew, secrets, purpose="renew")
    return renewed


def refusal(phone: Phone, **facts: Any) -> str:
    with pytest.raises(DomainError) as refused:
        renew(phone, **facts)
    return refused.value.code


def standing(phone: Phone) -> credentials.Standing:
    with phone.services.work(phone.actor) as work:
        return credentials.standing(work, phone.person.id)


def test_a_new_key_and_certificate_follow_under_the_same_check(
    services: Services, phone: Phone
) -> None:
    days_before_the_end(services, phone, 59)
    old = phone.certificate
    assert standing(phone).may_renew
    fresh = renew(phone)
    assert fresh.decision_id == old.decision_id
    assert fresh.not_after > old.not_after + timedelta(days=600)
    assert not standing(phone).may_renew
    with services.work() as work:
        kept = work.session.get_one(Certificate, old.id)
        assert kept.status is CertificateStatus.VALID
        keys = work.session.scalars(select(KeyCredential).order_by(KeyCredential.id)).all()
        assert [bool(key.wrapped) for key in keys] == [False, True]
        events = set(work.session.scalars(select(SecurityEvent.kind)))
        assert "certificate-renewed" in events


def test_the_new_passphrase_opens_the_new_key(services: Services, phone: Phone) -> None:
    days_before_the_end(services, phone, 10)
    renew(phone)
    services.clock.advance(seconds=30)
    secrets = {"passphrase": PASSPHRASE, "old_passphrase": FRESH}
    phone.key_work(enrolment.change_passphrase, secrets, purpose="change-passphrase")


@pytest.mark.parametrize("days", [61, 0, -1])
def test_only_in_its_last_sixty_days(services: Services, phone: Phone, days: int) -> None:
    days_before_the_end(services, phone, days)
    assert not standing(phone).may_renew
    expected = "signing/not-renewable" if days > 0 else "signing/certificate-expired"
    assert refusal(phone) == expected


def test_whoever_holds_phone_and_codes_without_the_passphrase_renews_nothing(
    services: Services, phone: Phone
) -> None:
    days_before_the_end(services, phone, 30)
    before = phone.certificate.id
    for _ in range(4):
        assert refusal(phone, old="bukan frasa sandi lama") == "signing/wrong-passphrase"
    assert refusal(phone, old="bukan frasa sandi lama") == "signing/credential-locked"
    assert refusal(phone) == "signing/credential-locked"
    assert refusal(phone, old="") == "signing/envelope-invalid"
    assert phone.certificate.id == before


def test_an_easy_passphrase_is_refused(services: Services, phone: Phone) -> None:
    days_before_the_end(services, phone, 30)
    assert refusal(phone, passphrase="password1234") == "signing/weak-passphrase"


def test_not_while_suspended(services: Services, phone: Phone) -> None:
    days_before_the_end(services, phone, 30)
    with services.work(phone.actor) as work:
        lifecycle.suspend(work, phone.certificate.id, "Hati-hati.", issuer=services.issuer)
    assert refusal(phone) == "signing/certificate-suspended"


@pytest.mark.parametrize("changed", ["name", "nip"])
def test_not_after_name_or_nip_changed(services: Services, phone: Phone, changed: str) -> None:
    days_before_the_end(services, phone, 30)
    with services.work() as work:
        if changed == "name":
            work.session.get_one(Person, phone.person.id).name = "Nama Lain, S.E."
        decision = TwoOfficerDecision(
            kind=DecisionKind.CORRECT_IDENTITY,
            person_id=phone.person.id,
            payload={},
            state=DecisionState.AGREED if changed == "nip" else DecisionState.REFUSED,
            proposed_by=phone.person.id,
            created_at=work.now,
            decided_at=work.now,
        )
        work.session.add(decision)
    assert refusal(phone) == "signing/not-renewable"


def test_over_http(services: Services, phone: Phone, app: Any) -> None:
    days_before_the_end(services, phone, 20)
    services.clock.advance(seconds=30)
    browser = signed_in(app, services, phone.person, device=phone.device)
    assert browser.get("/credential").json["may_renew"] is True
    secrets = {"passphrase": FRESH, "old_passphrase": PASSPHRASE}
    statement, sealed = phone.envelope("credential+jwt", secrets=secrets, purpose="renew")
    made = browser.post("/credential/renewal", {"statement": statement, "secrets": sealed})
    assert made.status_code == 201, made.json
    assert (made.json["state"], made.json["may_renew"]) == ("active", False)
    replayed = browser.post("/credential/passphrase", {"statement": statement, "secrets": sealed})
    assert replayed.status_code != 204


def test_what_was_prepared_for_the_old_key_is_made_anew(
    services: Services, run_jobs: RunJobs
) -> None:
    paper = case(services)
    paper.prepare()
    ratna = paper.signatories[0].phone
    days_before_the_end(services, ratna, 20)
    fresh = renew(ratna)
    with services.work() as work:
        assert work.session.scalars(select(Prepared.voided_at)).one() is not None
    assert Job.PREPARE_SIGNATURES in run_jobs(skip=(Job.PICTURE_PREPARED,))
    with services.work() as work:
        live = work.session.scalars(select(Prepared).where(Prepared.voided_at.is_(None))).one()
        assert live.certificate_id == fresh.id


class TestWarnings:
    def warned(self, services: Services, person: Person) -> list[str]:
        with services.work() as work:
            rows = work.session.scalars(
                select(Notice.cause)
                .where(Notice.person_id == person.id, Notice.kind == NoticeKind.CERTIFICATE_EXPIRES)
                .order_by(Notice.id)
            )
            return [cause.rpartition(":")[2] for cause in rows]

    def test_holder_and_officers_are_told_once_each_time(
        self, services: Services, phone: Phone
    ) -> None:
        with services.work() as work:
            officer, bystander = (people.person(work.session) for _ in range(2))
            people.role(work.session, officer, Role.REGISTRATION_OFFICER)
        for days in (61, 60, 59, 30, 30, 8, 7, 1):
            services.clock.set(phone.certificate.not_after - timedelta(days=days))
            with services.work() as work:
                warn_of_expiry(work)
        assert self.warned(services, phone.person) == ["60", "30", "7"]
        assert self.warned(services, officer) == ["60", "30", "7"]
        assert self.warned(services, bystander) == []

    def test_who_renewed_is_left_in_peace(self, services: Services, phone: Phone) -> None:
        days_before_the_end(services, phone, 40)
        renew(phone)
        with services.work(Actor()) as work:
            warn_of_expiry(work)
        assert self.warned(services, phone.person) == []

    @pytest.mark.parametrize("days", [0, -3])
    def test_what_ended_is_not_warned_of(self, services: Services, phone: Phone, days: int) -> None:
        services.clock.set(phone.certificate.not_after - timedelta(days=days))
        with services.work() as work:
            warn_of_expiry(work)
        assert self.warned(services, phone.person) == []

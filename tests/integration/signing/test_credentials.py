"""A credential from two officers' agreement to its end, over HTTP, as phones and desks do it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from sqlalchemy import select

from backend.audit.models import AuditEntry
from backend.bootstrap import Services
from backend.certificates import authority, revocation
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Certificate, RevocationList
from backend.certificates.revocation import make_ready
from backend.core.errors import DomainError
from backend.core.jobs import Job
from backend.identity import departure
from backend.identity.models import Device, SecurityEvent
from backend.organisation.models import Person, Role
from backend.signing import credentials
from backend.signing.models import KeyCredential
from backend.tables import metadata
from mobile_api.app import Application, create_app
from tests.factories import people
from tests.factories.phones import PASSPHRASE, Phone
from tests.support.browser import Browser, signed_in
from tests.support.clock import SettableClock
from tests.support.jobs import RunJobs


@pytest.fixture
def official(services: Services, app: Application) -> Browser:
    with services.work() as work:
        people.agency(work.session)
        make_ready(work, issuer=services.issuer)
        person = people.official(work.session, name="Ani Contoh, S.E.")
    return signed_in(app, services, person)


@pytest.fixture
def officers(services: Services, app: Application, official: Browser) -> list[Browser]:
    def officer() -> Person:
        with services.work() as work:
            person = people.person(work.session)
            people.role(work.session, person, Role.REGISTRATION_OFFICER)
            return person

    return [signed_in(app, services, officer()) for _ in range(2)]


def phone_of(browser: Browser) -> Phone:
    with browser.services.work() as work:
        device = work.session.get_one(Device, browser.device_id)
        person = work.session.get_one(Person, browser.person_id)
    assert browser.key is not None
    return Phone(browser.services, person, device, browser.key, browser.secret)


def agree(officers: list[Browser], kind: str, person_id: Any, **payload: str) -> Any:
    """One proposes, the other agrees; the second's answer."""
    body = {"kind": kind, "person_id": str(person_id), "payload": payload}
    proposed = officers[0].post("/decisions", body)
    assert proposed.status_code == 201, proposed.json
    return officers[1].post(f"/decisions/{proposed.json['id']}/agree")


def enrol(officers: list[Browser], browser: Browser) -> None:
    answer = agree(
        officers,
        "issue-certificate",
        browser.person_id,
        method="tatap muka",
        evidence="KTP-el dan SK pengangkatan",
        checked_at="2026-03-02",
    )
    assert answer.status_code == 200, answer.json


Send = Callable[..., Any]


def send(browser: Browser, phone: Phone, purpose: str, **secrets: str) -> Any:
    path = "/credential" if purpose == "create" else "/credential/passphrase"
    statement, sealed = phone.envelope("credential+jwt", secrets=secrets, purpose=purpose)
    return browser.post(path, {"statement": statement, "secrets": sealed})


def ocsp_status(services: Services, certificate: x509.Certificate) -> ocsp.OCSPCertStatus:
    with services.work() as work:
        standing = revocation.standing_of(work.session, certificate.serial_number)
    answer = services.issuer.ocsp(certificate.serial_number, standing, "sha256", None)
    return ocsp.load_der_ocsp_response(answer).certificate_status


def listed(services: Services, certificate: x509.Certificate) -> Any:
    with services.work() as work:
        issuing = authority.current(work.session, AuthorityKind.ISSUING)
        crl = x509.load_der_x509_crl(work.session.get_one(RevocationList, issuing.id).der)
    return crl.get_revoked_certificate_by_serial_number(certificate.serial_number)


@pytest.fixture
def holder(
    official: Browser, officers: list[Browser], clock: SettableClock
) -> tuple[Browser, Phone]:
    """An official with a working credential, at a moment with a fresh code."""
    enrol(officers, official)
    phone = phone_of(official)
    assert send(official, phone, "create", passphrase=PASSPHRASE).status_code == 201
    clock.advance(seconds=60)
    return official, phone


def test_a_person_makes_their_key_after_two_officers_agreed(
    official: Browser, officers: list[Browser], services: Services
) -> None:
    assert official.get("/credential").json["state"] == "none"
    enrol(officers, official)
    assert official.get("/credential").json["state"] == "to-create"

    phone = phone_of(official)
    made = send(official, phone, "create", passphrase=PASSPHRASE)
    assert made.status_code == 201, made.json
    assert made.json["state"] == "active"
    assert made.json["certificate"]["subject"] == "Ani Contoh, S.E."
    certificate = x509.load_der_x509_certificate(phone.certificate.der)
    assert certificate.subject.rfc4514_string().endswith("O=Kabupaten Contoh,C=ID")
    assert ocsp_status(services, certificate) is ocsp.OCSPCertStatus.GOOD
    with services.work() as work:
        kinds = set(work.session.scalars(select(SecurityEvent.kind)))
        actions = set(work.session.scalars(select(AuditEntry.action)))
    assert "certificate-issued" in kinds
    assert "certificate.issued" in actions


def test_nobody_makes_a_key_without_agreement_or_twice_with_one(
    official: Browser, officers: list[Browser], clock: SettableClock
) -> None:
    phone = phone_of(official)
    assert send(official, phone, "create").json["code"] == "signing/not-enrolled"
    enrol(officers, official)
    assert send(official, phone, "create").status_code == 201
    clock.advance(seconds=60)

    assert send(official, phone, "create").json["code"] == "signing/not-enrolled"


def test_an_older_agreement_lapses_with_the_key_made_under_a_newer_one(
    official: Browser, officers: list[Browser], services: Services
) -> None:
    enrol(officers, official)
    services.clock.advance(minutes=1)
    enrol(officers, official)
    phone = phone_of(official)
    assert send(official, phone, "create").status_code == 201
    services.clock.advance(seconds=30)
    assert official.get("/credential").json["may_create"] is False
    assert send(official, phone, "create").json["code"] == "signing/not-enrolled"


def test_an_agreement_does_not_wait_for_ever(
    official: Browser, officers: list[Browser], clock: SettableClock
) -> None:
    enrol(officers, official)
    clock.advance(days=15)
    with official.services.work() as work:
        person = work.session.get_one(Person, official.person_id)
        device = work.session.get_one(Device, official.device_id)
    assert official.key is not None
    phone = Phone(official.services, person, device, official.key, official.secret)
    with pytest.raises(DomainError, match="signing/not-enrolled"):
        phone.create_credential()


def test_the_key_is_made_on_the_device_that_was_checked(
    official: Browser, officers: list[Browser], services: Services, app: Application
) -> None:
    with services.work() as work:
        person = work.session.get_one(Person, official.person_id)
    other = signed_in(app, services, person)
    other.secret = official.secret
    payload = {"method": "tatap muka", "evidence": "KTP-el", "checked_at": "2026-03-02"}
    agreed = agree(
        officers,
        "issue-certificate",
        person.id,
        device_id=str(official.device_id),
        **payload,
    )
    assert agreed.status_code == 200

    refused = send(other, phone_of(other), "create")
    assert refused.json["code"] == "signing/other-device-enrolled"
    assert send(official, phone_of(official), "create").status_code == 201


@pytest.mark.parametrize(
    "weak", ["pendek", "Ani Contoh, S.E.", "password1234", "aaaaaaaaaaaaaa", "abcdefghijklmnop"]
)
def test_a_weak_passphrase_is_refused_with_the_rule_and_costs_nothing(
    official: Browser, officers: list[Browser], weak: str
) -> None:
    enrol(officers, official)
    phone = phone_of(official)
    refused = send(official, phone, "create", passphrase=weak)

    assert refused.json["code"] == "signing/weak-passphrase"
    assert "12 huruf" in refused.json["detail"]
    assert weak not in refused.get_data(as_text=True)
    assert send(official, phone, "create").status_code == 201


def test_a_wrong_code_makes_no_key(official: Browser, officers: list[Browser]) -> None:
    enrol(officers, official)

    assert send(official, phone_of(official), "create", code="000000").status_code == 401
    assert official.get("/credential").json["state"] == "to-create"


def test_a_new_key_destroys_the_old_one_and_leaves_its_certificate(
    holder: tuple[Browser, Phone], officers: list[Browser], services: Services
) -> None:
    browser, phone = holder
    old = phone.certificate
    enrol(officers, browser)
    assert browser.get("/credential").json | {"certificate": None} == {
        "state": "active",
        "certificate": None,
        "tries_left": 5,
        "locked_until": None,
        "may_create": True,
        "may_renew": False,
    }
    assert send(browser, phone, "create", passphrase="empat gajah menari pelan").status_code == 201

    with services.work() as work:
        rows = work.session.scalars(select(KeyCredential).order_by(KeyCredential.id)).all()
        assert [row.wrapped == b"" for row in rows] == [True, False]
        assert work.session.get_one(Certificate, old.id).status == "valid"
    assert phone.certificate.id != old.id


def test_changing_the_passphrase_takes_the_old_one(
    holder: tuple[Browser, Phone], clock: SettableClock
) -> None:
    browser, phone = holder
    new = "empat gajah menari pelan"
    wrong = send(
        browser, phone, "change-passphrase", old_passphrase="bukan ini kuncinya", passphrase=new
    )
    assert wrong.json["code"] == "signing/wrong-passphrase"
    assert wrong.json["params"] == {"tries_left": 4}
    clock.advance(seconds=30)
    done = send(browser, phone, "change-passphrase", old_passphrase=PASSPHRASE, passphrase=new)
    assert done.status_code == 204
    clock.advance(seconds=30)
    again = send(browser, phone, "change-passphrase", old_passphrase=PASSPHRASE, passphrase=new)
    assert again.json["code"] == "signing/wrong-passphrase"
    assert browser.get("/credential").json["tries_left"] == 4


@pytest.mark.parametrize(
    ("secrets", "code"),
    [
        ({"passphrase": PASSPHRASE}, "signing/envelope-invalid"),
        (
            {"passphrase": PASSPHRASE, "old_passphrase": PASSPHRASE},
            "signing/same-passphrase",
        ),
        ({"passphrase": "pendek", "old_passphrase": PASSPHRASE}, "signing/weak-passphrase"),
    ],
)
def test_a_new_passphrase_must_be_new_and_strong(
    holder: tuple[Browser, Phone], secrets: dict[str, str], code: str
) -> None:
    browser, phone = holder
    assert send(browser, phone, "change-passphrase", **secrets).json["code"] == code


def test_a_statement_for_one_purpose_does_nothing_else(
    holder: tuple[Browser, Phone], officers: list[Browser]
) -> None:
    browser, phone = holder
    enrol(officers, browser)
    statement, sealed = phone.envelope("credential+jwt", purpose="change-passphrase")
    refused = browser.post("/credential", {"statement": statement, "secrets": sealed})

    assert refused.json["code"] == "signing/envelope-invalid"


def test_a_holder_suspends_at_once_and_two_officers_resume(
    holder: tuple[Browser, Phone], officers: list[Browser], services: Services
) -> None:
    browser, phone = holder
    row = phone.certificate
    certificate = x509.load_der_x509_certificate(row.der)
    path = f"/certificates/{row.id}/suspend"
    assert browser.post(path, {"reason": "ponsel hilang"}).json["status"] == "suspended"
    assert browser.get("/credential").json["state"] == "suspended"
    assert ocsp_status(services, certificate) is ocsp.OCSPCertStatus.REVOKED
    assert listed(services, certificate) is not None
    assert browser.post(path, {"reason": "lagi"}).json["code"] == "certificates/not-valid"

    agreed = agree(officers, "unsuspend-certificate", browser.person_id, certificate_id=str(row.id))
    assert agreed.status_code == 200, agreed.json
    assert browser.get("/credential").json["state"] == "active"
    assert ocsp_status(services, certificate) is ocsp.OCSPCertStatus.GOOD
    assert listed(services, certificate) is None


def test_resuming_what_is_not_suspended_leaves_the_proposal_open(
    holder: tuple[Browser, Phone], officers: list[Browser]
) -> None:
    browser, phone = holder
    refused = agree(
        officers,
        "unsuspend-certificate",
        browser.person_id,
        certificate_id=str(phone.certificate.id),
    )

    assert refused.json["code"] == "certificates/not-suspended"
    still = officers[0].get("/decisions?state=proposed").json["items"]
    assert [d["kind"] for d in still] == ["unsuspend-certificate"]


def test_an_officer_revokes_for_good_and_the_key_is_destroyed(
    holder: tuple[Browser, Phone], officers: list[Browser], services: Services
) -> None:
    browser, phone = holder
    row = phone.certificate
    body = {"reason": "keyCompromise", "note": "Frasa sandi diketahui orang lain."}
    revoked = officers[0].post(f"/certificates/{row.id}/revoke", body)
    assert revoked.status_code == 200, revoked.json
    assert (revoked.json["status"], revoked.json["reason"]) == ("revoked", "keyCompromise")

    entry = listed(services, x509.load_der_x509_certificate(row.der))
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason is x509.ReasonFlags.key_compromise
    assert browser.get("/credential").json["state"] == "none"
    with services.work() as work:
        assert work.session.scalars(select(KeyCredential.wrapped)).all() == [b""]
    again = officers[0].post(f"/certificates/{row.id}/revoke", body)
    assert again.json["code"] == "certificates/not-valid"


def test_certificates_are_nobody_elses_business(
    holder: tuple[Browser, Phone], officers: list[Browser], services: Services, app: Application
) -> None:
    browser, phone = holder
    row = phone.certificate
    with services.work() as work:
        stranger = people.official(work.session)
        people.role(
            work.session,
            work.session.get_one(Person, browser.person_id),
            Role.REGISTRATION_OFFICER,
        )
    other = signed_in(app, services, stranger)
    body = {"reason": "keyCompromise", "note": "catatan"}
    assert other.post(f"/certificates/{row.id}/suspend", {"reason": "x"}).status_code == 404
    assert other.post(f"/certificates/{row.id}/revoke", body).status_code == 403
    own = browser.post(f"/certificates/{row.id}/revoke", body)
    assert own.json["code"] == "identity/own-case"


def test_who_leaves_has_no_certificate_left(
    holder: tuple[Browser, Phone], services: Services, run_jobs: RunJobs
) -> None:
    browser, phone = holder
    certificate = x509.load_der_x509_certificate(phone.certificate.der)
    with services.work() as work:
        people.role(work.session, people.person(work.session), Role.ADMINISTRATOR)
        departure.leave(work, browser.person_id)
    assert Job.PERSON_LEFT in run_jobs()

    entry = listed(services, certificate)
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason is x509.ReasonFlags.affiliation_changed
    with services.work() as work:
        assert work.session.scalars(select(KeyCredential.wrapped)).all() == [b""]


def test_an_expired_certificate_says_so(
    holder: tuple[Browser, Phone], services: Services, clock: SettableClock
) -> None:
    clock.advance(days=2 * 365 + 1)
    with services.work() as work:
        assert credentials.standing(work, holder[0].person_id).state == "expired"


def test_rsa_keys_by_setting(official: Browser, officers: list[Browser]) -> None:
    enrol(officers, official)
    services = official.services
    other = replace(
        services, settings=services.settings.model_copy(update={"signer_key": "rsa-3072"})
    )
    phone = replace(phone_of(official), services=other)
    certificate = x509.load_der_x509_certificate(phone.create_credential().der)

    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    assert public.key_size == 3072


def test_the_secrets_stand_nowhere_in_the_database(
    holder: tuple[Browser, Phone], services: Services
) -> None:
    needle = PASSPHRASE.encode()
    with services.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                for value in row:
                    text = value if isinstance(value, bytes) else str(value).encode()
                    assert needle not in text, table.name


def test_services_without_an_authority_say_so(services: Services) -> None:
    with services.work() as work:
        person = people.official(work.session)
    browser = signed_in(create_app(services, TESTING=True), services, person)
    refused = browser.get("/signing/activation-key")

    assert refused.status_code == 503
    assert refused.json["code"] == "certificates/authority-missing"

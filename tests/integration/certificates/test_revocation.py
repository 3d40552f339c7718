from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from sqlalchemy import select

from backend.bootstrap import Services
from backend.certificates import authority, revocation
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority, Certificate, CertificateStatus, RevocationList
from backend.certificates.profiles import Subject
from backend.core.errors import DomainError
from tests.factories import people
from tests.factories.pki import ORGANISATION, make_pki
from tests.support.clock import SettableClock
from tests.support.openssl import openssl


@pytest.fixture
def certificate(ready: Services) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    with ready.work() as work:
        person = people.person(work.session)
        return authority.issue(
            work,
            issuer=ready.issuer,
            person_id=person.id,
            subject=Subject(person.name, ORGANISATION, person.id.hex),
            public_key=key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            decision_id=None,
        )


def revoke(services: Services, certificate: Certificate) -> None:
    with services.work() as work:
        row = work.session.get_one(Certificate, certificate.id)
        row.status, row.status_at, row.reason = CertificateStatus.REVOKED, work.now, "superseded"


def ask(services: Services, request: bytes) -> ocsp.OCSPResponse:
    with services.work() as work:
        return ocsp.load_der_ocsp_response(
            revocation.answer(work.session, request, issuer=services.issuer)
        )


def request_for(services: Services, serial: int, folder: Path, digest: str = "sha256") -> bytes:
    with services.work() as work:
        der = authority.current(work.session, AuthorityKind.ISSUING).certificate
    issuing, request = folder / "issuing.pem", folder / "request.der"
    issuing.write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    openssl("ocsp", "-issuer", issuing, f"-{digest}", "-serial", hex(serial), "-reqout", request)
    return request.read_bytes()


def test_establishing_twice_changes_nothing(ready: Services) -> None:
    with ready.work() as work:
        before = {a.id for a in work.session.scalars(select(Authority))}
        authority.establish(work, issuer=ready.issuer, organisation="Nama Lain")

    with ready.work() as work:
        assert {a.id for a in work.session.scalars(select(Authority))} == before
        root = authority.current(work.session, AuthorityKind.ROOT)
        issuing = authority.current(work.session, AuthorityKind.ISSUING)
        assert issuing.issuer_id == root.id


def test_a_renewed_responder_retires_the_old_one(ready: Services, clock: SettableClock) -> None:
    clock.advance(days=300)
    with ready.work() as work:
        old = authority.current(work.session, AuthorityKind.OCSP).id
        authority.establish(work, issuer=ready.issuer, organisation="")

    with ready.work() as work:
        assert authority.current(work.session, AuthorityKind.OCSP).id != old
        assert work.session.get_one(Authority, old).retired_at == clock.now()


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_ocsp_says_good_then_revoked(
    ready: Services, certificate: Certificate, tmp_path: Path, digest: str
) -> None:
    request = request_for(ready, int(certificate.serial, 16), tmp_path, digest)

    first = ask(ready, request)
    assert first.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert first.extensions.get_extension_for_class(x509.OCSPNonce)
    revoke(ready, certificate)
    second = ask(ready, request)
    assert second.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert second.revocation_reason is x509.ReasonFlags.superseded


def test_ocsp_says_unknown_of_what_was_never_issued(ready: Services, tmp_path: Path) -> None:
    answer = ask(ready, request_for(ready, 0xABCDEF, tmp_path))

    assert answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_ocsp_answers_for_the_time_stamping_unit(ready: Services, tmp_path: Path) -> None:
    with ready.work() as work:
        der = authority.current(work.session, AuthorityKind.TSA).certificate
    serial = x509.load_der_x509_certificate(der).serial_number

    answer = ask(ready, request_for(ready, serial, tmp_path))
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD


def test_ocsp_refuses_what_is_not_its_business(
    ready: Services, certificate: Certificate, tmp_path: Path
) -> None:
    assert ask(ready, b"naskah").response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    other = make_pki(tmp_path)
    foreign = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(other.signer().certificate, other.issuing, SHA256())
        .build()
        .public_bytes(Encoding.DER)
    )
    assert ask(ready, foreign).response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_lists_carry_growing_numbers_and_every_revocation(
    ready: Services, certificate: Certificate
) -> None:
    revoke(ready, certificate)
    with ready.work() as work:
        published = revocation.publish(work, issuer=ready.issuer, kind=AuthorityKind.ISSUING)
        assert published.number == 2
        crl = x509.load_der_x509_crl(published.der)
    entry = crl.get_revoked_certificate_by_serial_number(int(certificate.serial, 16))
    assert entry is not None


def test_lists_are_renewed_when_due_and_only_then(ready: Services, clock: SettableClock) -> None:
    def numbers() -> dict[str, int]:
        with ready.work() as work:
            revocation.publish_due(work, issuer=ready.issuer)
            rows = work.session.execute(
                select(Authority.kind, RevocationList.number).join(
                    RevocationList, RevocationList.authority_id == Authority.id
                )
            )
            return {str(kind): number for kind, number in rows}

    assert numbers() == {"root": 1, "issuing": 1}
    clock.advance(hours=25)
    assert numbers() == {"root": 1, "issuing": 2}
    clock.advance(days=310)
    assert numbers() == {"root": 2, "issuing": 3}


def test_evidence_proves_a_signer_and_a_time_stamp(
    ready: Services, certificate: Certificate
) -> None:
    with ready.work() as work:
        unit = authority.current(work.session, AuthorityKind.TSA).certificate
    evidence = ready.revocations.evidence([certificate.der, unit])
    issuing, root = map(x509.load_der_x509_certificate, evidence.certificates)
    for der, answer in zip((certificate.der, unit), evidence.ocsps, strict=True):
        proven = x509.load_der_x509_certificate(der)
        proven.verify_directly_issued_by(issuing)
        response = ocsp.load_der_ocsp_response(answer)
        assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
        assert response.serial_number == proven.serial_number
    assert x509.load_der_x509_crl(evidence.crls[0]).issuer == root.subject


def test_evidence_about_strangers_is_refused(ready: Services, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="certificates/foreign"):
        ready.revocations.evidence([make_pki(tmp_path).signer().der])

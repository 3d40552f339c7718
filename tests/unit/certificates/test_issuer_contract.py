"""What both adapters of the issuing key promise."""

from datetime import UTC, datetime

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from backend.certificates.issuer import IssuingKey
from backend.certificates.kinds import AuthorityKind
from backend.certificates.profiles import Profile, Subject
from backend.certificates.status import Revoked, Standing
from tests.factories.pki import ORGANISATION

SUBJECT = Subject("Ani Contoh, S.E.", ORGANISATION, "0" * 32)
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def public_key(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None) -> bytes:
    key = key or ec.generate_private_key(ec.SECP256R1())
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def issuing(issuer: IssuingKey) -> x509.Certificate:
    der = next(a.certificate for a in issuer.authorities() if a.kind is AuthorityKind.ISSUING)
    return x509.load_der_x509_certificate(der)


def test_it_makes_every_kind_of_authority_once(issuer: IssuingKey) -> None:
    again = issuer.establish("Nama Lain")

    assert [a.kind for a in again] == [
        AuthorityKind.ROOT,
        AuthorityKind.ISSUING,
        AuthorityKind.ACTIVATION,
        AuthorityKind.TSA,
        AuthorityKind.OCSP,
        AuthorityKind.CLAIM,
        AuthorityKind.REPORT,
    ]
    assert again == issuer.authorities()
    assert all(a.key_name for a in again)


def test_it_issues_a_signer_certificate_under_the_issuing_authority(issuer: IssuingKey) -> None:
    certificate = x509.load_der_x509_certificate(
        issuer.issue(Profile.SIGNER, SUBJECT, public_key())
    )

    certificate.verify_directly_issued_by(issuing(issuer))
    assert certificate.subject.rfc4514_string().startswith("CN=Ani Contoh")


def test_it_refuses_a_weak_or_odd_key(issuer: IssuingKey) -> None:
    for weak in (
        public_key(rsa.generate_private_key(65537, 2048)),
        public_key(ec.generate_private_key(ec.SECP521R1())),
        b"not a key",
    ):
        with pytest.raises(ValueError):
            issuer.issue(Profile.SIGNER, SUBJECT, weak)


def test_it_refuses_a_list_of_an_authority_that_keeps_none(issuer: IssuingKey) -> None:
    with pytest.raises(ValueError):
        issuer.crl(AuthorityKind.TSA, 1, [])


def test_its_list_names_what_was_revoked(issuer: IssuingKey) -> None:
    serial = (1 << 128) - 7
    crl = x509.load_der_x509_crl(
        issuer.crl(AuthorityKind.ISSUING, 9, [Revoked(serial, AT, "keyCompromise")])
    )

    assert crl.is_signature_valid(issuing(issuer).public_key())
    assert crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 9
    entry = crl.get_revoked_certificate_by_serial_number(serial)
    assert entry is not None
    assert entry.revocation_date_utc == AT
    assert crl.get_revoked_certificate_by_serial_number(5) is None


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing(issued=True), ocsp.OCSPCertStatus.GOOD),
        (Standing(True, Revoked(5, AT, "superseded")), ocsp.OCSPCertStatus.REVOKED),
        (Standing(issued=False), ocsp.OCSPCertStatus.UNKNOWN),
    ],
)
def test_it_answers_for_status(
    issuer: IssuingKey, standing: Standing, expected: ocsp.OCSPCertStatus
) -> None:
    response = ocsp.load_der_ocsp_response(issuer.ocsp(5, standing, "sha256", b"0123456789"))

    assert response.certificate_status is expected
    assert response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"0123456789"
    response.certificates[0].verify_directly_issued_by(issuing(issuer))


def test_it_stamps_time(issuer: IssuingKey) -> None:
    request = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": b"\x01" * 32,
            },
            "nonce": 77,
        }
    )
    response = tsp.TimeStampResp.load(issuer.timestamp(request.dump()))

    info = response["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    assert info["nonce"].native == 77
    assert info["message_imprint"]["hashed_message"].native == b"\x01" * 32

"""Certificates, lists, OCSP and time stamps before an independent judge."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from backend.certificates.kinds import AuthorityKind
from backend.certificates.profiles import ACTIVATION_KEY, DOCUMENT_SIGNING, Profile, Subject, fitted
from backend.certificates.status import Revoked, Standing
from backend.core.errors import DomainError
from tests.factories.pki import ORGANISATION, ORIGIN, Pki, make_pki
from tests.support.clock import SettableClock
from tests.support.openssl import openssl
from tests.unit.certificates.test_issuer_contract import public_key


def pem(folder: Path, name: str, *items: x509.Certificate | x509.CertificateRevocationList) -> Path:
    path = folder / f"{name}.pem"
    path.write_bytes(b"".join(item.public_bytes(Encoding.PEM) for item in items))
    return path


@pytest.fixture
def anchors(pki: Pki, tmp_path: Path) -> list[str | Path]:
    return [
        "-CAfile",
        pem(tmp_path, "root", pki.root),
        "-untrusted",
        pem(tmp_path, "issuing", pki.issuing),
    ]


@pytest.mark.parametrize("rsa_bits", [None, 3072])
def test_openssl_verifies_a_signer_with_its_lists(
    pki: Pki, tmp_path: Path, anchors: list[str | Path], rsa_bits: int | None
) -> None:
    signer = pki.signer(rsa_bits=rsa_bits)
    lists = [
        x509.load_der_x509_crl(pki.crl(kind))
        for kind in (AuthorityKind.ISSUING, AuthorityKind.ROOT)
    ]
    openssl(
        "verify", "-x509_strict", "-purpose", "smimesign", "-crl_check_all", *anchors,
        "-CRLfile", pem(tmp_path, "crl", *lists),
        pem(tmp_path, "signer", signer.certificate),
    )  # fmt: skip


def test_openssl_sees_a_revocation_in_the_list(
    pki: Pki, tmp_path: Path, anchors: list[str | Path]
) -> None:
    signer = pki.signer()
    serial = signer.certificate.serial_number
    pki.revoked[serial] = Revoked(serial, datetime.now(UTC), "keyCompromise")
    text = openssl(
        "verify", "-crl_check", *anchors,
        "-CRLfile", pem(tmp_path, "crl", x509.load_der_x509_crl(pki.crl())),
        pem(tmp_path, "signer", signer.certificate),
        ok=False,
    )  # fmt: skip
    assert "certificate revoked" in text


@pytest.mark.parametrize(("revoked", "word"), [(False, ": good"), (True, ": revoked")])
def test_openssl_verifies_an_ocsp_answer(
    pki: Pki, tmp_path: Path, revoked: bool, word: str
) -> None:
    signer = pki.signer()
    serial = signer.certificate.serial_number
    if revoked:
        pki.revoked[serial] = Revoked(serial, datetime.now(UTC), "cessationOfOperation")
    answer = tmp_path / "answer.der"
    answer.write_bytes(
        pki.issuer.ocsp(serial, Standing(True, pki.revoked.get(serial)), "sha1", None)
    )
    text = openssl(
        "ocsp", "-issuer", pem(tmp_path, "issuing", pki.issuing),
        "-cert", pem(tmp_path, "signer", signer.certificate),
        "-CAfile", pem(tmp_path, "root", pki.root), "-respin", answer, "-no_nonce",
    )  # fmt: skip
    assert "Response verify OK" in text
    assert word in text


def test_openssl_verifies_a_time_stamp(pki: Pki, tmp_path: Path, anchors: list[str | Path]) -> None:
    data, request, reply = (tmp_path / name for name in ("data", "query.tsq", "reply.tsr"))
    data.write_bytes(b"naskah")
    openssl("ts", "-query", "-data", data, "-sha512", "-cert", "-out", request)
    reply.write_bytes(pki.issuer.timestamp(request.read_bytes()))

    openssl("ts", "-verify", "-queryfile", request, "-in", reply, *anchors)
    text = openssl("ts", "-reply", "-in", reply, "-text")
    assert "Status: Granted." in text
    assert "Accuracy: 0x01 seconds" in text
    data.write_bytes(b"naskah lain")
    openssl("ts", "-verify", "-data", data, "-in", reply, *anchors, ok=False)


@pytest.mark.parametrize(
    ("arguments", "failure"),
    [(["-sha1"], "unrecognized or unsupported algorithm"), (["-tspolicy", "1.2.3"], "policy")],
)
def test_the_time_stamping_unit_refuses_politely(
    pki: Pki, tmp_path: Path, arguments: list[str], failure: str
) -> None:
    request, reply = tmp_path / "query.tsq", tmp_path / "reply.tsr"
    (tmp_path / "data").write_bytes(b"naskah")
    openssl("ts", "-query", "-data", tmp_path / "data", *arguments, "-out", request)
    reply.write_bytes(pki.issuer.timestamp(request.read_bytes()))

    text = openssl("ts", "-reply", "-in", reply, "-text")
    assert "Status: Rejected." in text
    assert failure in text


@pytest.mark.parametrize("request_", [b"", b"\x30\x00", b"naskah", b"\x30\x80" * 9])
def test_the_time_stamping_unit_refuses_what_is_no_request(
    pki: Pki, tmp_path: Path, request_: bytes
) -> None:
    (tmp_path / "reply.tsr").write_bytes(pki.issuer.timestamp(request_))

    assert "the data submitted has the wrong format" in openssl(
        "ts", "-reply", "-in", tmp_path / "reply.tsr", "-text"
    )


def test_a_signer_certificate_says_what_others_ask_for(pki: Pki) -> None:
    certificate = pki.signer().certificate
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    issuing_id = next(a.id for a in pki.issuer.authorities() if a.kind is AuthorityKind.ISSUING)

    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    assert set(purposes) == {DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION}
    assert [n.value for p in points for n in p.full_name or []] == [
        f"{ORIGIN}/pki/{issuing_id}.crl"
    ]
    assert [a.access_location.value for a in access] == [
        f"{ORIGIN}/ocsp",
        f"{ORIGIN}/pki/{issuing_id}.cer",
    ]
    assert certificate.serial_number.bit_length() > 90
    assert pki.signer().certificate.serial_number != certificate.serial_number


def test_the_certifier_of_activation_keys_cannot_vouch_for_signatures(
    pki: Pki, tmp_path: Path
) -> None:
    der = pki.issuer.issue(Profile.ACTIVATION, Subject("kid", ORGANISATION, "kid"), public_key())
    leaf = x509.load_der_x509_certificate(der)
    chain = [
        "-CAfile", pem(tmp_path, "root", pki.root),
        "-untrusted", pem(tmp_path, "activation", pki.certificate(AuthorityKind.ACTIVATION)),
        pem(tmp_path, "leaf", leaf),
    ]  # fmt: skip

    openssl("verify", "-x509_strict", *chain)
    openssl("verify", "-purpose", "smimesign", *chain, ok=False)
    assert ACTIVATION_KEY in leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value


def test_no_certificate_outlives_its_issuer(tmp_path: Path) -> None:
    clock = SettableClock()
    pki = make_pki(tmp_path, clock)
    clock.advance(days=9 * 365 + 200)

    assert pki.signer().certificate.not_valid_after_utc == pki.issuing.not_valid_after_utc


def test_delegated_keys_are_renewed_in_time_and_others_stay(tmp_path: Path) -> None:
    clock = SettableClock()
    pki = make_pki(tmp_path, clock)
    before = pki.issuer.authorities()
    clock.advance(days=300)
    after = pki.issuer.establish("")

    assert after[: len(before)] == before
    assert [a.kind for a in after[len(before) :]] == [AuthorityKind.OCSP]
    answer = ocsp.load_der_ocsp_response(pki.ocsp(5))
    assert answer.certificates[0].not_valid_after_utc > clock.now() + timedelta(days=300)


def test_a_root_whose_key_is_gone_cannot_be_used(pki: Pki, tmp_path: Path) -> None:
    next((tmp_path / "authority").glob("root-*.key")).unlink()
    pki.issuer.authorities()

    with pytest.raises(DomainError, match="certificates/root-offline"):
        pki.crl(AuthorityKind.ROOT)
    assert pki.signer()


def test_long_names_are_cut_between_words() -> None:
    name = "Prof. Dr. Ir. H. Contoh Panjang Sekali Namanya, S.Sos., S.H., M.Si., M.M., Ph.D."

    assert fitted(name) == "Prof. Dr. Ir. H. Contoh Panjang Sekali Namanya, S.Sos., S.H."
    assert len(fitted("x" * 80)) == 64

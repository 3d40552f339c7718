"""What relying parties fetch, as `openssl` sees it."""

import base64
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID
from flask.testing import FlaskClient

from backend.bootstrap import Services
from backend.certificates import authority, lifecycle
from backend.certificates.kinds import AuthorityKind
from backend.certificates.lifecycle import RevocationReason
from backend.core.db import Actor
from backend.core.ids import new_id
from backend.identity.models import DecisionKind, DecisionState, TwoOfficerDecision
from backend.organisation.models import Role
from tests.factories.phones import Phone, signer
from tests.support.openssl import openssl


@pytest.fixture
def phone(services: Services) -> Phone:
    return signer(services)


@pytest.fixture
def chain(phone: Phone, services: Services, tmp_path: Path) -> Path:
    """root.pem, issuing.pem and signer.pem in a folder."""
    with services.work() as work:
        for kind in (AuthorityKind.ROOT, AuthorityKind.ISSUING):
            der = authority.current(work.session, kind).certificate
            (tmp_path / f"{kind}.pem").write_bytes(
                x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
            )
    signer_certificate = x509.load_der_x509_certificate(phone.certificate.der)
    (tmp_path / "signer.pem").write_bytes(signer_certificate.public_bytes(Encoding.PEM))
    return tmp_path


def fetch(client: FlaskClient, url: str) -> bytes:
    answer = client.get(urlsplit(url).path)
    assert answer.status_code == 200
    return answer.data


def test_every_address_in_a_certificate_answers(phone: Phone, client: FlaskClient) -> None:
    certificate = x509.load_der_x509_certificate(phone.certificate.der)
    seen = 0
    while certificate.issuer != certificate.subject:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
        issuer_url = next(
            a.access_location.value
            for a in access.value
            if a.access_method == AuthorityInformationAccessOID.CA_ISSUERS
        )
        issuer = x509.load_der_x509_certificate(fetch(client, issuer_url))
        certificate.verify_directly_issued_by(issuer)
        crl_url = next(n.value for p in points.value for n in p.full_name or [])
        crl = x509.load_der_x509_crl(fetch(client, crl_url))
        assert crl.issuer == issuer.subject
        certificate, seen = issuer, seen + 1
    assert seen == 2


def test_openssl_verifies_the_published_chain_and_lists(
    chain: Path, services: Services, client: FlaskClient
) -> None:
    with services.work() as work:
        ids = [
            authority.current(work.session, kind).id
            for kind in (AuthorityKind.ROOT, AuthorityKind.ISSUING)
        ]
    lists = [x509.load_der_x509_crl(fetch(client, f"/pki/{i}.crl")) for i in ids]
    (chain / "lists.pem").write_bytes(b"".join(c.public_bytes(Encoding.PEM) for c in lists))
    moment = str(int(services.clock.now().timestamp()))
    openssl(
        "verify", "-x509_strict", "-attime", moment, "-crl_check_all",
        "-CAfile", chain / "root.pem", "-untrusted", chain / "issuing.pem",
        "-CRLfile", chain / "lists.pem", chain / "signer.pem",
    )  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_ocsp_answers_over_http(
    chain: Path, services: Services, client: FlaskClient, method: str
) -> None:
    request = chain / "request.der"
    openssl(
        "ocsp", "-issuer", chain / "issuing.pem", "-cert", chain / "signer.pem",
        "-reqout", request,
    )  # fmt: skip
    if method == "POST":
        answer = client.post(
            "/ocsp", data=request.read_bytes(), content_type="application/ocsp-request"
        )
    else:
        answer = client.get("/ocsp/" + base64.b64encode(request.read_bytes()).decode())
    assert answer.status_code == 200
    assert answer.content_type == "application/ocsp-response"
    (chain / "answer.der").write_bytes(answer.data)
    text = openssl(
        "ocsp", "-resp_text", "-verify_other", chain / "issuing.pem",
        "-CAfile", chain / "root.pem", "-respin", chain / "answer.der",
        "-reqin", request, "-attime", str(int(services.clock.now().timestamp())),
    )  # fmt: skip
    assert "Response verify OK" in text
    assert "Cert Status: good" in text
    assert "WARNING" not in text  # the nonce came back


def openssl_says(chain: Path, client: FlaskClient, services: Services) -> tuple[str, str]:
    """OCSP's word on the signer's certificate, and a verification's against the list, now."""
    with services.work() as work:
        issuing, root = (
            authority.current(work.session, kind).id
            for kind in (AuthorityKind.ISSUING, AuthorityKind.ROOT)
        )
    request, answer = chain / "request.der", chain / "answer.der"
    openssl(
        "ocsp", "-issuer", chain / "issuing.pem", "-cert", chain / "signer.pem",
        "-no_nonce", "-reqout", request,
    )  # fmt: skip
    answer.write_bytes(client.get("/ocsp/" + base64.b64encode(request.read_bytes()).decode()).data)
    moment = str(int(services.clock.now().timestamp()))
    status = openssl(
        "ocsp", "-verify_other", chain / "issuing.pem", "-CAfile", chain / "root.pem",
        "-issuer", chain / "issuing.pem", "-cert", chain / "signer.pem",
        "-respin", answer, "-attime", moment,
    )  # fmt: skip
    lists = [x509.load_der_x509_crl(fetch(client, f"/pki/{i}.crl")) for i in (root, issuing)]
    (chain / "lists.pem").write_bytes(b"".join(c.public_bytes(Encoding.PEM) for c in lists))
    verified = openssl(
        "verify", "-attime", moment, "-crl_check_all", "-CAfile", chain / "root.pem",
        "-untrusted", chain / "issuing.pem", "-CRLfile", chain / "lists.pem", chain / "signer.pem",
        ok="good" in status,
    )  # fmt: skip
    return status, verified


def test_openssl_hears_of_suspension_and_revocation_in_the_same_moment(
    chain: Path, phone: Phone, services: Services, client: FlaskClient
) -> None:
    officer = Actor(new_id(), roles=frozenset({Role.REGISTRATION_OFFICER}))
    row = phone.certificate.id

    def act(change: Callable[..., object], *facts: object) -> tuple[str, str]:
        services.clock.advance(minutes=1)
        with services.work(officer) as work:
            change(work, *facts, issuer=services.issuer)
        return openssl_says(chain, client, services)

    status, verified = act(lifecycle.suspend, row, "Ponsel sedang dicari.")
    assert "revoked" in status
    assert "certificateHold" in status
    assert "certificate revoked" in verified

    agreed = TwoOfficerDecision(
        kind=DecisionKind.UNSUSPEND_CERTIFICATE,
        person_id=phone.person.id,
        state=DecisionState.AGREED,
        payload={"certificate_id": str(row)},
    )
    status, verified = act(lifecycle.unsuspend, agreed)
    assert "good" in status
    assert "signer.pem: OK" in verified

    status, verified = act(
        lifecycle.revoke, row, RevocationReason.KEY_COMPROMISE, "Frasa sandi diketahui orang lain."
    )
    assert "keyCompromise" in status
    assert f"Revocation Time: {services.clock.now():%b %_d %H:%M:%S %Y} GMT" in status
    assert "certificate revoked" in verified


def test_the_time_stamping_unit_answers_over_http(
    chain: Path, services: Services, client: FlaskClient
) -> None:
    data, query, reply = chain / "data", chain / "query.tsq", chain / "reply.tsr"
    data.write_bytes(b"naskah")
    openssl("ts", "-query", "-data", data, "-sha256", "-cert", "-out", query)
    answer = client.post(
        "/tsa", data=query.read_bytes(), content_type="application/timestamp-query"
    )
    assert answer.content_type == "application/timestamp-reply"
    reply.write_bytes(answer.data)
    openssl(
        "ts", "-verify", "-queryfile", query, "-in", reply, "-CAfile", chain / "root.pem",
        "-untrusted", chain / "issuing.pem",
        "-attime", str(int(services.clock.now().timestamp())),
    )  # fmt: skip


def test_what_is_not_there_or_nonsense_is_refused(phone: Phone, client: FlaskClient) -> None:
    assert client.get(f"/pki/{new_id()}.cer").status_code == 404
    assert client.get(f"/pki/{new_id()}.crl").status_code == 404
    assert client.get("/ocsp/%25%25").status_code == 422
    assert client.post("/ocsp", data=b"x" * 20_000).status_code == 422
    assert client.post("/tsa", data=b"naskah").status_code == 200  # a refusal in RFC 3161's words


def test_one_address_cannot_keep_the_unit_busy(phone: Phone, client: FlaskClient) -> None:
    codes = {client.post("/tsa", data=b"naskah").status_code for _ in range(130)}

    assert codes == {200, 429}

"""What is relied on of the service: asked of the stand-in, and of a real installation where one is set.

`CENTANG_TEST_BSRE_URL` names a real one, with `…_FILES` (of one call; more than one is asked for
with version 2 only), `…_VERSION`, `…_USERNAME`, `…_PASSWORD`, `…_NIK`,
`…_NAME` (as in the certificate), `…_PASSPHRASE` and `…_ROOT` (PEM of the authority's root).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import SecretStr

from backend.core.settings import Settings
from backend.signing.bsre import result
from backend.signing.bsre.orders import Order, ServicePlacement, Visible
from backend.signing.bsre.picture import picture
from backend.signing.bsre.service import ISSUE, RefusedError, Service, Signed
from backend.signing.bsre.set_up import service
from backend.signing.bsre.terms import ServiceTerms
from backend.signing.pdf.appearance import Wording
from backend.signing.pdf.geometry import PageBox
from backend.signing.vaults.vault import Secret
from tests.factories.sheets import A4, Sheet, paper
from tests.fakes.bsre import CREDENTIALS, BsreServer

REAL = "CENTANG_TEST_BSRE_"
NIK, NAME, PASSPHRASE = "3300000000000001", "Ani Contoh", "frasa sandi contoh"


@dataclass(frozen=True)
class Subject:
    """A service, and somebody it may sign for."""

    service: Service
    root: bytes
    nik: str
    name: str
    passphrase: str


@pytest.fixture(params=["v1", "v2", *(["real"] if f"{REAL}URL" in os.environ else [])])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    if request.param == "real":
        yield _real()
        return
    with BsreServer(tmp_path).running() as server:
        server.house.enrol(NIK, NAME, PASSPHRASE)
        several = 3 if request.param == "v2" else 1
        made = _service(server.origin, request.param, *CREDENTIALS, several)
        root = server.house.pki.root.public_bytes(Encoding.DER)
        yield Subject(made, root, NIK, NAME, PASSPHRASE)


def _service(url: str, version: str, username: str, password: str, files: int = 1) -> Service:
    given = {"bsre_url": url, "bsre_username": username}
    settings = Settings(_env_file=None, bsre_password=SecretStr(password), **given)
    made = service(settings, ServiceTerms.model_validate({"version": version, "files": files}))
    assert made is not None
    return made


def _real() -> Subject:
    names = ("URL", "VERSION", "USERNAME", "PASSWORD", "ROOT", "NIK", "NAME", "PASSPHRASE")
    url, version, username, password, root, nik, name, passphrase = (
        os.environ[REAL + each] for each in names
    )
    pem = x509.load_pem_x509_certificate(Path(root).read_bytes())
    der = pem.public_bytes(Encoding.DER)
    files = int(os.environ.get(f"{REAL}FILES", "1"))
    made = _service(url, version, username, password, files)
    return Subject(made, der, nik, name, passphrase)


def block() -> Visible:
    code = "7K2QF9XW3M4TBNE8HJ2C"
    words = Wording(
        "Kepala Dinas Contoh", NAME, None, f"https://centang.contoh.go.id/v/{code}", code
    )
    place = ServicePlacement(page=1, x=320, y=140, width=190, height=124, picture_sha256="0" * 64)
    return Visible(place, PageBox(0, 0, *A4), picture(words, 190, 124))


def test_a_person_with_a_certificate_may_sign_and_a_stranger_may_not(subject: Subject) -> None:
    assert subject.service.status(subject.nik).word == ISSUE
    assert subject.service.status("9999999999999999").word in {"NOT_REGISTERED", "NO_CERTIFICATE"}


@pytest.mark.parametrize("visible", [False, True], ids=["invisible", "visible"])
def test_what_it_signs_passes_every_check(subject: Subject, visible: bool) -> None:
    shown = block() if visible else None
    orders = [
        Order(paper(Sheet(lines=(f"Uji kontrak {number}",))), shown, "Uji kontrak")
        for number in range(subject.service.at_once)
    ]
    since = datetime.now(UTC)

    signed = subject.service.sign(subject.nik, Secret(subject.passphrase), orders)

    assert len(signed) == len(orders)
    for order, one in zip(orders, signed, strict=True):
        require_right(subject, order, one, since)


def require_right(subject: Subject, order: Order, signed: Signed, since: datetime) -> None:
    shown = order.visible
    expected = result.Expected(
        sent=order.data,
        nik=subject.nik,
        name=subject.name,
        since=since,
        until=datetime.now(UTC),
        anchors=result.Anchors((subject.root,), (subject.root,)),
        page=1 if shown else None,
        rect=shown.pdf_rect if shown else None,
    )
    assert result.check(signed.data, expected).field
    assert subject.service.verify(signed.data) == "VALID"
    if signed.reference is not None:
        assert subject.service.download(signed.reference) in {signed.data, None}
        assert subject.service.download(signed.reference) is None


def test_a_wrong_passphrase_is_refused_by_its_code(subject: Subject) -> None:
    order = Order(paper(), None, "Uji kontrak")
    with pytest.raises(RefusedError) as raised:
        subject.service.sign(subject.nik, Secret("bukan frasa sandinya"), [order])
    assert raised.value.code == 2031


def test_what_is_no_pdf_is_refused(subject: Subject) -> None:
    order = Order(b"bukan PDF", None, "Uji kontrak")
    with pytest.raises(RefusedError):
        subject.service.sign(subject.nik, Secret(subject.passphrase), [order])

"""Vaults × providers × algorithms × levels: each finished file before three foreign judges."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from backend import bootstrap, worker
from backend.bootstrap import Services
from backend.certificates.authority import current
from backend.certificates.kinds import AuthorityKind
from backend.core.jobs import Job
from backend.documents.models import SignatureLevel
from backend.signing.models import Signature
from backend.signing.pdf.archive_stamp import unproven
from backend.signing.vaults.vault import PKCS11, SOFTWARE
from tests.factories import judges, national
from tests.factories.papers import document_type
from tests.factories.passphrases import CHEAP
from tests.factories.signings import Case, case, further_case
from tests.fakes.bsre import BsreServer
from tests.fakes.sandbox import InProcessSandbox
from tests.support.clock import SettableClock
from tests.support.jobs import run_pending
from tests.support.softhsm import SoftHsm

LEVELS = (SignatureLevel.B_T, SignatureLevel.B_LT, SignatureLevel.B_LTA)


@dataclass
class Maker:
    """One way to sign: what is signed, how, and whom to trust about it."""

    paper: Case
    sign: Callable[[Case], object]
    server: BsreServer | None = None

    @property
    def services(self) -> Services:
        return self.paper.services

    def file(self, level: SignatureLevel) -> bytes:
        """A paper signed at this level; of B-LTA, with its archive time stamp."""
        with self.services.work() as work:
            document_type(work.session, level=level)
        if self.server:
            # The service ends at B-T: whether more follows depends on what its authority answers.
            self.server.authority.broken = level is SignatureLevel.B_T
        paper = further_case(self.paper)
        self.sign(paper)
        with self.services.work() as work:
            made = work.session.query(Signature).filter_by(document_id=paper.document_id).one()
            assert made.level is level
        if level is SignatureLevel.B_LTA:
            run_pending(self.services, skip=(Job.PICTURE_PREPARED,))
        return paper.signed_bytes()

    def certificates(self) -> list[x509.Certificate]:
        with self.services.work() as work:
            kinds = (AuthorityKind.ROOT, AuthorityKind.ISSUING)
            rows = [current(work.session, kind).certificate for kind in kinds]
        own = [x509.load_der_x509_certificate(row) for row in rows]
        return (
            [*own, self.server.house.pki.root, self.server.house.pki.issuing]
            if self.server
            else own
        )


def local(services: Services, algorithm: str, **settings: object) -> Maker:
    chosen = services.settings.model_copy(update={"signer_key": algorithm, **settings})
    vault = bootstrap.key_vaults(chosen, services.master_key, CHEAP)
    paper = case(replace(services, settings=chosen, vault=vault), queued=False)
    return Maker(paper, lambda paper: paper.sign(paper.signatories[0]))


@pytest.fixture(
    params=[
        *(f"{vault} {key}" for vault in (SOFTWARE, PKCS11) for key in ("ecdsa-p256", "rsa-3072")),
        *(f"bsre {version} {key}" for version in ("v1", "v2") for key in ("ecdsa", "rsa")),
    ]
)
def maker(
    request: pytest.FixtureRequest,
    services: Services,
    clock: SettableClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Maker]:
    """At the judges' own time: they have no other clock."""
    monkeypatch.setattr(worker, "Sandbox", InProcessSandbox)
    clock.set(datetime.now(UTC) - timedelta(minutes=10))
    provider, kind, *key = request.param.split()
    if provider == SOFTWARE:
        yield local(services, kind)
    elif provider == PKCS11:
        hsm: SoftHsm = request.getfixturevalue("softhsm")
        yield local(services, kind, vault=PKCS11, pkcs11_module=hsm.module)
    else:
        with BsreServer(tmp_path / "bsre", clock).running() as server:
            there = national.nation(services, server, version=kind)
            paper = there.case(queued=False)
            if key == ["rsa"]:
                there.enrol(paper.signatories[0].person, rsa_bits=3072)
            yield Maker(paper, lambda paper: national.sign(paper, paper.signatories[0]), server)


def test_every_level_is_accepted_elsewhere(maker: Maker, tmp_path: Path) -> None:
    files = {level: maker.file(level) for level in LEVELS}
    trusted = maker.certificates()
    roots = [each for each in trusted if each.issuer == each.subject]
    nss = judges.trust_in_nss(tmp_path / "nss", *trusted)

    for level, data in files.items():
        judge, known = judges.pyhanko, judges.NOTHING
        if level is SignatureLevel.B_LTA:
            judge = judges.pyhanko_lta
        if level is not SignatureLevel.B_LT:
            # Of a signature without evidence, and of the newest archive time stamp, others are asked.
            known = maker.services.archivist.revocation.evidence(unproven(data))
        path = tmp_path / f"{level}.pdf"
        path.write_bytes(data)
        (signature, *stamps) = judges.pdfsig(path, nss)
        for verdict in (*judge(data, *roots, known=known), signature):
            assert verdict.intact, (level, verdict)
            assert verdict.trusted, (level, verdict)
        assert len(stamps) == (level is SignatureLevel.B_LTA)
        assert judges.qpdf_complains(path) is None
        assert (b"/DSS" in data) is (level is not SignatureLevel.B_T)

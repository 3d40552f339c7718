"""Every provider's finished file before three judges that had no part in making it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from backend.bootstrap import Services
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority
from backend.documents.models import SignatureLevel
from backend.signing.models import Signature
from tests.factories.judges import pdfsig, pyhanko, qpdf_complains, trust_in_nss
from tests.factories.national import nation, sign
from tests.factories.signings import Case, case
from tests.fakes.bsre import BsreServer
from tests.support.clock import SettableClock


@dataclass
class Finished:
    paper: Case
    root: x509.Certificate
    issuing: x509.Certificate


def own(services: Services, kind: AuthorityKind) -> x509.Certificate:
    with services.work() as work:
        row = work.session.query(Authority).filter_by(kind=kind).one()
        return x509.load_der_x509_certificate(row.certificate)


@pytest.fixture(params=["local ecdsa-p256", "local rsa-3072", "bsre v1", "bsre v2"])
def finished(
    request: pytest.FixtureRequest, services: Services, clock: SettableClock, tmp_path: Path
) -> Iterator[Finished]:
    """A paper with one signature at B-LT, made just now: the judges have no other clock."""
    clock.set(datetime.now(UTC) - timedelta(minutes=10))
    provider, kind = request.param.split()
    if provider == "local":
        chosen = services.settings.model_copy(update={"signer_key": kind})
        services = replace(services, settings=chosen)
        paper = case(services)
        paper.sign(paper.signatories[0])
        root, issuing = own(services, AuthorityKind.ROOT), own(services, AuthorityKind.ISSUING)
        yield Finished(paper, root, issuing)
        return
    with BsreServer(tmp_path / "bsre", clock).running() as server:
        paper = nation(services, server, bsre_version=kind).case()
        sign(paper, paper.signatories[0])
        yield Finished(paper, server.house.pki.root, server.house.pki.issuing)


def test_the_file_is_accepted_elsewhere(finished: Finished, tmp_path: Path) -> None:
    data = finished.paper.signed_bytes()
    file = tmp_path / "signed.pdf"
    file.write_bytes(data)
    nss = trust_in_nss(tmp_path / "nss", finished.root, finished.issuing)

    for verdicts in (pyhanko(data, finished.root), pdfsig(file, nss)):
        assert len(verdicts) == 1
        assert verdicts[0].intact, verdicts
        assert verdicts[0].trusted, verdicts
    assert qpdf_complains(file) is None
    with finished.paper.work() as work:
        assert work.session.query(Signature).one().level is SignatureLevel.B_LT

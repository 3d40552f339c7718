from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.certificates.issuer import IssuingKey, LocalIssuer
from backend.certificates.issuer_process import RemoteIssuer, running
from backend.certificates.profiles import Addresses
from backend.core.clock import SystemClock
from backend.core.settings import Settings
from tests.factories.pki import ORGANISATION, Pki, make_pki


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    return make_pki(tmp_path)


@pytest.fixture(scope="module", params=["in this process", "in its own process"])
def issuer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[IssuingKey]:
    """Each adapter of the port, with its authorities made."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), _env_file=None)
    made: IssuingKey
    if request.param == "in this process":
        made = LocalIssuer(settings.authority_dir, Addresses(settings.origin), SystemClock())
        made.establish(ORGANISATION)
        yield made
        return
    with running(settings):
        made = RemoteIssuer(settings.issuer_socket)
        made.establish(ORGANISATION)
        yield made

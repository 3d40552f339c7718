"""One stand-in a test, on a port of its own, at the test's own time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.bootstrap import Services
from tests.factories.national import Nation, nation
from tests.fakes.bsre import BsreServer
from tests.support.clock import SettableClock


@pytest.fixture
def bsre(tmp_path: Path, clock: SettableClock) -> Iterator[BsreServer]:
    with BsreServer(tmp_path / "bsre", clock).running() as server:
        yield server


@pytest.fixture(params=["v1", "v2"])
def national(request: pytest.FixtureRequest, services: Services, bsre: BsreServer) -> Nation:
    """An agency with each version of the service."""
    return nation(services, bsre, version=request.param)


@pytest.fixture
def one_nation(services: Services, bsre: BsreServer) -> Nation:
    """For what both versions share."""
    return nation(services, bsre, version="v1")

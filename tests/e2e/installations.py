"""An installation for one module, where phones must be their people's first, which may act at once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.live import Account, Live
from tests.e2e.pages import Codes


def of_its_own(name: str) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """Fixtures that stand for the shared ones in a module: `live, accounts, codes`."""

    @pytest.fixture(scope="module")
    def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
        live = Live(tmp_path_factory.mktemp(name) / "home")
        live.start()
        yield live
        live.stop()

    @pytest.fixture(scope="module")
    def accounts(live: Live) -> dict[str, Account]:
        return live.accounts()

    @pytest.fixture(scope="module")
    def codes() -> dict[str, Codes]:
        return {}

    return live, accounts, codes

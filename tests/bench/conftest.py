"""Measurements are made by `make bench`; the suite proper leaves them out."""

from pathlib import Path

import pytest

from tests.bench.people import live
from tests.e2e.conftest import browser, chromium, playwright
from tests.support.filling import filling

__all__ = ["browser", "chromium", "filling", "live", "playwright"]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return None if config.getoption("benchmark_only") else True

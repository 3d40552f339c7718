"""Measurements are made by `make bench`; the suite proper leaves them out."""

import pytest

from tests.support.filling import filling

__all__ = ["filling"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("benchmark_only"):
        return
    here = config.rootpath / "tests" / "bench"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="measured by `make bench`"))

import pytest

from backend.bootstrap import Services
from tests.factories.records import Office
from tests.factories.records import office as make_office


@pytest.fixture
def office(services: Services) -> Office:
    """An office with the embedded kind of authority."""
    return make_office(services)

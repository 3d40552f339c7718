import pytest

from backend.bootstrap import Services
from backend.certificates import revocation
from backend.certificates.authority import establish
from tests.factories.pki import ORGANISATION


@pytest.fixture
def ready(services: Services) -> Services:
    """Services whose authorities are made and registered, with their first lists."""
    with services.work() as work:
        establish(work, issuer=services.issuer, organisation=ORGANISATION)
        revocation.publish_due(work, issuer=services.issuer)
    return services

"""How long a 5 MB scan takes from the last byte received to a version that can be read."""

import itertools

import pytest

from backend.documents import drafts, examination, intake
from backend.documents.models import Version, VersionState
from tests.factories.pdfs import make_pdf
from tests.integration.documents.conftest import office

__all__ = ["office"]


@pytest.fixture(scope="module")
def scan() -> bytes:
    """Four pages at 200 dpi with a scanner's grain: 5 MB."""
    return make_pdf(pages=4, scan=True, dpi=200)


def test_intake_of_a_5_mb_scan(benchmark, office, scan):
    services, marks = office.services, itertools.count()

    def take_in() -> Version:
        # A comment makes each file another one, so that none is a duplicate.
        data = scan.replace(b"\n%%EOF", b"\n%% %d\n%%%%EOF" % next(marks))
        received = office.store(data)
        with office.work() as work:
            document = drafts.create(
                work,
                unit_id=office.unit_id,
                type_code="SK",
                subject="Hasil pindai",
                classification="800",
            )
            version = intake.add_version(work, document.id, received, "pindai.pdf")
        examination.examine(
            services.work, version.id, settings=services.settings, blobs=services.blobs
        )
        return office.read(Version, version.id)

    version = benchmark.pedantic(take_in, rounds=3, warmup_rounds=0)
    assert version.state is VersionState.READY

"""Papers that are heavy and quite ordinary go through the real intake; what they cost is printed."""

import random
import resource
from collections.abc import Callable
from typing import Any

import pytest

from backend.documents.models import Version, VersionState
from tests.factories.pdfs import make_pdf
from tests.integration.documents.conftest import Office

MEGABYTE = 1_000_000
PHONE_BUDGET = 120_000


@pytest.fixture
def costs(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Version, float]]:
    """Examines a file; answers the version and the processor's seconds it took, and prints them."""

    def examined(office: Office, data: bytes) -> tuple[Version, float]:
        before = _spent()
        version = office.examine(office.draft(), data)
        seconds = _spent() - before
        # The children's peak, of which the intake's are the largest in this module.
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        with capsys.disabled():
            print(
                f"\n{len(data) / MEGABYTE:.1f} MB, {len(version.pages)} pages: {seconds:.0f} s of "
                f"one processor, at most {memory} MB at a time"
            )
        return version, seconds

    return examined


def _spent() -> float:
    each = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in each)


def test_a_scanners_30_mb_of_mixed_sizes_and_turned_pages(office: Office, costs: Any) -> None:
    sizes = ["F4", "A4", "F4", "A3"]
    data = make_pdf(pages=19, scan=True, dpi=200, size=sizes, rotate=(0, 90, 0, 180, 0, 270))
    assert 29 * MEGABYTE < len(data) < 36 * MEGABYTE

    version, _ = costs(office, data)

    assert version.state is VersionState.READY, version.refusal
    assert [page.ordinal for page in version.pages] == list(range(1, 20))
    assert {round(page.height) for page in version.pages} >= {935, 842, 1191}
    assert version.findings == [{"code": "pages-turned", "params": {"count": 9}}]
    assert all(page.image_bytes <= PHONE_BUDGET for page in version.pages)
    assert all(page.ink for page in version.pages)


def payroll(page: int) -> list[str]:
    """A page of a list that no other page repeats."""
    dice = random.Random(page)
    return [
        f"{page * 10 + row}  Pegawai {dice.randbytes(8).hex()}  {dice.choice(('II', 'III', 'IV'))}/"
        f"{dice.choice('abcd')}  rekening {dice.randrange(10**12):012d}"
        for row in range(10)
    ]


@pytest.mark.timeout(900)
def test_a_paper_of_1450_pages(office: Office, costs: Any) -> None:
    data = make_pdf(pages=1450, lines=payroll, packed=False)
    assert 4.5 * MEGABYTE < len(data) < 6 * MEGABYTE

    version, _ = costs(office, data)

    assert version.state is VersionState.READY, version.refusal
    assert [page.ordinal for page in version.pages] == list(range(1, 1451))
    assert "Halaman 1450 dari 1450" in version.pages[-1].text
    assert all(page.image_bytes <= PHONE_BUDGET for page in version.pages)
    assert len({page.image_sha256 for page in version.pages}) == 1450

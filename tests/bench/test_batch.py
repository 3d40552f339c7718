"""A whole batch at B-LT: acceptance, signatures, checks, storage and a commit for each paper."""

import os
import time
from typing import Any

import psutil
import pytest

from backend.signing.models import AttemptState, SigningAttempt
from tests.factories.sheets import paper
from tests.factories.stacks import stack

DOCUMENTS = 500
PADDING = 100 * 1024


def processor_seconds() -> float:
    """Of this process, of the database's and of whatever else they started."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in family)


@pytest.mark.timeout(1800)
def test_batch_of_500_papers(benchmark: Any, services: Any, record_property: Any) -> None:
    """The passphrase's hash costs next to nothing here; it is measured by itself."""
    count = int(os.environ.get("CENTANG_BENCH_BATCH", DOCUMENTS))
    papers = stack(services, count, base=paper(padding=PADDING))
    envelope = papers.envelope()
    before = processor_seconds()
    started = time.perf_counter()
    benchmark.pedantic(papers.sign, args=(envelope,), rounds=1, warmup_rounds=0)
    wall, used = time.perf_counter() - started, processor_seconds() - before
    record_property(
        "batch",
        f"{count} papers: {count / wall:.1f} a second, {count / used:.1f} a processor-second "
        f"(load {os.getloadavg()[0]:.1f})",
    )
    with services.work() as work:
        done = work.session.query(SigningAttempt).filter_by(state=AttemptState.FINISHED)
        assert done.count() == count

"""A whole batch at B-LT: acceptance, signatures, checks, storage and a commit for each paper.

Files and commits wait for the disk. Printed are papers a second, which other load slows down, and the
processor time of a paper, which it does less: the signing process's part, which one core has to bear,
and the database's.
"""

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


def processor_seconds() -> dict[int, float]:
    """Of this process and of the database's, one by one."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return {one.pid: sum(one.cpu_times()[:2]) for one in family}


@pytest.mark.timeout(1800)
def test_batch_of_500_papers(benchmark: Any, services: Any, capsys: Any) -> None:
    """The passphrase's hash costs next to nothing here; it is measured by itself."""
    count = int(os.environ.get("CENTANG_BENCH_BATCH", DOCUMENTS))
    papers = stack(services, count, base=paper(padding=PADDING))
    envelope = papers.envelope()
    before = processor_seconds()
    started = time.perf_counter()
    benchmark.pedantic(papers.sign, args=(envelope,), rounds=1, warmup_rounds=0)
    wall = time.perf_counter() - started
    used = {pid: after - before.get(pid, 0) for pid, after in processor_seconds().items()}
    signing = used.pop(os.getpid()) * 1000 / count
    database = sum(used.values()) * 1000 / count
    with capsys.disabled():
        print(
            f"\n{count} papers: {count / wall:.1f} a second, {wall * 1000 / count:.1f} ms each;"
            f" of processor time {signing + database:.1f} ms each: {signing:.1f} where they are signed,"
            f" {database:.1f} in the database; load {os.getloadavg()[0]:.1f}"
        )
    with services.work() as work:
        done = work.session.query(SigningAttempt).filter_by(state=AttemptState.FINISHED)
        assert done.count() == count

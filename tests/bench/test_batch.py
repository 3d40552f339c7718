"""A whole batch at B-LT: acceptance, signatures, checks, storage and a commit for each paper.

Files and commits wait for the disk. Printed are papers a second, which other load slows down, and the
processor time of a paper, which it does less: the signing process's part, which one core has to bear,
and beside it that of the process that checks files (its start included) and the database's.
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
    """Of this process, of the database's and of whatever else they started, one by one; under 0 of
    what ended.
    """
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    ended = sum(psutil.Process().cpu_times()[2:4])
    return {0: ended} | {one.pid: sum(one.cpu_times()[:2]) for one in family}


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
    signing, checking = (used.pop(pid) * 1000 / count for pid in (os.getpid(), 0))
    database = sum(used.values()) * 1000 / count
    with capsys.disabled():
        print(
            f"\n{count} papers: {count / wall:.1f} a second, {wall * 1000 / count:.1f} ms each;"
            f" of processor time {signing + checking + database:.1f} ms each: {signing:.1f} where they"
            f" are signed, {checking:.1f} where they are checked, {database:.1f} in the database;"
            f" load {os.getloadavg()[0]:.1f}"
        )
    with services.work() as work:
        done = work.session.query(SigningAttempt).filter_by(state=AttemptState.FINISHED)
        assert done.count() == count

"""Each bad upload is answered within ten seconds and 512 MB, by the real confined process."""

import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from backend.core import warm
from backend.core.sandbox import Sandbox
from backend.core.settings import Settings
from backend.verification.examination import STRANGERS, examine
from backend.verification.verdicts import Verdict
from tests.security.attacks import hurting
from tests.security.attacks.cases import NOW, house, long_term


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(Settings(home=tmp_path, _env_file=None))


@pytest.fixture(scope="module")
def alone() -> Iterator[ProcessPoolExecutor]:
    """A process that has no other children whose memory could be mistaken for the sandbox's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize(
    "name",
    [
        "decompression_bomb_in_the_table",
        "decompression_bomb_in_the_form",
        "deep_nesting",
        "a_hundred_thousand_pages",
    ],
)
def test_a_file_that_hurts_gets_a_clear_answer_in_time(name, alone, tmp_path):
    file = tmp_path / "file.pdf"
    file.write_bytes(getattr(hurting, name)().data)
    seconds, kilobytes, verdict, reasons = alone.submit(_examined, tmp_path, file).result()
    assert seconds < 10
    assert kilobytes < 512 * 1024
    assert verdict in {Verdict.UNREADABLE, Verdict.NOT_SIGNED}
    assert reasons


def _examined(home: Path, file: Path) -> tuple[float, int, Verdict, int]:
    """Seconds, the heaviest child's memory in KB, verdict, and how many reasons it was given."""
    sandbox = Sandbox(Settings(home=home, _env_file=None))
    started = time.monotonic()
    report = examine(sandbox, file, house().trust(), NOW)
    warm.close()  # so that the process that forked is counted, and its forks with it
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return time.monotonic() - started, peak, report.verdict, len(report.reasons)


def test_an_honest_file_is_judged_in_the_same_confinement(sandbox, tmp_path):
    file = tmp_path / "file.pdf"
    file.write_bytes(long_term())
    assert examine(sandbox, file, house().trust(), NOW).verdict is Verdict.VALID
    assert STRANGERS.seconds < 10
    assert STRANGERS.memory_bytes <= 512 * 1024 * 1024

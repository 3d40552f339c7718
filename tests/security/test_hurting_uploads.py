"""Each bad upload is answered within ten seconds and 512 MB, by the real confined process."""

import resource
import time
from pathlib import Path

import pytest

from backend.core.sandbox import Sandbox
from backend.core.settings import Settings
from backend.verification.examination import STRANGERS, examine
from backend.verification.verdicts import Verdict
from tests.security.attacks import hurting
from tests.security.attacks.cases import NOW, house, long_term


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(Settings(home=tmp_path, _env_file=None))


@pytest.mark.parametrize(
    "name", ["decompression_bomb_in_the_table", "deep_nesting", "a_hundred_thousand_pages"]
)
def test_a_file_that_hurts_gets_a_clear_answer_in_time(name, sandbox, tmp_path):
    file = tmp_path / "file.pdf"
    file.write_bytes(getattr(hurting, name)().data)
    started = time.monotonic()
    report = examine(sandbox, file, house().trust(), NOW)
    assert time.monotonic() - started < 10
    assert report.verdict in {Verdict.UNREADABLE, Verdict.NOT_SIGNED}
    assert report.reasons
    # The heaviest child this process has ever waited for, in KB.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 512 * 1024


def test_an_honest_file_is_judged_in_the_same_confinement(sandbox, tmp_path):
    file = tmp_path / "file.pdf"
    file.write_bytes(long_term())
    assert examine(sandbox, file, house().trust(), NOW).verdict is Verdict.VALID
    assert STRANGERS.seconds < 10
    assert STRANGERS.memory_bytes <= 512 * 1024 * 1024

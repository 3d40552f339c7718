"""Files are judged the same in the process beside, before it is ready and after it ended."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest

from backend.signing.checking import Checker
from backend.signing.pdf.proofs import SelfCheckError
from tests.factories.authority import Authority
from tests.unit.signing.conftest import Signed
from tests.unit.signing.test_selfcheck import BREAKS, expected

START_SECONDS = 120


@pytest.fixture(scope="module")
def beside() -> Iterator[Checker]:
    with Checker() as checker:
        checker.start()
        assert checker.is_ready(START_SECONDS)
        yield checker


def test_it_passes_what_the_engine_made(
    beside: Checker, three: Signed, authority: Authority
) -> None:
    for index, stage in enumerate(three.stages):
        in_pieces = replace(expected(three, index), base=iter([expected(three, index).base]))
        assert beside.check(stage, in_pieces) == authority.now


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS.keys())
def test_it_refuses_what_the_check_refuses(beside: Checker, three: Signed, broken) -> None:
    with pytest.raises(SelfCheckError):
        beside.check(broken(three), expected(three, 0))


def test_files_are_checked_here_when_the_process_is_gone(
    three: Signed, authority: Authority
) -> None:
    with Checker() as checker:
        assert checker.check(three.stages[0], expected(three, 0)) == authority.now
        checker.start()
        assert checker.is_ready(START_SECONDS)
        os.kill(checker.pid, signal.SIGKILL)
        assert checker.check(three.stages[0], expected(three, 0)) == authority.now
        assert not checker.is_ready()
        with pytest.raises(SelfCheckError):
            checker.check(three.stages[0][:-200], expected(three, 0))

"""Evidence is asked for once a minute, and never remembered where it was refused."""

from collections.abc import Sequence

import pytest

from backend.certificates.problems import FOREIGN_CERTIFICATE
from backend.certificates.recent_evidence import RecentEvidence
from backend.certificates.revocation import Evidence
from backend.core.errors import DomainError
from tests.support.clock import SettableClock


class Source:
    """Counts what it is asked; refuses to know strangers."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, ...]] = []

    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        self.asked.append(tuple(certificates))
        if b"stranger" in certificates:
            raise FOREIGN_CERTIFICATE()
        return Evidence((b"issuer",), (b"answer %d" % len(self.asked),), ())


def test_it_is_asked_for_once_a_minute() -> None:
    source, clock = Source(), SettableClock()
    recent = RecentEvidence(source, clock)
    first = recent.evidence([b"a", b"b"])
    clock.advance(seconds=59)
    assert recent.evidence((b"a", b"b")) is first
    assert recent.evidence([b"c"]) != first
    clock.advance(seconds=1)
    assert recent.evidence([b"a", b"b"]) != first
    assert source.asked == [(b"a", b"b"), (b"c",), (b"a", b"b")]


def test_a_clock_set_back_remembers_nothing() -> None:
    source, clock = Source(), SettableClock()
    recent = RecentEvidence(source, clock)
    recent.evidence([b"a"])
    clock.advance(seconds=-5)
    recent.evidence([b"a"])
    assert len(source.asked) == 2


def test_a_refusal_is_not_remembered() -> None:
    source = Source()
    recent = RecentEvidence(source, SettableClock())
    for _ in range(2):
        with pytest.raises(DomainError, match="certificates/foreign"):
            recent.evidence([b"stranger"])
    assert len(source.asked) == 2

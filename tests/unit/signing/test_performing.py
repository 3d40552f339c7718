"""Papers are stored and committed while the next are signed, and nothing else changes by that."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.core.errors import STORAGE_FULL
from backend.core.ids import new_id
from backend.documents.models import SignatureLevel
from backend.signing import attempts, performing
from backend.signing.pdf import selfcheck
from backend.signing.pdf.proofs import SelfCheckError
from backend.signing.pdf.selfcheck import Expected
from backend.signing.performing import AHEAD, LANES
from backend.signing.problems import CREDENTIAL_LOCKED, NOT_MADE
from backend.signing.provider import ActivationOverError, SignedFile, Task

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PATIENCE = 10


def task() -> Task:
    ids = {name: new_id() for name in ("attempt_id", "person_id", "document_id")}
    digests = {"base_sha256": "a" * 64, "prepared_sha256": "b" * 64}
    return Task(
        **ids, **digests, at=AT, level=SignatureLevel.B_LT, layout={}, identity=None, first=True
    )


class House:
    """A provider, a store and a database that only take notes."""

    name = "notes"
    dispatches = False
    together = None

    def __init__(self, papers: int) -> None:
        self.tasks = [task() for _ in range(papers)]
        self.notes: list[tuple[str, int]] = []
        self.on_sign: Callable[[int], object] = lambda _: None
        self.expected: Expected | None = None
        self.on_check: Callable[[int], object] = lambda _: None
        self.on_put: Callable[[int], object] = lambda _: None
        self.on_finish: Callable[[int], object] = lambda _: None

    def note(self, what: str, index: int) -> None:
        self.notes.append((what, index))

    def noted(self, what: str) -> list[int]:
        return sorted(index for noted, index in self.notes if noted == what)

    def index(self, attempt_id: UUID) -> int:
        return next(i for i, one in enumerate(self.tasks) if one.attempt_id == attempt_id)

    def perform(self, one: Task, _: object) -> SignedFile:
        index = self.index(one.attempt_id)
        self.on_sign(index)
        self.note("signed", index)
        return SignedFile(str(index).encode(), AT, "field", one.level, expected=self.expected)

    def check(self, data: bytes, expected: Expected) -> datetime:
        self.on_check(int(data))
        return expected.at

    def put(self, data: bytes, *, durable: bool) -> str:
        assert durable
        self.note("stored", int(data))
        self.on_put(int(data))
        return "c" * 64

    def finish(self, _: object, attempt_id: UUID, made: SignedFile, _digest: str) -> None:
        self.on_finish(int(made.data))
        self.signed_at = made.signed_at
        self.note("finished", self.index(attempt_id))

    def fail(self, _: object, attempt_id: UUID, refusal: Any) -> None:
        self.note(refusal.code, self.index(attempt_id))

    def run(self, going_on: Callable[[], bool] = lambda: True) -> bool:
        return performing.perform(
            nullcontext,  # type: ignore[arg-type]
            self,  # type: ignore[arg-type]
            self,  # type: ignore[arg-type]
            self.tasks,
            None,
            going_on=going_on,
        )


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], House]:
    def built(papers: int) -> House:
        one = House(papers)
        monkeypatch.setattr(selfcheck, "check", one.check)
        monkeypatch.setattr(attempts, "finish", one.finish)
        monkeypatch.setattr(attempts, "fail", one.fail)
        return one

    return built


def test_only_a_file_that_passed_its_check_is_stored(house: Callable[[int], House]) -> None:
    papers = house(3)
    checked_at = AT + timedelta(seconds=1)
    papers.expected = Expected(b"", b"", "field", b"", checked_at, first=True)

    def refuse(index: int) -> None:
        if index == 1:
            raise SelfCheckError("imprint")

    papers.on_check = refuse
    assert papers.run()
    assert papers.noted("stored") == papers.noted("finished") == [0, 2]
    assert papers.noted(NOT_MADE.code) == [1]
    assert papers.signed_at == checked_at


def test_the_next_paper_is_signed_while_one_is_committed(house: Callable[[int], House]) -> None:
    papers = house(2)
    second = threading.Event()
    papers.on_sign = lambda index: second.set() if index == 1 else None
    waited = []
    papers.on_finish = lambda index: waited.append(second.wait(PATIENCE)) if index == 0 else None
    assert papers.run()
    assert waited == [True]
    assert papers.noted("finished") == [0, 1]


def test_only_a_few_signed_papers_wait_in_memory(house: Callable[[int], House]) -> None:
    papers = house(4 * (LANES + AHEAD))
    most = 0
    at_work = threading.Semaphore(0)

    def signed(index: int) -> None:
        nonlocal most
        most = max(most, len(papers.noted("signed")) - len(papers.noted("finished")))
        if index == LANES + AHEAD:  # the last for which there is a place is being signed
            at_work.release(len(papers.tasks))

    papers.on_sign = signed
    papers.on_finish = lambda _: at_work.acquire(timeout=PATIENCE)
    assert papers.run()
    assert papers.noted("finished") == list(range(len(papers.tasks)))
    assert LANES + AHEAD <= most <= LANES + AHEAD + 1


def test_a_large_paper_is_committed_before_the_next_is_signed(
    house: Callable[[int], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performing, "SMALL", 0)
    papers = house(3)
    assert papers.run()
    steps = ("signed", "stored", "finished")
    assert papers.notes == [(what, i) for i in range(3) for what in steps]


def test_what_cannot_be_stored_fails_alone(house: Callable[[int], House]) -> None:
    papers = house(4)

    def full(index: int) -> None:
        if index == 1:
            raise STORAGE_FULL()

    papers.on_put = full
    assert papers.run()
    assert papers.noted("finished") == [0, 2, 3]
    assert papers.noted(NOT_MADE.code) == [1]


def test_when_an_outcome_cannot_be_written_down_no_more_is_signed(
    house: Callable[[int], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = house(20)
    far, known, ended = threading.Event(), threading.Event(), performing._Lanes._ended

    def gone(index: int) -> None:
        if index == 2:
            far.wait(PATIENCE)
            raise ConnectionError

    def signed(index: int) -> None:
        if index == 9:
            far.set()
            known.wait(PATIENCE)

    def tell(self: performing._Lanes, ending: Future[None]) -> None:
        ended(self, ending)
        if ending.exception():
            known.set()

    monkeypatch.setattr(performing._Lanes, "_ended", tell)
    papers.on_finish = gone
    papers.on_sign = signed
    with pytest.raises(ConnectionError):
        papers.run()
    assert papers.noted("signed") == list(range(10))
    assert papers.noted("finished") == [0, 1, *range(3, 10)]


def test_all_that_was_signed_is_written_down_before_an_activation_is_over(
    house: Callable[[int], House],
) -> None:
    papers = house(6)

    def locked(index: int) -> None:
        if index == 4:
            raise ActivationOverError(CREDENTIAL_LOCKED(retry_after=60))

    papers.on_sign = locked
    with pytest.raises(ActivationOverError):
        papers.run()
    assert papers.noted("finished") == [0, 1, 2, 3]
    assert papers.noted(CREDENTIAL_LOCKED.code) == [4]


def test_asked_to_stop_it_ends_what_was_signed(house: Callable[[int], House]) -> None:
    papers = house(5)
    answers = iter([True, True, False])
    assert not papers.run(lambda: next(answers))
    assert papers.noted("signed") == papers.noted("finished") == [0, 1]

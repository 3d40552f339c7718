"""The way of an envelope from the web process to the worker's desk and back."""

import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Services
from backend.core.errors import DomainError
from backend.core.local_socket import receive, short_address
from backend.documents.models import DocumentState
from backend.signing import desk_socket, progress
from backend.signing.local_provider import LocalProvider
from backend.signing.models import AttemptState, BatchState, SigningAttempt
from backend.signing.progress import ItemState
from backend.signing.provider import SignedFile, Task
from tests.factories.signings import case
from tests.factories.stacks import stack


@pytest.fixture
def web(services: Services) -> Services:
    """What the web process has: no desk of its own."""
    return replace(services, settings=services.settings.model_copy(update={"desk": "worker"}))


@contextmanager
def desk(services: Services, grace: float = 5) -> Iterator[Any]:
    """The worker's desk, answering."""
    path = services.settings.desk_socket
    with desk_socket.serving(
        path, services.work, services.signing, services.engine, services.seal, grace=grace
    ) as close:
        deadline = time.monotonic() + 10
        while not desk_socket.is_answering(path):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield close


def refusal(act: Any) -> DomainError:
    with pytest.raises(DomainError) as raised:
        act()
    assert raised.value.detail
    return raised.value


def test_the_worker_signs_what_the_web_process_hands_over(
    services: Services, web: Services
) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    with desk(services):
        mode = services.settings.desk_socket.stat().st_mode
        assert stat.S_IMODE(mode) == 0o600
        (attempt_id,) = paper.authorise(ratna, paper.sad(ratna), web)
    with services.work() as work:
        assert work.session.get_one(SigningAttempt, attempt_id).state is AttemptState.FINISHED
    assert paper.document().state is DocumentState.SIGNED


def test_a_refusal_comes_back_with_what_its_sentence_names(
    services: Services, web: Services
) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    wrong = {"passphrase": "bukan frasa sandinya"}
    services.clock.advance(seconds=30)  # type: ignore[attr-defined]
    envelope = ratna.phone.sad([paper.consent(ratna)], secrets=wrong)
    with desk(services):
        refused = refusal(lambda: paper.authorise(ratna, envelope, web))
    assert (refused.code, refused.params) == ("signing/wrong-passphrase", {"tries_left": 4})


def test_while_the_worker_is_away_nothing_is_used_up(services: Services, web: Services) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    envelope = paper.sad(ratna)
    assert refusal(lambda: paper.authorise(ratna, envelope, web)).code == "signing/desk-away"
    with desk(services):
        assert paper.authorise(ratna, envelope, web)


def test_a_worker_that_dies_before_its_answer_leaves_the_question_open(
    services: Services, web: Services
) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    path: Path = services.settings.desk_socket
    path.parent.mkdir(parents=True)

    def hang_up() -> None:
        channel, _ = listening.accept()
        with channel:
            receive(channel)

    with short_address(path) as address, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        worker = threading.Thread(target=hang_up)
        worker.start()
        refused = refusal(lambda: paper.authorise(ratna, paper.sad(ratna), web))
        worker.join()
    assert refused.code == "signing/desk-silent"


def test_many_papers_are_answered_once_accepted_and_a_closing_desk_pauses_them(
    services: Services, web: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = stack(services, 3)
    perform, go_on, begun = LocalProvider.perform, threading.Event(), threading.Event()

    def slow(self: LocalProvider, task: Task, opened: Any) -> SignedFile:
        begun.set()
        assert go_on.wait(20)
        return perform(self, task, opened)

    monkeypatch.setattr(LocalProvider, "perform", slow)
    with desk(services, grace=0.1) as close:
        accepted = papers.sign(services=web)
        with services.work(papers.signatory.actor) as work:
            found = progress.progress(work, accepted.batch_id)
        assert found.state is BatchState.RUNNING
        assert [item.state for item in found.items] == [
            ItemState.SIGNING,
            ItemState.WAITING,
            ItemState.WAITING,
        ]
        assert begun.wait(20)
        close()
        threading.Timer(1.5, go_on.set).start()
    with services.work(papers.signatory.actor) as work:
        found = progress.progress(work, accepted.batch_id)
    assert found.state is BatchState.PAUSED
    assert found.counts == {ItemState.DONE: 1, ItemState.WAITING: 2}


def test_one_worker_of_a_machine_has_the_desk_and_another_takes_its_place(
    services: Services,
) -> None:
    with desk(services):
        second = desk_socket.serving(
            services.settings.desk_socket,
            services.work,
            services.signing,
            services.engine,
            services.seal,
        )
        second.__enter__()
    deadline = time.monotonic() + 10
    while not desk_socket.is_answering(services.settings.desk_socket):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    second.__exit__(None, None, None)
    assert not services.settings.desk_socket.exists()

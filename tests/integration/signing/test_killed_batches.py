"""Power cuts while many papers are signed: of the worker, the web process and the database."""

import contextlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select

from backend import bootstrap
from backend.audit.queries import verify
from backend.bootstrap import Services
from backend.core.settings import Settings
from backend.documents.models import DocumentState
from backend.routing.models import StepState
from backend.signing import batches, desk_socket, progress
from backend.signing.models import (
    AttemptState,
    BatchState,
    SigningAttempt,
    SigningAuthorisation,
    SigningBatch,
)
from backend.signing.progress import ItemState
from backend.signing.signing import Envelope
from tests.factories.passphrases import CHEAP
from tests.factories.stacks import Stack, renew, stack
from tests.support.clock import SettableClock
from tests.support.database import Cluster

ONCE = ("signing.accepting", "signing.accepted")
"""Points of the worker that an activation passes once; the others it passes for each paper."""
EACH = ("signing.made", "signing.stored", "signing.finishing", "signing.finished")
WEB = ("desk.reached", "desk.handed-over", "desk.told")
PAPERS = 2
ROUNDS = (
    [("worker", point) for point in (*ONCE, *EACH) for _ in range(6)]
    + [("worker", None)] * 14
    + [("web", point) for point in WEB for _ in range(5)]
    + [("web", None)] * 9
    + [("database", point) for point in (*ONCE, *EACH) for _ in range(3)]
    + [("database", None)] * 8
)


def kill(pid: int) -> None:
    """As a power cut would; whoever had ended by then has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class Part:
    """One process of the installation, started anew for each round."""

    def __init__(self, name: str, services: Services, database_url: str) -> None:
        module = "tests.integration.signing.killed_parts"
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, name, str(services.settings.root), database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.pid = 0

    def start(self, **order: Any) -> None:
        assert self._process.stdin is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        self.pid = int(self._line())

    def kill(self) -> None:
        kill(self.pid)

    def await_end(self) -> None:
        assert self._line() == "gone"
        self.pid = 0

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        if self.pid:
            kill(self.pid)
        self._process.communicate(timeout=20)


@dataclass
class Installation:
    services: Services
    cluster: Cluster
    worker: Part
    web: Part

    def database_pid(self) -> int:
        pidfile = self.cluster.server.data / "postmaster.pid"
        return int(pidfile.read_text().split("\n", 1)[0])

    def restart_database(self) -> None:
        deadline = time.monotonic() + 20
        while self.cluster.server.alive():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        self.cluster.server.stop()
        self.cluster.server.start()


@pytest.fixture
def installation(tmp_path: Path, clock: SettableClock) -> Iterator[Installation]:
    """With a database of its own: the others' must not be killed."""
    # Killed before it wrote them down, it would forget commits that the papers began with.
    cluster = Cluster(tmp_path / "cluster", durable=True)
    cluster.start()
    url = cluster.url(cluster.main)
    settings = Settings(home=tmp_path / "home", issuer="inline", desk="inline", _env_file=None)
    services = bootstrap.build(settings, url, clock=clock, cost=CHEAP)
    parts = [Part(name, services, url) for name in ("worker", "web")]
    yield Installation(services, cluster, *parts)
    for part in parts:
        part.end()
    services.engine.dispose()
    cluster.stop()


def sent(papers: Stack, envelope: Envelope) -> dict[str, Any]:
    phone = papers.signatory.phone
    return {
        "now": papers.services.clock.now().isoformat(),
        "person": str(phone.person.id),
        "device": str(phone.device.id),
        "sad": envelope.sad,
        "secrets": envelope.secrets,
    }


def play(house: Installation, papers: Stack, victim: str, point: str | None) -> str:
    """One round, until nothing happens any more by itself; how far it had come by then."""
    envelope = papers.envelope()
    count = 1 if point in ONCE or point in WEB else random.randint(1, PAPERS)
    armed = {"point": point, "count": count, "kill": None}
    calm = {"point": None, "count": 0, "kill": None}
    if victim == "database":
        armed["kill"] = house.database_pid()
    order = sent(papers, envelope)
    house.worker.start(**order, **(calm if victim == "web" else armed))
    await_desk(house)
    house.web.start(**order, **(armed if victim == "web" else calm))
    if point is None:
        time.sleep(random.uniform(0.02, random.choice((0.1, 0.4, 1.6))))
        pids = {"worker": house.worker.pid, "web": house.web.pid}
        kill(pids.get(victim) or house.database_pid())
    house.web.await_end()
    if victim == "web":
        await_worker(house, papers, handed_over=point in WEB[1:])
    if victim == "database":
        house.restart_database()
        batches.sweep(house.services.work)  # while the worker that lost its database still lives
    if victim != "worker":
        house.worker.kill()
    house.worker.await_end()
    sweep(house)
    return f"{len(papers.signatures())} of {PAPERS} signed"


def sweep(house: Installation) -> None:
    """As every worker does when it starts, and each minute.

    Until nothing runs any more: the server lets go of a dead process's lock once it noticed.
    """
    deadline = time.monotonic() + 20
    while still_running(house):
        assert time.monotonic() < deadline
        batches.sweep(house.services.work)
        time.sleep(0.01)


def still_running(house: Installation) -> bool:
    running = select(SigningBatch.id).where(SigningBatch.state == BatchState.RUNNING)
    with house.services.work() as work:
        return work.session.scalars(running).first() is not None


def await_desk(house: Installation) -> None:
    deadline = time.monotonic() + 20
    while not desk_socket.is_answering(house.services.settings.desk_socket):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def await_worker(house: Installation, papers: Stack, *, handed_over: bool) -> None:
    """Until the worker has ended what it was handed: a dead web process stops nothing."""
    deadline, quiet = time.monotonic() + 30, 0
    while quiet < 5 or (handed_over and len(papers.signatures()) < PAPERS):
        assert time.monotonic() < deadline
        quiet = 0 if still_running(house) else quiet + 1
        time.sleep(0.05)


def check_whole(papers: Stack) -> None:
    """Each paper is signed, once and in its file, or waits as before; nothing lies between."""
    signed = Counter(one.document_id for one in papers.signatures())
    assert set(signed.values()) <= {1}
    for paper in papers.papers:
        document = paper.document()
        if document.id in signed:
            assert document.state is DocumentState.SIGNED
            with pikepdf.open(io.BytesIO(paper.signed_bytes())) as pdf:
                assert sum("/V" in field for field in pdf.Root.AcroForm.Fields) == 1
        else:
            assert document.signed_sha256 is None
            assert paper.next_step.state is StepState.TICKED
    with papers.services.work() as work:
        left = work.session.query(SigningAttempt).filter_by(state=AttemptState.ACCEPTED)
        assert left.count() == 0


def finish(papers: Stack) -> None:
    """One activation signs whatever is left."""
    with papers.services.work(papers.signatory.actor) as work:
        steps = [paper.steps()[0].id for paper in papers.papers]
        newest = work.session.scalars(
            select(SigningAuthorisation)
            .join(SigningAttempt, SigningAttempt.authorisation_id == SigningAuthorisation.id)
            .where(SigningAttempt.step_id.in_(steps))
        ).first()
        found = progress.progress(work, newest.batch_id) if newest else None
    if found is None:
        papers.sign()
    elif found.state is BatchState.PAUSED:
        rest = [item.step_id for item in found.items if item.state is ItemState.WAITING]
        papers.sign(papers.envelope(papers.consents(rest), found.batch.id))
    else:
        assert len(papers.signatures()) == PAPERS


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_kill_of_any_process_loses_no_paper_and_signs_none_twice(
    installation: Installation, record_property: Callable[[str, object], None]
) -> None:
    random.seed(20260302)
    assert len(ROUNDS) == 100
    outcomes: dict[tuple[str, str], Counter[str]] = {}
    papers: Stack | None = None
    for victim, point in ROUNDS:
        papers = renew(papers, PAPERS) if papers else stack(installation.services, PAPERS)
        outcome = play(installation, papers, victim, point)
        outcomes.setdefault((victim, point or "at random"), Counter())[outcome] += 1
        check_whole(papers)
        finish(papers)
        check_whole(papers)
        assert len(papers.signatures()) == PAPERS
    with installation.services.work() as work:
        assert verify(work.session).intact
        unfinished = select(SigningBatch).where(SigningBatch.state != BatchState.FINISHED)
        assert work.session.scalars(unfinished).all() == []
    for (victim, point), counts in outcomes.items():
        told = ", ".join(f"{count} × {outcome}" for outcome, count in sorted(counts.items()))
        record_property(f"killed: {victim}, {point}", told)

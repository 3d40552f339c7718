"""A power cut at every named instruction between authorisation and answer."""

import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pikepdf
import pytest

from backend.bootstrap import Services
from backend.core.jobs import Job
from backend.documents.models import DocumentState
from backend.routing.models import StepState
from backend.signing import batches, local_provider, performing, signing
from backend.signing.models import AttemptState, Signature, SigningAttempt
from tests.factories.signings import Case, Signatory, case, further_case
from tests.support.jobs import RunJobs

POINTS = (
    "signing.accepting",
    "signing.accepted",
    "signing.made",
    "signing.stored",
    "signing.finishing",
    "signing.finished",
)
AFTER_THE_COMMIT = "signing.finished"
TIMES = 5


class Doomed:
    """The process that signs and is killed."""

    def __init__(self, services: Services, database_url: str) -> None:
        self._services = services
        command = [sys.executable, "-m", "tests.integration.signing.killed"]
        self._process = subprocess.Popen(
            [*command, str(services.settings.root), database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def sign(self, signatory: Signatory, envelope: tuple[str, str], point: str) -> bool:
        """Whether the process was killed at the point."""
        order = {
            "now": self._services.clock.now().isoformat(),
            "point": point,
            "person": str(signatory.person.id),
            "device": str(signatory.phone.device.id),
            "sad": envelope[0],
            "secrets": envelope[1],
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        answer: dict[str, bool] = json.loads(self._process.stdout.readline())
        return answer["killed"]

    def end(self) -> None:
        self._process.communicate(timeout=20)


@pytest.fixture
def doomed(services: Services, database_url: str) -> Iterator[Doomed]:
    process = Doomed(services, database_url)
    yield process
    process.end()


def signatures(paper: Case) -> list[Signature]:
    with paper.work() as work:
        rows = work.session.query(Signature).filter_by(document_id=paper.document_id)
        return rows.order_by(Signature.id).all()


def check_whole(paper: Case, expected: int) -> None:
    """The database and the file tell of the same signatures, each once and complete."""
    rows = signatures(paper)
    assert len(rows) == expected
    document = paper.document()
    assert document.number == "800/1/CONTOH/2026"
    if not expected:
        assert document.signed_sha256 is None
        return
    assert document.signed_sha256 == rows[-1].file_sha256
    with pikepdf.open(io.BytesIO(paper.signed_bytes())) as pdf:
        assert sum("/V" in field for field in pdf.Root.AcroForm.Fields) == expected


def recover(paper: Case, run_jobs: RunJobs) -> None:
    """What the worker does when it starts again."""
    batches.sweep(paper.services.work)
    run_jobs(skip=(Job.VALIDATE_SIGNED,))
    with paper.work() as work:
        open_attempts = work.session.query(SigningAttempt).filter_by(state=AttemptState.ACCEPTED)
        assert open_attempts.count() == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_kill_at_any_point_leaves_no_signature_or_a_complete_one(
    services: Services,
    doomed: Doomed,
    run_jobs: RunJobs,
    record_property: Callable[[str, object], None],
) -> None:
    first = case(services, signers=2, number="800/1/CONTOH/2026")
    hits: Counter[str] = Counter()
    orders = [point for _ in range(TIMES) for point in POINTS]
    papers = 0
    paper = first
    signed = 2
    for point in orders:
        if signed == 2:
            paper = further_case(first, number="800/1/CONTOH/2026") if papers else first
            papers, signed = papers + 1, 0
            run_jobs(skip=(Job.VALIDATE_SIGNED,))
        signatory = paper.signatories[signed]
        paper.tick(signatory)
        hits[point] += doomed.sign(signatory, paper.sad(signatory), point)

        committed = point == AFTER_THE_COMMIT
        check_whole(paper, signed + committed)
        recover(paper, run_jobs)
        check_whole(paper, signed + committed)
        if not committed:
            assert paper.next_step.state is StepState.TICKED
            paper.authorise(signatory, paper.sad(signatory))
            run_jobs(skip=(Job.VALIDATE_SIGNED,))
        signed += 1
        check_whole(paper, signed)
        if signed == 2:
            assert paper.document().state is DocumentState.SIGNED
    record_property("killed at", ", ".join(f"{point} {hits[point]} times" for point in POINTS))
    assert all(hits[point] >= TIMES for point in POINTS)


def test_every_named_point_is_known_here() -> None:
    reached: set[str] = set()
    for module in (signing, local_provider, performing):
        source = module.__spec__.loader.get_source(module.__name__)  # type: ignore[union-attr]
        for line in source.splitlines():
            if "crashpoints.reach(" in line:
                reached.add(line.split('"')[1])
    assert reached == set(POINTS)

"""Papers kept for ever: archive time stamps over the years, each before the last one ages."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from sqlalchemy import update

from backend import worker
from backend.audit.models import AuditEntry
from backend.bootstrap import Services
from backend.certificates import status
from backend.certificates.authority import current
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority
from backend.certificates.problems import TIME_STAMP_UNAVAILABLE
from backend.certificates.revocation import Evidence
from backend.core.errors import DomainError
from backend.core.jobs import Job
from backend.documents.models import Document, SignatureLevel
from backend.signing import archiving
from backend.signing.models import ArchiveStamp, ArchiveState
from backend.signing.pdf import archive_stamp
from backend.verification.models import ValidationReport
from backend.verification.records import RecordState, public_record
from backend.verification.registry import recognise
from backend.verification.report import FileReport
from backend.worker import HANDLERS
from tests.factories import people
from tests.factories.answers import redated
from tests.factories.judges import pdfsig, pyhanko_lta, qpdf_complains, trust_in_nss
from tests.factories.papers import document_type
from tests.factories.signings import Case, case
from tests.fakes.sandbox import InProcessSandbox
from tests.support.clock import SettableClock
from tests.support.jobs import RunJobs

LOOKING_BACK = timedelta(days=9 * 365 + 30)
"""Long enough for three time stamps, the last of which is still good today."""


@pytest.fixture(autouse=True)
def answers_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """OCSP answers are produced at the machine's time; here at the test's."""
    monkeypatch.setattr(status, "ocsp_response", redated(status.ocsp_response))


@pytest.fixture(autouse=True)
def unconfined(monkeypatch: pytest.MonkeyPatch) -> None:
    """How files are confined while they are judged is tested elsewhere, and takes a process each."""
    monkeypatch.setattr(worker, "Sandbox", InProcessSandbox)


@pytest.fixture
def paper(
    services: Services,
    clock: SettableClock,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> Case:
    """Signed years ago, so that today's judges look back on it."""
    clock.set(datetime.now(UTC).replace(microsecond=0) - LOOKING_BACK)
    monkeypatch.setattr(people, "LONG_AGO", clock.now() - timedelta(days=365))
    with services.work() as work:
        document_type(work.session, level=SignatureLevel.B_LTA)
    made = case(services)
    for someone in made.signatories:
        run_jobs()
        made.sign(someone)
    return made


def stamps(services: Services) -> list[ArchiveStamp]:
    with services.work() as work:
        return work.session.query(ArchiveStamp).order_by(ArchiveStamp.id).all()


def sweep(services: Services, run_jobs: RunJobs) -> None:
    HANDLERS[Job.PUBLISH_REVOCATIONS](services)
    HANDLERS[Job.SWEEP_ARCHIVES](services)
    run_jobs()


def report(services: Services, sha256: str | None) -> FileReport:
    with services.work() as work:
        row = work.session.query(ValidationReport).filter_by(file_sha256=sha256).one()
        return FileReport.model_validate(row.report)


def test_the_last_signature_is_followed_by_an_archive_time_stamp(
    services: Services, paper: Case, run_jobs: RunJobs
) -> None:
    signed = paper.signed_bytes()
    run_jobs()
    document = paper.document()
    assert document.signed_sha256 == document.validated_sha256
    assert paper.signed_bytes().startswith(signed)
    assert paper.signed_bytes() != signed
    found = report(services, document.validated_sha256)
    assert {s.level for s in found.signatures if s.kind == "signature"} == {"B-LTA"}
    with services.work() as work:
        record = public_record(work, document.public_code)
        assert (record.state, record.level) == (RecordState.INTACT, "B-LTA")
        assert record.preview_sha256 is not None
        actions = [e.action for e in work.session.query(AuditEntry).order_by(AuditEntry.seq)]
    assert actions[-2:] == ["document.archive-stamped", "document.archive-kept"]


def test_citizens_have_the_file_that_passed_while_the_next_is_judged(
    services: Services, paper: Case, run_jobs: RunJobs
) -> None:
    run_jobs(skip=(Job.VALIDATE_ARCHIVED,))
    document = paper.document()
    with services.work() as work:
        assert public_record(work, document.public_code).state is RecordState.INTACT
    before = document.validated_sha256
    run_jobs()
    assert paper.document().validated_sha256 not in {None, before}
    with services.work() as work:
        for digest in (before, paper.document().validated_sha256):
            assert digest is not None
            found = recognise(work, digest)
            assert found is not None
            assert found.answer.status == "final"


def test_over_the_years_each_stamp_is_followed_before_it_ages(
    services: Services, paper: Case, run_jobs: RunJobs, clock: SettableClock, tmp_path: Path
) -> None:
    run_jobs()
    files, now = [paper.signed_bytes()], datetime.now(UTC) - timedelta(minutes=1)
    while (due := stamps(services)[-1].renew_at) < now:
        clock.set(due - timedelta(days=1))
        sweep(services, run_jobs)
        assert paper.signed_bytes() == files[-1], "it was early"
        clock.set(due)
        sweep(services, run_jobs)
        files.append(paper.signed_bytes())
    clock.set(now)
    HANDLERS[Job.PUBLISH_REVOCATIONS](services)

    made = stamps(services)
    assert {stamp.state for stamp in made} == {ArchiveState.KEPT}
    assert len(made) == len(files) == 3
    for one, following in itertools.pairwise(made):
        assert one.stamped_at < following.stamped_at < one.valid_until - timedelta(days=180)
        assert following.valid_until >= one.valid_until
    for earlier, later in itertools.pairwise(files):
        assert later.startswith(earlier)
    # The certificates of the signature and of the first time stamp have ended.
    assert made[0].valid_until < now
    judged_elsewhere(services, files[-1], len(made), tmp_path)
    twin = bytearray(files[-1])
    twin[len(paper.base) + 900] ^= 1
    with pytest.raises(AssertionError):
        judged_elsewhere(services, bytes(twin), len(made), tmp_path / "twin")


def judged_elsewhere(services: Services, data: bytes, count: int, folder: Path) -> None:
    """PyHanko's long-term validation goes by the time stamps; pdfsig knows no other time than now."""
    folder.mkdir(exist_ok=True)
    path = folder / "archived.pdf"
    path.write_bytes(data)
    assert qpdf_complains(path) is None
    root, issuing = chain(services)
    (judged,) = pyhanko_lta(data, root, known=said_today(services))
    assert judged.intact, judged
    assert judged.trusted, judged
    verdicts = pdfsig(path, trust_in_nss(folder / "nss", root, issuing))
    people = [v for v in verdicts if v.field.startswith("TandaTangan")]
    assert len(people) == 1
    assert len(verdicts) == 1 + count
    assert all(verdict.intact for verdict in people), verdicts


def said_today(services: Services) -> Evidence:
    """Whoever validates asks about the time stamps whose certificates have not ended."""
    with services.work() as work:
        living = work.session.query(Authority).filter(
            Authority.kind == AuthorityKind.TSA, Authority.not_after > work.now
        )
        certificates = [row.certificate for row in living]
    return services.revocations.evidence(certificates)


def chain(services: Services) -> list[x509.Certificate]:
    with services.work() as work:
        return [
            x509.load_der_x509_certificate(current(work.session, kind).certificate)
            for kind in (AuthorityKind.ROOT, AuthorityKind.ISSUING)
        ]


def test_an_ageing_algorithm_brings_a_new_stamp_but_not_every_day(
    services: Services, paper: Case, run_jobs: RunJobs, clock: SettableClock
) -> None:
    run_jobs()
    assert [stamp.algorithm for stamp in stamps(services)] == ["ecdsa-256"]
    clock.advance(days=200)
    ageing = {"ecdsa-256": (clock.now() + timedelta(days=100)).date()}
    with services.work() as work:
        assert archiving.due(work, {}) == []
        assert archiving.due(work, ageing) == [paper.document_id]
        work.session.execute(update(ArchiveStamp).values(stamped_at=work.now))
        assert archiving.due(work, ageing) == []


def test_two_archivists_at_once_keep_one_stamp(
    services: Services, paper: Case, run_jobs: RunJobs
) -> None:
    run_jobs(skip=(Job.ARCHIVE_DOCUMENT,))
    add, patched = archive_stamp.add, pytest.MonkeyPatch()

    def overtaken(*args: object, **options: object) -> archive_stamp.Archived:
        patched.undo()
        archiving.archive(services.work, services.archivist, paper.document_id)
        return add(*args, **options)  # type: ignore[arg-type]

    patched.setattr(archive_stamp, "add", overtaken)
    archiving.archive(services.work, services.archivist, paper.document_id)
    assert len(stamps(services)) == 1
    run_jobs()
    assert len(stamps(services)) == 1


def test_without_a_time_stamp_nothing_changes_and_the_next_sweep_tries_again(
    services: Services, paper: Case, run_jobs: RunJobs
) -> None:
    run_jobs(skip=(Job.ARCHIVE_DOCUMENT,))
    before, patched = paper.document().signed_sha256, pytest.MonkeyPatch()

    def away(*_: object) -> bytes:
        raise TIME_STAMP_UNAVAILABLE()

    patched.setattr(type(services.time_stamper), "stamp", away)
    with pytest.raises(DomainError):
        archiving.archive(services.work, services.archivist, paper.document_id)
    assert (stamps(services), paper.document().signed_sha256) == ([], before)
    patched.undo()
    sweep(services, run_jobs)
    assert [stamp.state for stamp in stamps(services)] == [ArchiveState.KEPT]


def test_a_stamped_file_that_does_not_pass_leaves_the_paper_as_it_was(
    services: Services, paper: Case, run_jobs: RunJobs
) -> None:
    run_jobs(skip=(Job.VALIDATE_ARCHIVED,))
    before = paper.document().validated_sha256
    (stamp,) = stamps(services)
    broken = bytearray(services.blobs.get(stamp.file_sha256))
    broken[300] ^= 1
    with services.work() as work:
        row = work.session.get_one(ArchiveStamp, stamp.id)
        row.file_sha256 = services.blobs.put(bytes(broken))
    run_jobs()
    assert paper.document().validated_sha256 == before
    assert [row.state for row in stamps(services)] == [ArchiveState.REFUSED]
    with services.work() as work:
        assert archiving.due(work, {}) == []


def test_other_levels_are_left_alone(services: Services, run_jobs: RunJobs) -> None:
    other = case(services)
    other.sign(other.signatories[0])
    run_jobs()
    with services.work() as work:
        document = work.session.get_one(Document, other.document_id)
        assert document.validated_sha256 is not None
        assert archiving.due(work, {}) == []
    assert stamps(services) == []

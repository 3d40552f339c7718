"""A file signed here reaches the public only after the full validation."""

from sqlalchemy import select

from backend.audit.models import AuditEntry
from backend.core.jobs import Job
from backend.documents.models import Document
from backend.routing.models import EventKind, TimelineEvent
from backend.verification import own_files
from backend.verification.models import ValidationReport
from backend.verification.verdicts import Verdict
from tests.factories.signed import prepared


def _facts(services, document):
    with services.sessions() as session:
        return (
            session.get_one(Document, document.id),
            session.scalars(select(ValidationReport)).all(),
            [
                event.kind
                for event in session.scalars(select(TimelineEvent).order_by(TimelineEvent.id))
            ],
            list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq))),
        )


def test_a_good_file_is_opened_to_the_public_once(office, services):
    document = office.issue(signers=2)
    office.validate(document)
    row, reports, kinds, actions = _facts(services, document)
    assert row.validated_sha256 == row.signed_sha256
    assert [r.verdict for r in reports] == [Verdict.VALID]
    assert kinds == [EventKind.VALIDATED]
    assert actions == ["document.validated"]


def test_the_worker_does_it_in_confinement(office, services, run_jobs):
    document = office.issue(validate=False)
    # this office's authority is made by the test and keeps no key that signs status lists
    assert Job.VALIDATE_SIGNED in run_jobs(skip=(Job.UPDATE_STATUS,))
    row, reports, _, _ = _facts(services, document)
    assert row.validated_sha256 == row.signed_sha256
    assert reports[0].preview_sha256


def test_a_spoiled_file_is_never_distributed_and_everyone_concerned_hears(
    office, services, run_jobs, client
):
    document = office.issue(validate=False)
    spoiled = services.blobs.put(services.blobs.get(document.signed_sha256) + b"rusak")
    office.change(document, signed_sha256=spoiled)
    office.validate(document)
    row, reports, kinds, actions = _facts(services, document)
    assert row.validated_sha256 is None
    assert [r.verdict for r in reports] == [Verdict.TAMPERED]
    assert kinds == [EventKind.FAILED]
    assert actions == ["document.validation_failed"]
    assert Job.ANNOUNCE_OUTCOME in run_jobs(skip=(Job.SEND_PUSH, Job.UPDATE_STATUS))
    assert client.get(f"/v/{document.public_code}/berkas").status_code == 404


def test_a_valid_file_signed_by_others_than_the_record_says_does_not_pass(office, services):
    one = office.issue()
    other = office.issue(validate=False)
    office.change(other, signed_sha256=one.signed_sha256)
    office.validate(other)
    _, reports, _, _ = _facts(services, other)
    refused = next(r for r in reports if r.document_id == other.id)
    assert refused.verdict is Verdict.INVALID
    assert refused.report["reasons"][0]["code"] == "signer-mismatch"


def test_a_file_signed_again_meanwhile_keeps_its_place_in_the_queue(office, services, monkeypatch):
    document = office.issue(validate=False)
    newer = services.blobs.put(prepared(2))

    def meanwhile(*_args):
        office.change(document, signed_sha256=newer)

    monkeypatch.setattr(own_files, "_picture", meanwhile)
    office.validate(document)
    row, reports, kinds, _ = _facts(services, document)
    assert len(reports) == 1
    assert row.validated_sha256 is None
    assert kinds == []

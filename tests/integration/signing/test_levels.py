"""The level of a signature: set by the kind of paper, consented to on the phone, then kept."""

import pytest

from backend.bootstrap import Services
from backend.core.errors import DomainError
from backend.documents.models import SignatureLevel
from backend.signing.models import Prepared, Signature, SigningAttempt
from backend.verification.models import ValidationReport
from backend.verification.report import FileReport
from tests.factories.papers import document_type
from tests.factories.signings import Case, case
from tests.support.jobs import RunJobs


def at_level(services: Services, level: SignatureLevel, *, signers: int = 1) -> Case:
    with services.work() as work:
        document_type(work.session, level=level)
    return case(services, signers=signers)


def reported(services: Services) -> list[str | None]:
    """The levels that the full validator finds."""
    with services.work() as work:
        row = work.session.query(ValidationReport).order_by(ValidationReport.id.desc()).first()
        report = FileReport.model_validate(row.report)
        return [s.level for s in report.signatures if s.kind == "signature"]


def test_a_kind_signed_at_b_t_carries_a_time_stamp_and_no_evidence(
    services: Services, run_jobs: RunJobs
) -> None:
    paper = at_level(services, SignatureLevel.B_T, signers=2)
    for someone in paper.signatories:
        run_jobs()
        paper.sign(someone)
        assert b"/DSS" not in paper.signed_bytes()
    run_jobs()
    assert reported(services) == ["B-T", "B-T"]
    assert paper.document().validated_sha256 == paper.document().signed_sha256


def test_the_level_stands_in_everything_that_records_the_signature(services: Services) -> None:
    paper = at_level(services, SignatureLevel.B_T)
    paper.sign(paper.signatories[0])
    with services.work() as work:
        for table in (Prepared, SigningAttempt, Signature):
            assert {row.level for row in work.session.query(table)} == {SignatureLevel.B_T}


def test_consent_to_another_level_signs_nothing(services: Services) -> None:
    paper = at_level(services, SignatureLevel.B_LT)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    wanted = paper.consent(ratna)
    assert wanted.pop("level") is SignatureLevel.B_LT
    for envelope in (
        ratna.phone.sad([wanted], level="B-T"),
        ratna.phone.sad([wanted | {"level": "B-T"}], level="B-LT"),
    ):
        with pytest.raises(DomainError) as raised:
            paper.authorise(ratna, envelope)
        assert raised.value.code == "signing/preparation-changed"
    paper.authorise(ratna, ratna.phone.sad([wanted | {"level": "B-LT"}], level="B-T"))
    assert paper.document().signed_sha256 is not None


def test_a_kind_that_changes_its_level_leaves_prepared_papers_as_they_are(
    services: Services,
) -> None:
    paper = at_level(services, SignatureLevel.B_LT)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    paper.prepare()
    with services.work() as work:
        document_type(work.session, level=SignatureLevel.B_T)
    assert paper.preflight(ratna).level is SignatureLevel.B_LT
    paper.prepare()
    assert paper.preflight(ratna).level is SignatureLevel.B_T

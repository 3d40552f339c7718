"""From a queued paper to a signature of the national service, and every refusal on the way."""

import io
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from backend.audit.models import AuditEntry
from backend.core.errors import DomainError
from backend.documents.models import DocumentState, SignatureLevel
from backend.organisation import agency
from backend.routing.models import StepState
from backend.signing.bsre import problems
from backend.signing.models import AttemptState, Prepared, ServiceCall, Signature, SigningAttempt
from backend.signing.pdf.foot import BSRE_SENTENCE
from backend.verification.models import ValidationReport
from backend.verification.own_files import validate_signed
from backend.verification.verdicts import Verdict
from tests.factories import sheets
from tests.factories.judges import qpdf_complains
from tests.factories.national import PASSPHRASE, Nation, authorise, nation, sign
from tests.factories.signings import Case, case
from tests.fakes.bsre import Fault
from tests.fakes.sandbox import InProcessSandbox


def attempt(paper: Case, attempt_id: object) -> SigningAttempt:
    with paper.work() as work:
        return work.session.get_one(SigningAttempt, attempt_id)


def calls(paper: Case) -> list[ServiceCall]:
    with paper.work() as work:
        return work.session.query(ServiceCall).order_by(ServiceCall.id).all()


def refused(paper: Case) -> str:
    """Why nothing can be signed, before a passphrase is asked."""
    problem = paper.preflight(paper.signatories[0]).problem
    assert problem is not None
    return problem.code


def test_two_signers_sign_and_the_result_is_certified(national: Nation, tmp_path: Path) -> None:
    # Without words, so that no block stands on any: this paper was never examined.
    paper = national.case(signers=2, base=sheets.paper(sheets.Sheet(lines=())))

    for signatory in paper.signatories:
        assert attempt(paper, sign(paper, signatory)).state is AttemptState.FINISHED

    assert paper.document().state is DocumentState.SIGNED
    data = paper.signed_bytes()
    assert data.startswith(paper.base)
    with paper.work() as work:
        made = work.session.query(Signature).order_by(Signature.id).all()
        assert [s.level for s in made] == [SignatureLevel.B_LT] * 2
    # Every file that came back is still there, byte for byte, under what was added later.
    assert all(data.startswith(signed) for signed in national.server.house.signed)
    (tmp_path / "signed.pdf").write_bytes(data)
    assert qpdf_complains(tmp_path / "signed.pdf") is None
    services = national.services
    validate_signed(
        services.work,
        services.blobs,
        InProcessSandbox(services.settings),
        services.settings.scratch_dir,
        paper.document_id,
    )
    with paper.work() as work:
        report = work.session.query(ValidationReport).one()
        assert report.verdict == Verdict.VALID, report.report
        assert report.report["certified"]


def test_nothing_is_certified_and_no_field_is_made_before_the_service_signs(
    one_nation: Nation,
) -> None:
    paper = one_nation.case(signers=2)
    paper.prepare()

    with paper.work() as work:
        row = work.session.query(Prepared).one()
        assert (row.provider, row.certificate_id) == ("bsre", None)
    data = one_nation.services.blobs.get(row.sha256)
    assert data.startswith(paper.base)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert "/Perms" not in pdf.Root


def test_the_sad_names_the_file_and_the_place_and_no_other_will_do(one_nation: Nation) -> None:
    paper = one_nation.case()
    ratna = paper.signatories[0]
    paper.tick(ratna)
    found = paper.preflight(ratna)
    item, credential = found.items[0], found.standing.credential
    assert item.prepared_sha256 is None
    assert item.placement is not None
    assert credential is not None
    usual = {
        "id": str(item.document.id),
        "step": str(item.step_id),
        "version_sha256": item.version_sha256,
        "input_sha256": item.input_sha256,
        "placement": item.placement,
        "action": "sign",
    }
    moved = {**usual, "placement": {**item.placement, "x": item.placement["x"] + 1}}
    unplaced = {**usual, "placement": None}
    other = {**usual, "input_sha256": "0" * 64}
    for wanted in (moved, unplaced, other):
        paper.services.clock.advance(seconds=30)
        envelope = ratna.phone.sad(
            [wanted], level="B-T", provider="bsre", credential=credential.thumbprint
        )
        with pytest.raises(DomainError) as raised:
            paper.authorise(ratna, envelope)
        assert raised.value.code == "signing/preparation-changed"
    assert not one_nation.server.house.signed


def test_a_sad_for_the_own_vault_is_never_given_to_the_service(one_nation: Nation) -> None:
    paper = case(one_nation.services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    envelope = paper.sad(ratna)
    one_nation.settle_in()
    one_nation.enrol(ratna.person)

    with pytest.raises(DomainError) as raised:
        paper.authorise(ratna, envelope)

    assert raised.value.code == "signing/other-provider"
    assert one_nation.server.house.calls == []


def test_the_foot_names_bsre_only_where_bsre_signs(one_nation: Nation) -> None:
    paper = one_nation.case()
    with paper.work() as work:
        agency.change(work, provider="local")
    paper.prepare()
    with paper.work() as work:
        local = work.session.query(Prepared).filter_by(voided_at=None).one()
        agency.change(work, provider="bsre")
    paper.prepare()
    with paper.work() as work:
        national = work.session.query(Prepared).filter_by(voided_at=None).one()

    assert "Balai Sertifikasi Elektronik" in BSRE_SENTENCE
    read = one_nation.services.blobs.get
    assert "Balai Sertifikasi" not in words(read(local.sha256))
    assert "Balai Sertifikasi" in words(read(national.sha256))


def words(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return " ".join(document[0].get_textpage().get_text_bounded().split())
    finally:
        document.close()


def test_a_person_who_may_not_sign_is_told_before_the_passphrase(national: Nation) -> None:
    paper = national.case()
    paper.tick(paper.signatories[0])
    (account,) = national.server.house.people.values()

    for status in [*problems.STATUSES, "SOMETHING_NEW"]:
        account.status = status
        assert refused(paper) == problems.STATUSES.get(status, problems.OTHER_STATUS).code


def test_each_lack_has_its_own_words(one_nation: Nation) -> None:
    paper = case(one_nation.services)
    paper.tick(paper.signatories[0])
    with paper.work() as work:
        agency.change(work, provider="bsre")
    assert refused(paper) == "signing/service-no-nik"
    one_nation.enrol(paper.signatories[0].person)
    assert refused(paper) == "signing/service-not-set-up"
    one_nation.settle_in()
    assert paper.preflight(paper.signatories[0]).problem is None

    stranger = nation(one_nation.services, one_nation.server, bsre_username="lain")
    paper.services = stranger.services
    assert refused(paper) == "signing/service-not-let-in"
    unset = nation(one_nation.services, one_nation.server, bsre_url=None)
    paper.services = unset.services
    assert refused(paper) == "signing/service-not-set-up"
    away = nation(one_nation.services, one_nation.server, bsre_url="http://127.0.0.1:9")
    paper.services = away.services
    assert refused(paper) == "signing/service-away"


def test_a_wrong_passphrase_is_told_apart_and_asked_only_once(national: Nation) -> None:
    paper = national.case()
    ratna = paper.signatories[0]

    failed = attempt(paper, sign(paper, ratna, "salah semua"))

    assert failed.failure == {"code": "signing/service-wrong-passphrase", "params": {}}
    assert paper.next_step.state is StepState.TICKED
    signs = [call for call in national.server.house.calls if call.endswith("/sign/pdf")]
    assert len(signs) == 1
    again = attempt(paper, authorise(paper, ratna))
    assert again.state is AttemptState.FINISHED


def test_a_refusal_of_the_service_leaves_the_step_open(national: Nation) -> None:
    paper = national.case()
    paper.tick(paper.signatories[0])

    for fault in (Fault.NOT_JSON_400, Fault.ERROR_IN_200, Fault.REDIRECT):
        national.server.house.faults.append(fault)
        failed = attempt(paper, authorise(paper, paper.signatories[0]))
        assert failed.state is AttemptState.FAILED
        assert paper.next_step.state is StepState.TICKED
    assert attempt(paper, authorise(paper, paper.signatories[0])).state is AttemptState.FINISHED


def test_a_service_that_is_gone_after_the_sheet_signs_nothing(one_nation: Nation) -> None:
    paper = one_nation.case()
    ratna = paper.signatories[0]
    paper.tick(ratna)
    envelope = paper.sad(ratna, passphrase=PASSPHRASE)
    away = nation(one_nation.services, one_nation.server, bsre_url="http://127.0.0.1:9")

    attempt_id = paper.authorise(ratna, envelope, away.services)[0]

    assert attempt(paper, attempt_id).failure == {"code": "signing/service-away", "params": {}}
    assert paper.next_step.state is StepState.TICKED


@pytest.mark.parametrize("fault", [Fault.SKEWED, Fault.SLOW])
def test_a_slow_service_and_one_whose_clock_is_off_still_sign(
    national: Nation, fault: Fault
) -> None:
    paper = national.case()
    national.server.house.faults.append(fault)
    national.server.house.seconds = 0.3

    assert attempt(paper, sign(paper, paper.signatories[0])).state is AttemptState.FINISHED


@pytest.mark.parametrize("corners", [False, True], ids=["sizes", "corners"])
def test_a_block_stands_where_it_was_placed_in_either_reading_of_version_one(
    one_nation: Nation, corners: bool
) -> None:
    one_nation.terms = one_nation.terms.model_copy(update={"corners": corners})
    one_nation.server.house.corners = corners
    paper = one_nation.case()

    assert attempt(paper, sign(paper, paper.signatories[0])).state is AttemptState.FINISHED


def test_without_a_picture_the_signature_is_invisible(national: Nation) -> None:
    national.terms = national.terms.model_copy(update={"visible": False})
    paper = national.case()

    assert attempt(paper, sign(paper, paper.signatories[0])).state is AttemptState.FINISHED


def test_without_revocation_data_the_level_stays_at_b_t(one_nation: Nation) -> None:
    paper = one_nation.case()
    one_nation.server.authority.broken = True

    assert attempt(paper, sign(paper, paper.signatories[0])).state is AttemptState.FINISHED

    with paper.work() as work:
        assert work.session.query(Signature).one().level is SignatureLevel.B_T


def test_every_call_is_on_record_without_secret_number_or_file(national: Nation) -> None:
    paper = national.case()
    ratna = paper.signatories[0]
    number = next(iter(national.server.house.people))
    sign(paper, ratna, "salah semua")
    authorise(paper, ratna)

    recorded = calls(paper)
    version = national.terms.version
    kinds = {call.call for call in recorded}
    assert kinds == {f"{version} status", f"{version} sign"}
    first, last = [c for c in recorded if c.call.endswith("sign")]
    assert (first.outcome, first.http_status, first.code) == ("refused", 400, 2031)
    assert (last.outcome, last.http_status) == ("answered", 200)
    assert last.result_digest
    assert last.attempt_id
    everything = repr([vars(call) for call in recorded])
    with paper.work() as work:
        everything += repr([vars(entry) for entry in work.session.query(AuditEntry)])
    for hidden in (PASSPHRASE, "salah semua", number):
        assert hidden not in everything

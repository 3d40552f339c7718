"""The agency's seal: two custodians, one activation, and sealed papers that are signed after it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from backend.audit.models import AuditEntry
from backend.bootstrap import Services
from backend.certificates.authority import current
from backend.certificates.kinds import AuthorityKind
from backend.certificates.lifecycle import RevocationReason
from backend.certificates.models import Certificate
from backend.certificates.profiles import names_a_seal
from backend.core.db import Actor
from backend.core.errors import DomainError
from backend.core.jobs import Job, defer
from backend.organisation.models import Role
from backend.signing import enrolment
from backend.signing.models import DocumentSeal, Seal, SealActivation, SealCustodian
from backend.signing.problems import (
    NO_SEAL,
    SEAL_HALF_LOST,
    SEAL_JOINED,
    SEAL_NOT_JOINED,
    SEAL_SAME_CUSTODIAN,
    SEAL_TERMS,
    SEAL_WAITS,
    WRONG_PASSPHRASE,
)
from backend.signing.seal import seal_activation, sealing, seals
from backend.signing.seal.seal_keeper import SealKeeper
from backend.signing.vaults.vault import KeyAlgorithm, KeyOwner, Secret, WrongPassphraseError
from backend.verification.models import ValidationReport
from backend.verification.report import FileReport
from tests.factories import judges, people
from tests.factories.papers import document_type
from tests.factories.phones import phone
from tests.factories.seals import HALVES, Custody, custody
from tests.factories.signings import Case, case, further_case
from tests.support.clock import SettableClock
from tests.support.jobs import RunJobs, run_pending


def refusal(act: Callable[[], object]) -> object:
    with pytest.raises(DomainError) as raised:
        act()
    return raised.value.problem


@pytest.fixture
def paper(services: Services) -> Case:
    """A paper of a kind that is sealed, queued for two signers."""
    with services.work() as work:
        document_type(work.session, sealed=True)
    return case(services, signers=2)


def seals_of(services: Services) -> list[DocumentSeal]:
    with services.work() as work:
        return work.session.query(DocumentSeal).order_by(DocumentSeal.id).all()


def used(services: Services, activation: object) -> int:
    with services.work() as work:
        return work.session.get_one(SealActivation, activation).used


def test_a_sealed_paper_is_signed_after_the_seal_and_validated(
    services: Services, paper: Case, run_jobs: RunJobs
) -> None:
    held = custody(services)
    activation = held.open()
    run_jobs()
    (seal,) = seals_of(services)
    sealed = services.blobs.get(seal.file_sha256)
    assert sealed.startswith(paper.base)
    for someone in paper.signatories:
        paper.sign(someone)
        run_jobs()

    assert paper.signed_bytes().startswith(sealed)
    assert paper.document().validated_sha256 == paper.document().signed_sha256
    with services.work() as work:
        row = work.session.query(ValidationReport).order_by(ValidationReport.id.desc()).first()
        certificate = work.session.get_one(Certificate, seal.certificate_id)
    report = FileReport.model_validate(row.report)
    assert [(s.field, s.certification) for s in report.signatures] == [
        ("Segel", 2),
        ("TandaTangan1", None),
        ("TandaTangan2", None),
    ]
    assert [s.is_seal for s in report.signatures] == [True, False, False]
    assert certificate.person_id is None
    assert used(services, activation) == 1


def test_every_judge_accepts_the_seal_and_what_follows_it(
    services: Services, paper: Case, run_jobs: RunJobs, tmp_path: Path
) -> None:
    custody(services).open()
    run_jobs()
    for someone in paper.signatories:
        paper.sign(someone)
        run_jobs(skip=(Job.VALIDATE_SIGNED,))
    with services.work() as work:
        rows = {
            kind: x509.load_der_x509_certificate(current(work.session, kind).certificate)
            for kind in (AuthorityKind.ROOT, AuthorityKind.ISSUING)
        }
    root = rows[AuthorityKind.ROOT]
    nss = judges.trust_in_nss(tmp_path / "nss", root, rows[AuthorityKind.ISSUING])
    file = tmp_path / "naskah.pdf"
    file.write_bytes(paper.signed_bytes())

    assert judges.qpdf_complains(file) is None
    verdicts = judges.pdfsig(file, nss)
    assert [v.field for v in verdicts] == ["Segel", "TandaTangan1", "TandaTangan2"]
    assert all(v.intact and v.trusted for v in verdicts), verdicts

    torn = bytearray(file.read_bytes())
    torn[len(paper.base) // 2] ^= 1
    file.write_bytes(torn)
    assert not any(v.intact for v in judges.pdfsig(file, nss))


def test_the_seals_certificate_names_the_agency_and_no_human_being(services: Services) -> None:
    custody(services).open()
    with services.work() as work:
        seal = work.session.query(Seal).one()
        row = work.session.get_one(Certificate, seal.certificate_id)
        assert row.decision_id == seal.decision_id
    certificate = x509.load_der_x509_certificate(row.der)
    assert names_a_seal(certificate)
    names = {each.oid for each in certificate.subject}
    assert NameOID.ORGANIZATION_IDENTIFIER in names
    assert not names & {NameOID.GIVEN_NAME, NameOID.SURNAME, NameOID.SERIAL_NUMBER}


def test_without_an_active_seal_the_paper_waits_and_the_sheet_says_so(
    services: Services, paper: Case, run_jobs: RunJobs
) -> None:
    held = custody(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    run_jobs()
    problem = paper.preflight(ratna).problem
    assert problem is not None
    assert problem.problem is SEAL_WAITS
    held.open()
    run_jobs()
    assert paper.preflight(ratna).problem is None


def test_neither_custodian_can_activate_alone(services: Services) -> None:
    held = custody(services)
    activation, ends = held.activate(0)
    second = partial(held.activate, activation=activation, until=ends)
    assert refusal(partial(second, 0)) is SEAL_SAME_CUSTODIAN
    # Nor by consenting twice, each time as the first.
    held.activate(0)
    assert services.seal_keeper.activation(services.clock.now()) is None
    assert refusal(partial(second, 1)) is SEAL_HALF_LOST, "a later consent took its place"


def test_one_half_and_the_master_key_do_not_open_the_key(services: Services) -> None:
    held = custody(services)
    held.open()
    with services.work() as work:
        seal = work.session.query(Seal).one()
        person_id = held.phones[0].person.id
        mine = work.session.query(SealCustodian).filter_by(person_id=person_id).one()
        agency = work.session.query(people.Agency).one()
    secret = Secret(HALVES[0])
    half = bytes(services.seal.halves.unwrap(seals.half_owner(mine), mine.half, secret))
    owner = KeyOwner(agency.id, seal.id, KeyAlgorithm(seal.algorithm), seal.vault)
    for guess in (seal_activation._together(half, b""), seal_activation._together(half, half)):
        with pytest.raises(WrongPassphraseError):
            services.vault.unlock(owner, seal.wrapped, guess)


def test_the_second_consents_to_the_same_limits_or_to_none(services: Services) -> None:
    held = custody(services)
    for hours in (25, -1):
        assert refusal(partial(held.activate, 0, hours=hours)) is SEAL_TERMS
    activation, ends = held.activate(0, documents=10)
    second = partial(held.activate, 1, activation=activation)
    for until, documents in ((ends, 11), (ends - 60, 10)):
        assert refusal(partial(second, until=until, documents=documents)) is SEAL_TERMS
    second(until=ends, documents=10)
    assert services.seal_keeper.activation(services.clock.now()) == activation


def test_a_wrong_passphrase_is_counted_and_leaves_the_first_consent_waiting(
    services: Services,
) -> None:
    held = custody(services)
    activation, ends = held.activate(0)
    second = partial(held.activate, 1, activation=activation, until=ends)
    assert refusal(partial(second, passphrase="bukan ini")) is WRONG_PASSPHRASE
    second()
    assert services.seal_keeper.activation(services.clock.now()) == activation


def test_the_first_consent_waits_a_quarter_of_an_hour(
    services: Services, clock: SettableClock
) -> None:
    held = custody(services)
    activation, ends = held.activate(0)
    clock.advance(minutes=16)
    assert refusal(lambda: held.activate(1, activation=activation, until=ends)) is SEAL_HALF_LOST


def test_a_restart_forgets_the_key(services: Services, paper: Case, run_jobs: RunJobs) -> None:
    held = custody(services)
    held.open()
    restarted = replace(services, seal_keeper=SealKeeper())
    run_pending(restarted)
    assert not seals_of(services)
    activation, ends = held.activate(0, services=restarted)
    held.activate(1, activation=activation, until=ends, services=restarted)
    run_pending(restarted)
    assert len(seals_of(services)) == 1


def test_so_many_papers_and_no_more(services: Services, paper: Case, run_jobs: RunJobs) -> None:
    further_case(paper)
    further_case(paper)
    held = custody(services)
    first = held.open(documents=2)
    run_jobs()
    assert (len(seals_of(services)), used(services, first)) == (2, 2)
    held.open(documents=2)
    run_jobs()
    assert len(seals_of(services)) == 3


def test_until_then_and_no_longer(
    services: Services, paper: Case, run_jobs: RunJobs, clock: SettableClock
) -> None:
    custody(services).open(hours=1)
    clock.advance(hours=1)
    run_jobs()
    assert not seals_of(services)


def test_a_custodian_ends_it_at_once(services: Services, paper: Case, run_jobs: RunJobs) -> None:
    held = custody(services)
    held.open()
    with services.work(held.phones[1].actor) as work:
        seal_activation.end(work)
    run_jobs()
    assert not seals_of(services)
    assert services.seal_keeper.activation(services.clock.now()) is None


def test_a_seal_that_is_being_made_ends_with_it(
    services: Services, paper: Case, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = custody(services)
    held.open()
    check = sealing.selfcheck.check

    def slow(*args: object) -> object:
        with services.work(held.phones[0].actor) as work:
            seal_activation.end(work)
        return check(*args)

    monkeypatch.setattr(sealing.selfcheck, "check", slow)
    run_jobs()
    assert not seals_of(services)


def test_an_agreement_that_another_followed_replaces_no_seal(services: Services) -> None:
    overtaken = custody(services, joined=False)
    services.clock.advance(minutes=1)
    held = custody(services)
    assert refusal(lambda: overtaken.join(0)) is NO_SEAL
    held.open()


def test_a_revoked_certificate_seals_nothing(
    services: Services, paper: Case, run_jobs: RunJobs
) -> None:
    custody(services).open()
    with services.work() as work:
        certificate_id = work.session.query(Seal).one().certificate_id
        officer = people.person(work.session)
    actor = Actor(person_id=officer.id, roles=frozenset({Role.REGISTRATION_OFFICER}))
    with services.work(actor) as work:
        reason = RevocationReason.CESSATION_OF_OPERATION
        enrolment.revoke(work, certificate_id, reason, "dicabut", issuer=services.issuer)
    run_jobs()
    assert not seals_of(services)


def test_a_changed_layout_needs_another_seal(
    services: Services, paper: Case, run_jobs: RunJobs
) -> None:
    custody(services).open()
    run_jobs()
    with services.work() as work:
        work.session.get_one(people.Person, paper.signatories[0].person.id).name = "Nama Baru"
    assert refusal(paper.prepare) is SEAL_WAITS
    with services.work() as work:
        defer(work.session, Job.PREPARE_SIGNATURES, document_id=paper.document_id)
    run_jobs()
    first, second = seals_of(services)
    assert (first.voided_at is None, second.voided_at is None) == (False, True)
    for someone in paper.signatories:
        paper.sign(someone)
        run_jobs()
    assert paper.document().validated_sha256 == paper.document().signed_sha256


def test_only_the_named_two_join_and_each_once(services: Services) -> None:
    held = custody(services, joined=False)
    with services.work() as work:
        stranger = phone(services, work)
    intruder = Custody(services, (stranger, stranger))
    assert refusal(lambda: intruder.join(0)) is NO_SEAL
    held.join(0)
    assert refusal(lambda: held.join(0)) is SEAL_JOINED
    assert refusal(lambda: held.activate(0)) is SEAL_NOT_JOINED
    held.join(1)
    assert refusal(lambda: intruder.activate(0)) is NO_SEAL


def test_every_step_stands_in_the_trail(services: Services, paper: Case, run_jobs: RunJobs) -> None:
    held = custody(services)
    held.open()
    run_jobs()
    with services.work() as work:
        entries = work.session.query(AuditEntry).order_by(AuditEntry.seq).all()
    said = [e.action for e in entries if "seal" in e.action]
    assert said == [
        "seal.joined",
        "seal.joined",
        "seal.proposed",
        "seal.activated",
        "document.sealed",
    ]
    sealed = next(e for e in entries if e.action == "document.sealed")
    assert set(sealed.data["custodians"]) == {str(p.person.id) for p in held.phones}

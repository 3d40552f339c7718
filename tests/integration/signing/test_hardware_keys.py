"""Signing with keys that never leave a hardware module, from the officers' agreement on."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend import bootstrap
from backend.bootstrap import Services
from backend.core.errors import DomainError
from backend.core.settings import Settings
from backend.routing.models import StepState
from backend.signing.models import (
    AttemptState,
    BatchState,
    KeyCredential,
    Seal,
    Signature,
    SigningAttempt,
    SigningBatch,
)
from backend.signing.problems import INTERRUPTED, VAULT_UNAVAILABLE, WRONG_PASSPHRASE
from backend.signing.vaults.vault import PKCS11, SOFTWARE, UnlockedKey
from mobile_api.cli.checks import Level, tokens
from mobile_api.cli.doctor import examine
from tests.factories.passphrases import CHEAP
from tests.factories.phones import signer
from tests.factories.seals import custody
from tests.factories.signings import Case, case, further_case
from tests.support.jobs import RunJobs
from tests.support.softhsm import SoftHsm


@pytest.fixture
def settings(tmp_path: Path, softhsm: SoftHsm) -> Settings:
    return Settings(
        home=tmp_path / "home",
        issuer="inline",
        desk="inline",
        vault="pkcs11",
        pkcs11_module=softhsm.module,
        _env_file=None,
    )


def in_software(services: Services) -> Services:
    """The installation as it was before the module was bought."""
    settings = services.settings.model_copy(update={"vault": SOFTWARE})
    vault = bootstrap.key_vaults(settings, services.master_key, CHEAP)
    return replace(services, settings=settings, vault=vault)


def pulling_out(services: Services, softhsm: SoftHsm, aside: Path, *, after: int) -> Services:
    """The token is pulled out after the key was used this many times."""
    vault = services.vault

    class Pulled:
        name = vault.name

        def unlock(self, *arguments: Any) -> UnlockedKey:
            key = vault.unlock(*arguments)
            used = itertools.count(1)

            def sign(data: bytes) -> bytes:
                value = key.sign(data)
                if next(used) == after:
                    softhsm.pull_out(aside)
                return value

            if after == 0:
                softhsm.pull_out(aside)
            return UnlockedKey(sign, key.forget)

    return replace(services, vault=Pulled())  # type: ignore[arg-type]


def attempts(paper: Case) -> list[SigningAttempt]:
    with paper.work() as work:
        return work.session.query(SigningAttempt).order_by(SigningAttempt.id).all()


def test_a_paper_of_two_signers_is_validated(services: Services, run_jobs: RunJobs) -> None:
    paper = case(services, signers=2)
    for someone in paper.signatories:
        paper.sign(someone)
        run_jobs()

    assert paper.document().validated_sha256 == paper.document().signed_sha256
    with services.work() as work:
        assert {row.vault for row in work.session.query(KeyCredential)} == {PKCS11}


def test_a_token_pulled_out_leaves_the_paper_waiting_and_nothing_lost(
    services: Services, softhsm: SoftHsm, tmp_path: Path
) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    broken = pulling_out(services, softhsm, tmp_path / "aside", after=0)

    paper.authorise(ratna, paper.sad(ratna), broken)

    (attempt,) = attempts(paper)
    assert attempt.state is AttemptState.FAILED
    assert attempt.failure["code"] == VAULT_UNAVAILABLE.code
    assert paper.next_step.state is StepState.TICKED
    assert paper.document().signed_sha256 is None

    softhsm.put_back(tmp_path / "aside")
    paper.authorise(ratna, paper.sad(ratna))
    with services.work() as work:
        assert work.session.query(Signature).count() == 1


def test_a_token_pulled_out_in_a_batch_pauses_the_rest(
    services: Services, softhsm: SoftHsm, tmp_path: Path
) -> None:
    papers = [case(services)]
    papers += [further_case(papers[0]) for _ in range(3)]
    ratna = papers[0].signatories[0]
    for paper in papers:
        paper.tick(ratna)
    broken = pulling_out(services, softhsm, tmp_path / "aside", after=2)
    services.clock.advance(seconds=30)
    papers[0].authorise(ratna, ratna.phone.sad([p.consent(ratna) for p in papers]), broken)

    with services.work() as work:
        batch = work.session.query(SigningBatch).one()
    assert batch.state is BatchState.PAUSED
    assert batch.problem["code"] == VAULT_UNAVAILABLE.code
    signed = [p for p in papers if p.document().signed_sha256]
    unsigned = [p for p in papers if p not in signed]
    assert len(signed) == 2
    assert all(p.next_step.state is StepState.TICKED for p in unsigned)
    failures = {a.failure["code"] for a in attempts(papers[0]) if a.failure}
    assert failures == {VAULT_UNAVAILABLE.code, INTERRUPTED.code}

    softhsm.put_back(tmp_path / "aside")
    services.clock.advance(seconds=30)
    papers[0].authorise(ratna, ratna.phone.sad([p.consent(ratna) for p in unsigned]))
    with services.work() as work:
        assert work.session.query(Signature).count() == len(papers)


def test_without_its_token_an_activation_costs_no_code(
    services: Services, softhsm: SoftHsm, tmp_path: Path
) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    envelope = paper.sad(ratna)
    softhsm.pull_out(tmp_path / "aside")

    with pytest.raises(DomainError) as raised:
        paper.authorise(ratna, envelope)
    assert raised.value.problem is VAULT_UNAVAILABLE
    assert not attempts(paper)

    softhsm.put_back(tmp_path / "aside")
    paper.authorise(ratna, envelope)
    assert attempts(paper)[0].state is AttemptState.FINISHED


def test_no_passphrase_is_asked_for_while_the_token_is_out(
    services: Services, softhsm: SoftHsm, tmp_path: Path
) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    assert paper.preflight(ratna).problem is None

    softhsm.pull_out(tmp_path / "aside")
    problem = paper.preflight(ratna).problem
    assert problem is not None
    assert problem.problem is VAULT_UNAVAILABLE

    softhsm.put_back(tmp_path / "aside")
    assert paper.preflight(ratna).problem is None


def test_a_wrong_passphrase_is_counted_as_always(services: Services) -> None:
    paper = case(services)
    ratna = paper.signatories[0]
    paper.tick(ratna)
    services.clock.advance(seconds=30)
    wrong = {"passphrase": "bukan yang ini sama sekali"}
    statement = ratna.phone.sad([paper.consent(ratna)], secrets=wrong)
    with pytest.raises(DomainError) as raised:
        paper.authorise(ratna, statement)
    assert raised.value.problem is WRONG_PASSPHRASE
    assert raised.value.params == {"tries_left": 4}


def test_keys_of_both_vaults_sign_side_by_side(services: Services, run_jobs: RunJobs) -> None:
    early = case(in_software(services))
    late = case(services)
    early.services = services
    for paper in (early, late):
        paper.sign(paper.signatories[0])
    run_jobs()

    for paper in (early, late):
        assert paper.document().validated_sha256 == paper.document().signed_sha256
    with services.work() as work:
        vaults = [row.vault for row in work.session.query(KeyCredential).order_by("created_at")]
    assert vaults == [SOFTWARE, PKCS11]


def test_the_doctor_says_what_the_module_lacks(
    services: Services, softhsm: SoftHsm, tmp_path: Path
) -> None:
    def findings(services: Services) -> list[tuple[Level, str]]:
        return [(each.level, each.problem) for each in examine(services, tokens.CHECKS)]

    ratna = signer(services)
    assert findings(services) == []

    with services.work() as work:
        key = work.session.query(KeyCredential).filter_by(person_id=ratna.person.id).one()
        key.retired_at = work.now
    ((level, said),) = findings(services)
    assert (level, "1 tokens in the hardware module belong" in said) == (Level.WARN, True)

    with services.work() as work:
        work.session.get_one(KeyCredential, key.id).retired_at = None
    softhsm.pull_out(tmp_path / "aside")
    ((level, said),) = findings(services)
    assert (level, said.startswith("The tokens of 1 keys in use")) == (Level.FAIL, True)

    for module, words in ((tmp_path / "libnone.so", "does not answer"), (None, "none is set")):
        settings = services.settings.model_copy(update={"pkcs11_module": module})
        ((level, said),) = findings(replace(services, settings=settings))
        assert (level, words in said) == (Level.FAIL, True)


def test_the_agencys_seal_can_live_in_the_module_too(services: Services) -> None:
    custody(services).open()
    with services.work() as work:
        assert work.session.query(Seal).one().vault == PKCS11
    assert examine(services, tokens.CHECKS) == []


def test_a_module_without_a_free_slot_is_named(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens.Pkcs11Vault, "tokens", lambda _: {"Kartu lain": 1})
    ((level, said),) = [(f.level, f.problem) for f in examine(services, tokens.CHECKS)]
    assert (level, "no free slot" in said) == (Level.FAIL, True)


def test_a_hardware_vault_needs_its_module(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="CENTANG_PKCS11_MODULE"):
        Settings(home=tmp_path, vault="pkcs11", _env_file=None)

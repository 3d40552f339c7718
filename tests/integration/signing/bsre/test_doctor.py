"""`centang doctor` about the national service: what is wrong, what to do, and no secret."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from werkzeug.routing import Map

from backend.bootstrap import Services
from backend.organisation.models import Agency
from backend.signing.bsre.terms import ServiceTerms
from mobile_api.cli.checks import Finding, Level, national
from mobile_api.cli.doctor import CHECKS, examine
from tests.factories import people
from tests.factories.national import Nation, nation
from tests.fakes.bsre import CREDENTIALS, BsreServer, v1, v2
from tests.support.clock import SettableClock
from tests.support.local_tls import local_tls


def found(there: Nation, **settings: object) -> list[Finding]:
    with there.services.work() as work:
        founded = work.session.query(Agency).first() or people.agency(work.session)
        founded.service = there.terms.model_dump()
    changed = there.services.settings.model_copy(update=settings)
    services = dataclasses.replace(there.services, settings=changed)
    return examine(services, national.CHECKS)


def only(findings: list[Finding]) -> str:
    (finding,) = findings
    assert finding.level is Level.FAIL
    assert finding.problem.endswith(".")
    for secret in CREDENTIALS:
        assert secret not in finding.problem + finding.remedy
    return f"{finding.problem} {finding.remedy}"


def test_it_is_one_of_the_doctors_checks() -> None:
    assert set(national.CHECKS) <= set(CHECKS)


def test_an_agency_that_signs_itself_asks_nobody(services: Services, bsre: BsreServer) -> None:
    there = nation(services, bsre, bsre_url=None)
    assert found(there) == []
    assert bsre.house.calls == []


def test_all_is_well_with_a_service_that_answers(national: Nation) -> None:
    assert found(national) == []
    (call,) = national.server.house.calls
    assert "status" in call
    assert not national.server.house.signed


def test_a_chosen_service_without_address_and_root_is_named(
    services: Services, bsre: BsreServer
) -> None:
    with services.work() as work:
        people.agency(work.session)
        work.session.query(Agency).one().provider = "bsre"
    said = [finding.problem for finding in found(nation(services, bsre, bsre_url=None))]
    assert len(said) == 2
    assert "address is not set" in said[0]
    assert "No root of an Indonesian authority" in said[1]


def test_a_wrong_account_is_named(national: Nation) -> None:
    assert "does not accept" in only(found(national, bsre_password=SecretStr("lain")))


def test_a_service_that_is_not_there_is_named(national: Nation) -> None:
    assert "cannot be reached" in only(found(national, bsre_url="http://127.0.0.1:9"))


def test_the_other_version_is_recognised(
    one_nation: Nation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(v2, "ROUTES", Map([]))
    one_nation.terms = ServiceTerms(files=5)
    said = only(found(one_nation))
    assert "speaks v1" in said
    assert "choose v1" in said
    monkeypatch.setattr(v1, "ROUTES", Map([]))
    assert "ends before /api" in only(found(one_nation))


@pytest.mark.parametrize(("minutes", "level"), [(6, Level.WARN), (12, Level.FAIL)])
def test_clocks_that_differ_are_named(one_nation: Nation, minutes: int, level: Level) -> None:
    now = one_nation.services.clock.now()
    one_nation.server.house.clock = SettableClock(now - timedelta(minutes=minutes))
    (finding,) = found(one_nation)
    assert finding.level is level
    assert f"{minutes * 60} s ahead of" in finding.problem


def test_files_that_cannot_be_read_and_open_lines_are_named(
    one_nation: Nation, tmp_path: Path
) -> None:
    wrong = tmp_path / "kosong.pem"
    wrong.write_text("bukan sertifikat")
    assert "PASSWORD_FILE" in only(found(one_nation, bsre_password_file=tmp_path / "tiada"))
    assert "CENTANG_BSRE_CA_FILE" in only(found(one_nation, bsre_ca_file=wrong))
    assert "not complete" in only(found(one_nation, bsre_username=""))
    open_line = found(one_nation, bsre_url="http://a:b@esign.contoh.invalid")
    assert any("not HTTPS" in finding.problem for finding in open_line)
    assert not any("a:b" in finding.problem + finding.remedy for finding in open_line)


@pytest.fixture
def secured(
    tmp_path: Path, services: Services, clock: SettableClock
) -> Iterator[tuple[Nation, Path]]:
    authority, context = local_tls(tmp_path, ["localhost"])
    with BsreServer(tmp_path / "tls", clock, tls=context).running() as server:
        yield nation(services, server, bsre_ca_file=authority), authority


def test_a_certificate_of_the_agencys_own_authority_needs_its_root(
    secured: tuple[Nation, Path],
) -> None:
    there, _ = secured
    assert found(there) == []
    said = only(found(there, bsre_ca_file=None))
    assert "TLS certificate" in said
    assert "CENTANG_BSRE_CA_FILE" in said
    assert there.server.house.calls == ["POST /api/v2/user/check/status"]

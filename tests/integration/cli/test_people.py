"""`centang user` and `centang demo`."""

import json

import pyotp
import pytest

from backend.demo_people import PEOPLE
from tests.integration.cli.conftest import Run


@pytest.fixture
def regency(run: Run) -> None:
    assert run("demo", "load").code == 0


def test_the_demo_goes_into_an_empty_database_only(run: Run, regency: None) -> None:
    result = run("demo", "load")
    assert result.code == 1
    assert "not empty" in result.err


def test_without_a_demo_there_are_no_accounts_to_tell(run: Run) -> None:
    result = run("demo", "accounts", "--json")
    assert result.code == 1
    assert "no demo" in result.err


def test_it_tells_machines_how_to_sign_in_as_everybody(run: Run, regency: None) -> None:
    accounts = json.loads(run("demo", "accounts", "--json").out)
    assert {each["username"] for each in accounts} == {each.username for each in PEOPLE}
    for each in accounts:
        assert each["password"]
        assert each["roles"]
        assert pyotp.parse_uri(each["totp_uri"]).secret == each["totp_secret"]


def test_it_tells_people_in_columns_and_codes(run: Run, regency: None) -> None:
    said = run("demo", "accounts", "--qr").out
    assert "One-time-code secret" in said
    assert "█▀" in said
    assert max(map(len, said.splitlines())) < 200


def test_inviting_prints_a_link_and_the_list_shows_who_accepted(run: Run, regency: None) -> None:
    result = run("user", "invite", "baru", "--name", "Orang Contoh Baru", "--role", "auditor")
    assert result.code == 0
    assert "/undangan#" in result.out
    listed = json.loads(run("user", "list", "--json").out)
    assert "baru" not in {each["username"] for each in listed}
    assert {"auditor", "bupati"} <= {each["username"] for each in listed}


def test_roles_come_and_go(run: Run, regency: None) -> None:
    assert run("user", "grant", "bupati", "auditor").code == 0
    assert "auditor" in run("user", "list").out.split("bupati")[1].splitlines()[0]
    assert run("user", "revoke", "bupati", "auditor").code == 0
    again = run("user", "revoke", "bupati", "auditor")
    assert again.code == 1
    assert "is not auditor" in again.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("leave", "siapa"), "There is no account siapa"),
        (("grant", "bupati", "operator", "--unit", "TIDAKADA"), "There is no unit TIDAKADA"),
        (("grant", "bupati", "raja"), "raja"),
    ],
)
def test_a_slip_is_told_plainly(
    run: Run, regency: None, arguments: tuple[str, ...], said: str
) -> None:
    result = run("user", *arguments)
    assert result.code in {1, 2}
    assert said in result.err


def test_whoever_left_is_no_longer_listed(run: Run, regency: None) -> None:
    assert run("user", "leave", "auditor").code == 0
    assert "auditor" not in {e["username"] for e in json.loads(run("user", "list", "--json").out)}

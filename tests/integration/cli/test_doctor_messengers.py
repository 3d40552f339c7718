"""The doctor asks the mail server and Google whether they would take anything from here."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from backend import bootstrap
from backend.bootstrap import Services
from mobile_api.cli.checks import Level, messengers
from tests.fakes.firebase import Firebase
from tests.fakes.mail_server import PASSWORD, USERNAME, MailServer

With = Callable[..., list[str]]


@pytest.fixture
def said(services: Services) -> With:
    """What the doctor says with these settings: level and problem."""

    def examine(**changes: object) -> list[str]:
        settings = services.settings.model_copy(update=changes)
        mailer = bootstrap._mailer(settings, services.clock)
        changed = replace(services, settings=settings, mailer=mailer)
        return [
            f"{each.level}: {each.problem}"
            for check in messengers.CHECKS
            for each in check(changed)
        ]

    return examine


class TestMail:
    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[MailServer]:
        server = MailServer(tmp_path)
        yield server
        server.close()

    @pytest.fixture
    def facts(self, server: MailServer) -> dict[str, object]:
        return {
            "smtp_host": "localhost",
            "smtp_port": server.port,
            "smtp_sender": "Centang <centang@contoh.test>",
            "smtp_username": USERNAME,
            "smtp_password": SecretStr(PASSWORD),
            "smtp_ca_file": server.authority,
        }

    def test_without_a_server_there_is_nothing_to_say(self, said: With) -> None:
        assert said() == []

    def test_a_server_that_takes_our_letters_is_well(
        self, said: With, facts: dict[str, object]
    ) -> None:
        assert said(**facts) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"smtp_port": 1},
            {"smtp_password": SecretStr("x")},
            {"smtp_ca_file": None},
            {"smtp_password_file": Path("/nowhere/password")},
        ],
    )
    def test_one_that_does_not_is_named(
        self, said: With, facts: dict[str, object], change: dict[str, object]
    ) -> None:
        [problem] = said(**facts | change)
        assert problem.startswith(f"{Level.FAIL}: The mail server localhost:")
        assert PASSWORD not in problem

    def test_what_will_not_work_elsewhere_is_named_too(self, said: With) -> None:
        problems = said(smtp_host="mail.contoh.invalid", smtp_port=1, smtp_tls="none")
        assert [each.split(":")[0] for each in problems] == [Level.FAIL, Level.WARN, Level.WARN]


class TestFirebase:
    @pytest.fixture
    def firebase(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Firebase]:
        firebase = Firebase(tmp_path)
        for name, value in firebase.environment.items():
            monkeypatch.setenv(name, value)
        firebase.account.chmod(0o600)
        yield firebase
        firebase.close()

    def test_an_account_that_may_send_is_well(self, said: With, firebase: Firebase) -> None:
        assert said(fcm_account_file=firebase.account) == []
        assert firebase.tokens == 1

    def test_a_key_that_every_user_can_read_is_named(self, said: With, firebase: Firebase) -> None:
        firebase.account.chmod(0o644)
        [problem] = said(fcm_account_file=firebase.account)
        assert problem.endswith("can be reached by every user.")

    def test_an_account_that_google_does_not_accept_is_named(
        self, said: With, firebase: Firebase
    ) -> None:
        firebase.accepts = False
        [problem] = said(fcm_account_file=firebase.account)
        assert "Google does not accept" in problem

    def test_a_missing_line_is_named(
        self, said: With, firebase: Firebase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
        [problem] = said(fcm_account_file=firebase.account)
        assert "cannot be reached" in problem

    def test_a_file_that_is_none_is_named(self, said: With, services: Services) -> None:
        [problem] = said(fcm_account_file=Path("nowhere.json"))
        assert str(services.settings.root / "nowhere.json") in problem

"""The adapter against a real mail server on loopback."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from backend.notifications.carrying import Answer
from backend.notifications.mail import Letter
from backend.notifications.smtp import SmtpMailer, SmtpServer
from tests.fakes.mail_server import PASSWORD, USERNAME, MailServer
from tests.support.clock import SettableClock

LETTER = Letter("budi@contoh.test", "Ada naskah menunggu.", "Buka: http://contoh.test/x\n", "abc")


@pytest.fixture
def server(tmp_path):
    server = MailServer(tmp_path)
    yield server
    server.close()


@pytest.fixture
def facts(server):
    return SmtpServer(
        host="localhost",
        port=server.port,
        tls="starttls",
        sender="Centang <centang@contoh.test>",
        username=USERNAME,
        secret=lambda: SecretStr(PASSWORD),
        ca_file=server.authority,
    )


@pytest.fixture
def mailer(facts):
    return SmtpMailer(facts, SettableClock())


def test_a_letter_arrives_as_it_was_written(server, mailer):
    assert mailer.send(LETTER).answer is Answer.DELIVERED
    [letter] = server.letters
    assert server.recipients == ["budi@contoh.test"]
    assert letter["To"] == "budi@contoh.test"
    assert letter["From"] == "Centang <centang@contoh.test>"
    assert letter["Subject"] == LETTER.subject
    assert letter["Message-ID"] == "<abc@contoh.test>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"] == "Mon, 02 Mar 2026 02:00:00 +0000"
    assert letter.get_content().splitlines() == LETTER.body.splitlines()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("451 later", Answer.BUSY),
        ("421 going down", Answer.BUSY),
        ("552 too much", Answer.REFUSED),
        ("554 not this", Answer.REFUSED),
    ],
)
def test_what_may_pass_later_is_told_from_what_will_not(server, mailer, said, answer):
    server.answers = [said]
    sent = mailer.send(LETTER)
    assert (sent.answer, sent.status) == (answer, int(said[:3]))


@pytest.mark.parametrize(
    ("said", "answer"), [("450 full", Answer.BUSY), ("550 nobody here", Answer.REFUSED)]
)
def test_so_are_mailboxes(server, mailer, said, answer):
    server.unknown = {LETTER.to: said}
    assert mailer.send(LETTER).answer is answer


def test_a_wrong_password_is_the_installations_own_trouble(facts):
    mailer = SmtpMailer(replace(facts, secret=lambda: SecretStr("x")), SettableClock())
    assert mailer.send(LETTER).answer is Answer.BUSY


def test_so_is_a_password_file_that_is_not_there(facts, tmp_path):
    def missing():
        return SecretStr((tmp_path / "nowhere").read_text())

    mailer = SmtpMailer(replace(facts, secret=missing), SettableClock())
    assert mailer.send(LETTER).answer is Answer.BUSY


def test_a_server_under_an_unknown_authority_gets_nothing(server, facts):
    mailer = SmtpMailer(replace(facts, ca_file=None), SettableClock())
    assert mailer.send(LETTER).answer is Answer.BUSY
    assert server.letters == []


def test_a_server_that_cannot_encrypt_gets_nothing_unless_someone_decided_so(tmp_path, facts):
    plain = MailServer(tmp_path, encrypts=False)
    try:
        careful = replace(facts, port=plain.port, username="")
        assert SmtpMailer(careful, SettableClock()).send(LETTER).answer is Answer.BUSY
        assert plain.letters == []
        trusting = replace(careful, tls="none")
        assert SmtpMailer(trusting, SettableClock()).send(LETTER).answer is Answer.DELIVERED
    finally:
        plain.close()


def test_a_server_that_is_not_there_is_busy(server, mailer):
    server.close()
    assert mailer.send(LETTER).answer is Answer.BUSY


@pytest.mark.parametrize(
    "change",
    [
        {"to": "budi@contoh.test\r\nBcc: semua@contoh.test"},
        {"subject": "x\r\nBcc: semua@contoh.test"},
        {"to": ""},
    ],
)
def test_nothing_can_be_slipped_into_a_letters_head(server, mailer, change):
    assert mailer.send(replace(LETTER, **change)).answer is not Answer.DELIVERED
    assert server.letters == []

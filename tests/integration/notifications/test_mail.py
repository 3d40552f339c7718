"""Who has no phone to be rung gets an e-mail, and nobody gets both."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from backend.core.jobs import Job
from backend.identity.models import SignInSession
from backend.notifications import notices
from backend.notifications.carrying import LAST_ATTEMPT
from backend.notifications.models import Notice, NoticeKind, Preference
from backend.notifications.preferences import Topic
from backend.notifications.smtp import SmtpMailer, SmtpServer
from tests.factories import people
from tests.fakes.mail_server import PASSWORD, USERNAME, MailServer

SKIPPED = (Job.PREPARE_SIGNATURES,)


@pytest.fixture
def mail_server(tmp_path):
    server = MailServer(tmp_path)
    yield server
    server.close()


@pytest.fixture
def services(services, mail_server, clock):
    facts = SmtpServer(
        host="localhost",
        port=mail_server.port,
        tls="starttls",
        sender="Centang <centang@contoh.test>",
        username=USERNAME,
        secret=lambda: SecretStr(PASSWORD),
        ca_file=mail_server.authority,
    )
    object.__setattr__(services, "mailer", SmtpMailer(facts, clock))
    return services


@pytest.fixture
def told(queued, run_jobs):
    """The first official, whose turn was just announced; jobs are still to be done."""
    queued.work.session.commit()
    run_jobs(skip=(*SKIPPED, Job.SEND_PUSH, Job.SEND_MAIL))
    return queued.official(0)


def choose(work, official, **choices):
    work.session.add(Preference(person_id=official.person.id, **choices))
    work.session.commit()


def test_without_a_phone_a_person_gets_an_e_mail_that_tells_nothing_of_the_paper(
    told, queued, work, run_jobs, mail_server
):
    run_jobs(skip=SKIPPED)
    [letter] = mail_server.letters
    notice = work.session.query(Notice).one()
    body = letter.get_content()
    assert letter["To"] == told.person.email
    assert letter["Subject"] == "Ada naskah menunggu Anda di Centang."
    assert f"http://localhost:8080/pemberitahuan/{notice.id}" in body
    document, version = queued.document, queued.desk.version
    for word in (document.subject, version.filename, queued.desk.unit.name, told.person.name):
        assert word not in letter.as_string()
    assert notice.mailed_at == work.now


def test_it_is_written_in_the_persons_language(told, work, run_jobs, mail_server):
    work.session.execute(text("UPDATE account SET language = 'en'"))
    work.session.commit()
    run_jobs(skip=SKIPPED)
    [letter] = mail_server.letters
    assert letter["Subject"] == "A paper is waiting for you in Centang."
    assert "Open it in Centang" in letter.get_content()


def test_whose_phone_rang_gets_no_e_mail(phone, work, run_jobs, mail_server):
    run_jobs(skip=SKIPPED)
    assert work.session.query(Notice).one().rung_at == work.now
    assert mail_server.letters == []


@pytest.mark.parametrize("status", [410, 403])
def test_when_the_only_phone_fails_for_good_an_e_mail_follows(
    phone, run_jobs, push_service, mail_server, status
):
    push_service.answers = [(status, {})]
    run_jobs(skip=SKIPPED)
    assert len(mail_server.letters) == 1


def test_so_it_does_when_the_service_stays_busy_to_the_end(
    phone, run_jobs, push_service, mail_server, clock
):
    push_service.answers = [(503, {})] * LAST_ATTEMPT
    for _ in range(LAST_ATTEMPT):
        assert mail_server.letters == []
        run_jobs(skip=SKIPPED)
        clock.advance(hours=1)
    assert len(mail_server.letters) == 1


@pytest.fixture
def second_phone(queued, subscribed):
    """The first official has another phone; announced to before the fixtures that ring."""
    official = queued.official(0)
    device, _ = people.device(queued.work.session, official.person)
    session = SignInSession(
        person_id=official.person.id,
        device_id=device.id,
        created_at=queued.work.now,
        last_seen_at=queued.work.now,
        expires_at=queued.work.now + timedelta(days=1),
        user_agent="Contoh",
        csrf="y",
    )
    queued.work.session.add(session)
    queued.work.session.flush()
    return subscribed(replace(official, device=device))


@pytest.mark.parametrize(("answers", "letters"), [([410], 0), ([410, 410], 1)])
def test_of_two_phones_one_is_enough(
    second_phone, phone, run_jobs, push_service, mail_server, clock, answers, letters
):
    push_service.answers = [(status, {}) for status in answers]
    for _ in range(3):
        run_jobs(skip=SKIPPED)
        clock.advance(minutes=6)
    assert push_service.requests == 2
    assert len(mail_server.letters) == letters


def test_a_phone_signed_out_before_it_rang_is_followed_by_an_e_mail(
    phone, work, run_jobs, push_service, mail_server
):
    work.session.execute(text("UPDATE sign_in_session SET revoked_at = now()"))
    work.session.commit()
    run_jobs(skip=SKIPPED)
    assert (push_service.requests, len(mail_server.letters)) == (0, 1)


def test_who_switched_phones_off_gets_e_mail_instead(
    phone, work, run_jobs, push_service, mail_server
):
    choose(work, phone, push=False)
    run_jobs(skip=SKIPPED)
    assert (push_service.requests, len(mail_server.letters)) == (0, 1)


@pytest.mark.parametrize("choice", [{"email": False}, {"muted": ["waits"]}])
def test_who_switched_it_off_gets_none(told, work, run_jobs, mail_server, choice):
    choose(work, told, **choice)
    run_jobs(skip=SKIPPED)
    assert mail_server.letters == []


def test_news_of_an_accounts_security_cannot_be_silenced(
    phone, work, run_jobs, push_service, mail_server
):
    choose(work, phone, push=False, email=False, muted=[*Topic])
    notices.give(work, phone.person.id, NoticeKind.SECURITY, "security:1")
    work.session.commit()
    push_service.answers = [(410, {})]
    run_jobs(skip=SKIPPED)
    [letter] = mail_server.letters
    assert letter["Subject"] == "Ada perubahan pada keamanan akun. Periksa di Centang."
    assert push_service.requests == 1


def test_who_read_it_meanwhile_gets_none(told, work, run_jobs, mail_server):
    work.session.execute(text("UPDATE notice SET read_at = now()"))
    work.session.commit()
    run_jobs(skip=SKIPPED)
    assert mail_server.letters == []


def test_who_did_it_meanwhile_gets_none(told, queued, run_jobs, mail_server):
    queued.tick(0)
    queued.initial(0)
    queued.work.session.commit()
    run_jobs(skip=SKIPPED)
    [letter] = mail_server.letters
    assert letter["To"] == queued.official(1).person.email


def test_a_busy_server_is_tried_again_and_writes_once(told, work, run_jobs, mail_server, clock):
    mail_server.answers = ["451 later", "451 later"]
    for _ in range(5):
        run_jobs(skip=SKIPPED)
        clock.advance(timedelta(minutes=2))
    assert len(mail_server.letters) == 1


def test_a_job_that_runs_twice_writes_once(told, work, run_jobs, mail_server):
    for _ in range(2):
        run_jobs(skip=SKIPPED)
        work.session.execute(text("UPDATE procrastinate_jobs SET status = 'todo'"))
        work.session.commit()
    assert len(mail_server.letters) == 1


def test_no_transaction_is_open_while_the_server_is_spoken_to(
    told, work, services, run_jobs, monkeypatch
):
    open_now = text(
        "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        " AND datname = current_database()"
    )
    seen = []

    class Watching:
        def send(self, letter):
            with services.sessions() as session:
                seen.append(session.scalar(open_now))
            return services.mailer_before.send(letter)

    object.__setattr__(services, "mailer_before", services.mailer)
    object.__setattr__(services, "mailer", Watching())
    work.session.commit()
    run_jobs(skip=SKIPPED)
    assert seen == [0]

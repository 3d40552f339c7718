"""E-mail through the agency's own server (RFC 5321), encrypted unless someone decided otherwise."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from backend.core.clock import Clock
from backend.notifications.carrying import Answer, Sent
from backend.notifications.mail import Letter

SECONDS = 15


@dataclass(frozen=True)
class SmtpServer:
    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    sender: str
    username: str
    secret: Callable[[], SecretStr]
    """The password, read when it is needed. May raise OSError."""
    ca_file: Path | None
    """PEM of the authority that vouches for the server, where it is the agency's own."""


class SmtpMailer:
    """One connection a letter. A server that cannot encrypt, where it must, gets nothing."""

    def __init__(self, server: SmtpServer, clock: Clock) -> None:
        self._server, self._clock = server, clock

    def send(self, letter: Letter) -> Sent:
        """Refusals of this letter are told from servers that are not to be reached."""
        try:
            message = self._written(letter)
        except (ValueError, MessageError):
            return Sent(Answer.REFUSED)
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            # Nobody at all: an address that is none.
            return _judged(min((code for code, _ in error.recipients.values()), default=550))
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            return _judged(error.smtp_code)
        except smtplib.SMTPNotSupportedError:
            # STARTTLS or UTF-8 addresses: another letter, or a mended server, may pass.
            return Sent(Answer.BUSY)
        except (smtplib.SMTPException, OSError):
            return Sent(Answer.BUSY)
        return Sent(Answer.DELIVERED, status=250)

    def check(self) -> None:
        """Connects, encrypts and signs in. Raises OSError, of which SMTPException is one."""
        with self._connected() as server:
            server.noop()

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        facts = self._server
        context = ssl.create_default_context(cafile=facts.ca_file)
        connection: smtplib.SMTP
        if facts.tls == "tls":
            connection = smtplib.SMTP_SSL(facts.host, facts.port, timeout=SECONDS, context=context)
        else:
            connection = smtplib.SMTP(facts.host, facts.port, timeout=SECONDS)
        try:
            if facts.tls == "starttls":
                connection.starttls(context=context)
            if facts.username:
                connection.login(facts.username, facts.secret().get_secret_value())
            yield connection
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
        finally:
            connection.close()

    def _written(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self._server.sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock.now())
        domain = self._server.sender.rstrip(">").rpartition("@")[2] or "localhost"
        message["Message-ID"] = f"<{letter.reference}@{domain}>"
        # RFC 3834: no absence note answers this.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
        return message


def _judged(code: int) -> Sent:
    """RFC 5321 §4.2.1: 4xx may pass later, 5xx will not."""
    return Sent(Answer.REFUSED if code >= 500 else Answer.BUSY, status=code)

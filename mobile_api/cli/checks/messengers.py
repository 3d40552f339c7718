"""Whether people can be told: the mail server and Firebase, where they are configured."""

import stat
from collections.abc import Iterator

from backend.bootstrap import Services
from mobile_api.cli.checks import Finding, fail, warn

HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def mail_goes(services: Services) -> Iterator[Finding]:
    settings, mailer = services.settings, services.mailer
    if mailer is None:
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        mailer.check()
    except OSError as error:
        yield fail(
            f"The mail server {where} takes nothing from here ({type(error).__name__}).",
            "Check CENTANG_SMTP_HOST, _PORT, _TLS, _USERNAME, _PASSWORD(_FILE) and _CA_FILE.",
        )
    if settings.smtp_tls == "none" and settings.smtp_host not in HERE:
        yield warn(
            f"E-mail travels to {where} unencrypted.",
            "Set CENTANG_SMTP_TLS to starttls or tls.",
        )
    if settings.smtp_sender.rstrip(">").endswith("@localhost"):
        yield warn(
            "E-mail is sent in the name of localhost; most mailboxes refuse that.",
            "Set CENTANG_SMTP_SENDER to an address of the agency's.",
        )


def firebase_takes_us(services: Services) -> Iterator[Finding]:
    account = services.settings.fcm_account
    if account is None:
        return
    from backend.notifications.fcm import FcmSender

    sender = FcmSender(account)
    try:
        sender.check()
    except PermissionError:
        yield fail(
            f"Google does not accept the service account in {account}.",
            "Make a new key for it in the Firebase console and put it there.",
        )
    except ConnectionError:
        yield fail(
            "Google cannot be reached to ring apps.",
            "Check the network, HTTPS_PROXY and REQUESTS_CA_BUNDLE.",
        )
    except (OSError, ValueError):
        yield fail(
            f"{account} is missing or is no service account's key.",
            "Set CENTANG_FCM_ACCOUNT_FILE to the JSON file from the Firebase console.",
        )
    finally:
        sender.close()
    if account.exists() and stat.S_IMODE(account.stat().st_mode) & 0o007:
        yield fail(f"{account} can be reached by every user.", f"chmod o-rwx {account}")


CHECKS = (mail_goes, firebase_takes_us)

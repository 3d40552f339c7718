"""The national signing service, where the agency signs with it or has its address set.

It is asked for the standing of a number that nobody has: the one call that signs nothing. What is
printed has neither the account nor the password, nor the words of its answer.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import urlsplit

from cryptography import x509
from sqlalchemy import select

from backend.bootstrap import Services
from backend.certificates.models import TrustAnchor
from backend.core.settings import Settings
from backend.signing.bsre import set_up, terms
from backend.signing.bsre.result import SKEW
from backend.signing.bsre.service import RefusedError, status
from backend.signing.bsre.terms import ServiceTerms
from backend.signing.bsre.transport import Answer, AwayError, NoAnswerError
from backend.signing.planning import BSRE, provider_name
from mobile_api.cli.checks import Finding, fail, warn

NOBODY = "0" * 16
PATIENCE = 10.0
"""Seconds for its answer."""
WORTH_SAYING = timedelta(minutes=1)
LOCAL = {"localhost", "127.0.0.1", "::1"}


def service_is_set_up(services: Services) -> Iterator[Finding]:
    """What can be seen from here: address, secrets, and whose certificates are believed."""
    settings = services.settings
    with services.work() as work:
        chosen = provider_name(work) == BSRE
        rows = work.session.scalars(
            select(TrustAnchor).where(TrustAnchor.indonesian_psre.is_(True))
        ).all()
    if chosen and settings.bsre_url is None:
        yield fail(
            "The agency signs with the national service, and its address is not set.",
            "Set CENTANG_BSRE_URL, _USERNAME and _PASSWORD_FILE (docs/settings.md).",
        )
    if chosen and {"signing", "tsa"} - {purpose for row in rows for purpose in row.purposes}:
        yield fail(
            "No root of an Indonesian authority is trusted for both signatures and time stamps.",
            "Run `centang trust add --psre` with BSrE's root. Until then every result is refused.",
        )
    if settings.bsre_url is None:
        return
    address = urlsplit(settings.bsre_url)
    if address.scheme != "https" and address.hostname not in LOCAL:
        yield fail(
            "CENTANG_BSRE_URL is not HTTPS: passphrases would cross the network for all to read.",
            "Put TLS in front of the service and give its https address.",
        )
    if address.username or address.password:
        yield fail(
            "CENTANG_BSRE_URL carries a user name or password.",
            "Give them in CENTANG_BSRE_USERNAME and CENTANG_BSRE_PASSWORD_FILE.",
        )
    yield from _files(settings)


def _files(settings: Settings) -> Iterator[Finding]:
    try:
        known = bool(settings.bsre_username and settings.bsre_secret.get_secret_value())
    except OSError:
        yield fail(
            "The file in CENTANG_BSRE_PASSWORD_FILE cannot be read.",
            "Check its path, and that the user who runs Centang may read it.",
        )
    else:
        if not known:
            yield fail(
                "The account for the national service is not complete.",
                "Set CENTANG_BSRE_USERNAME and CENTANG_BSRE_PASSWORD_FILE.",
            )
    if settings.bsre_ca_file is not None:
        try:
            x509.load_pem_x509_certificates(settings.bsre_ca_file.read_bytes())
        except (OSError, ValueError):
            yield fail(
                "CENTANG_BSRE_CA_FILE is no file with certificates in PEM.",
                "Give the root of the authority that issued the service's TLS certificate.",
            )


def service_answers(services: Services) -> Iterator[Finding]:
    """Reached, believed, let in, in the version that was set, and on time."""
    settings = services.settings
    if settings.bsre_url is None or any(True for _ in _files(settings)):
        return
    host = urlsplit(settings.bsre_url).hostname
    with services.work() as work:
        wanted = terms.current(work.session)
    try:
        answer = _ask(settings, wanted)
    except AwayError as away:
        yield _unconnected(host, away)
        return
    except NoAnswerError as silent:
        yield fail(
            f"The national service at {host} did not answer whole ({silent.reason}).",
            f"Look whether it is overloaded: {PATIENCE:.0f} s were enough for no small answer.",
        )
        return
    yield from _judged(settings, wanted, host, answer)
    yield from _clock(services, answer)


def _ask(settings: Settings, wanted: ServiceTerms) -> Answer:
    hasty = settings.model_copy(update={"bsre_seconds": min(PATIENCE, settings.bsre_seconds)})
    service = set_up.service(hasty, wanted)
    if service is None:
        raise AwayError
    return service.ask(NOBODY)


def _unconnected(host: str | None, away: AwayError) -> Finding:
    if away.reason == "tls":
        return fail(
            f"The TLS certificate of the national service at {host} is not to be believed.",
            "If an authority of the agency issued it, name its root in CENTANG_BSRE_CA_FILE; look "
            "also at the name in CENTANG_BSRE_URL and at the certificate's end.",
        )
    return fail(
        f"The national service at {host} cannot be reached.",
        "Check CENTANG_BSRE_URL, the network between, and that the service runs.",
    )


def _judged(
    settings: Settings, wanted: ServiceTerms, host: str | None, answer: Answer
) -> Iterator[Finding]:
    match answer.status:
        case 401:
            yield fail(
                "The national service does not accept this installation's account.",
                "Check CENTANG_BSRE_USERNAME and CENTANG_BSRE_PASSWORD_FILE with whoever runs it.",
            )
        case 403:
            yield fail(
                "The national service turns this machine away.",
                "Have this machine's IP address allowed for the account.",
            )
        case code if 300 <= code < 400:
            yield fail(
                f"The national service at {host} sends callers elsewhere.",
                "Give the address it sends them to; Centang follows no redirect with passphrases.",
            )
        case 404 | 405:
            yield _other_version(settings, wanted)
        case code if code >= 500:
            yield fail(
                f"The national service is not well: it answered HTTP {code}.",
                "Look at its own log; nothing can be signed until it answers.",
            )
        case _:
            try:
                status(answer)
            except RefusedError:
                yield fail(
                    f"What answers at {host} is not the national service.",
                    "Check CENTANG_BSRE_URL: perhaps a proxy or another service stands there.",
                )


def _other_version(settings: Settings, wanted: ServiceTerms) -> Finding:
    other: Literal["v1", "v2"] = "v1" if wanted.version == "v2" else "v2"
    try:
        found = _ask(settings, ServiceTerms(version=other)).status not in {404, 405}
    except (AwayError, NoAnswerError):
        found = False
    if found:
        return fail(
            f"The national service there speaks {other}, and {wanted.version} is chosen.",
            f"Have the agency's administrator choose {other} (Kelola, Layanan tanda tangan).",
        )
    return fail(
        f"The national service has no call of {wanted.version} at that address.",
        "Check CENTANG_BSRE_URL: it ends before /api.",
    )


def _clock(services: Services, answer: Answer) -> Iterator[Finding]:
    try:
        said_at = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        return
    now: datetime = services.clock.now()
    theirs = said_at.replace(tzinfo=said_at.tzinfo or UTC)
    apart = abs(theirs - now)
    way = "behind" if theirs > now else "ahead of"
    said = f"This clock is {apart.total_seconds():.0f} s {way} the national service's."
    remedy = "Synchronise both machines' clocks (NTP)."
    if apart > SKEW:
        yield fail(f"{said} Its results are refused.", remedy)
    elif apart > WORTH_SAYING:
        yield warn(said, remedy)


CHECKS = (service_is_set_up, service_answers)

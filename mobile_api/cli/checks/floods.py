"""Who asked for more than their share of late."""

from collections.abc import Iterator
from datetime import timedelta

from backend.bootstrap import Services
from backend.core import limits
from mobile_api.cli.checks import Finding, warn
from mobile_api.public import throttle

LATELY = timedelta(hours=1)


def strangers_are_calm(services: Services) -> Iterator[Finding]:
    with services.work() as work:
        since = work.now - LATELY
        guessers, senders = (
            limits.at_their_limit(work.session, f"{kind}:host:", most, since)
            for kind, most in (
                ("unknown", throttle.UNKNOWN[0]),
                ("judge", throttle.JUDGED[0]),
            )
        )
    if guessers:
        yield warn(
            f"Within the last hour {guessers} addresses tried codes that do not exist until they "
            "were told to wait.",
            "Papers are safe: a code holds 100 random bits. If it goes on, stop these addresses in "
            "front of Centang; watch centang_public_total (deploy/alerts.yml).",
        )
    if senders:
        yield warn(
            f"Within the last hour {senders} addresses sent as many files as are judged for one.",
            "If no office checks many papers there, stop these addresses in front of Centang; "
            "watch centang_public_total (deploy/alerts.yml).",
        )


CHECKS = (strangers_are_calm,)

"""The embedded authority: its process, its lists and its certificates' ends."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from backend.bootstrap import Services
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority, RevocationList
from backend.certificates.revocation import RENEW_ROOT_BEFORE
from backend.core.errors import DomainError
from mobile_api.cli.checks import Finding, fail, warn

ISSUING_ENDS_SOON = timedelta(days=2 * 365)
"""From here on signers' certificates end early, with their issuer."""
SUCCESSOR_IS_LATE = timedelta(days=90)


def issuer_answers(services: Services) -> Iterator[Finding]:
    try:
        services.issuer.authorities()
    except DomainError:
        yield fail(
            "The process that holds the authorities' keys does not answer.",
            "Start `centang serve` (in deploy/: centang-issuer.service).",
        )


def lists_are_fresh(services: Services) -> Iterator[Finding]:
    with services.work() as work:
        rows = work.session.execute(
            select(Authority, RevocationList)
            .outerjoin(RevocationList, RevocationList.authority_id == Authority.id)
            .where(
                Authority.kind.in_([AuthorityKind.ROOT, AuthorityKind.ISSUING]),
                Authority.retired_at.is_(None),
            )
        ).all()
    for authority, known in rows:
        left = known.next_update - services.clock.now() if known else timedelta(0)
        offline = authority.kind is AuthorityKind.ROOT and authority.key_name is None
        remedy = (
            "Where its key is, run `centang certificate sign-root-list`; here, `centang "
            "certificate import-root-list`."
            if offline
            else "See that a worker runs: it renews the list every day."
        )
        if left <= timedelta(0):
            yield fail(f"The {authority.kind} authority's revocation list has run out.", remedy)
        elif authority.kind is AuthorityKind.ROOT and left < RENEW_ROOT_BEFORE:
            # Where its key is at hand, the worker would have renewed it by now.
            due = warn if offline else fail
            yield due(f"The root's revocation list runs out in {left.days} days.", remedy)


def authorities_last(services: Services) -> Iterator[Finding]:
    with services.work() as work:
        rows = work.session.scalars(select(Authority).where(Authority.retired_at.is_(None))).all()
    for row in rows:
        left = row.not_after - services.clock.now()
        if left <= timedelta(0):
            yield fail(
                f"The {row.kind} authority's certificate has run out.",
                "Nothing can be signed with it: make a new installation authority.",
            )
        elif row.kind in {AuthorityKind.ROOT, AuthorityKind.ISSUING} and left < ISSUING_ENDS_SOON:
            ends = fail if left < SUCCESSOR_IS_LATE else warn
            yield ends(
                f"The {row.kind} authority's certificate ends on {row.not_after:%Y-%m-%d}.",
                "Certificates issued from now on end with it; plan its successor "
                "(docs/authority.md).",
            )


CHECKS = (issuer_answers, lists_are_fresh, authorities_last)

"""The people who have to be there, and the certificates that must not run out."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from backend.bootstrap import Services
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority, RevocationList
from backend.core.db import Work
from backend.identity.models import Account
from backend.organisation.models import Agency, Person, Role, RoleGrant, Unit
from mobile_api.cli.checks import Finding, fail, warn

ROOT_CRL_AHEAD = timedelta(days=60)
AUTHORITY_AHEAD = timedelta(days=365)


def is_set_up(services: Services) -> Iterator[Finding]:
    with services.work() as work:
        if work.session.scalar(select(func.count()).select_from(Agency)) == 0:
            yield warn(
                "No agency has been set up yet.",
                "Start `centang serve` and open the link that it prints.",
            )


def _holders(work: Work, role: Role) -> int:
    return (
        work.session.scalar(
            select(func.count(RoleGrant.person_id.distinct()))
            .join(Person, Person.id == RoleGrant.person_id)
            .join(Account, Account.person_id == Person.id)
            .where(
                RoleGrant.role == role,
                RoleGrant.revoked_at.is_(None),
                RoleGrant.counts_from <= work.now,
                Person.left_at.is_(None),
                Account.closed_at.is_(None),
            )
        )
        or 0
    )


def officers_are_enough(services: Services) -> Iterator[Finding]:
    with services.work() as work:
        if not work.session.scalar(select(Agency.id).limit(1)):
            return
        officers = _holders(work, Role.REGISTRATION_OFFICER)
        auditors = _holders(work, Role.AUDITOR)
        administrators = _holders(work, Role.ADMINISTRATOR)
    if officers < 2:
        yield fail(
            f"There are {officers} registration officers; every certificate needs two.",
            "Give the role to a second person.",
        )
    if not administrators:
        yield fail("Nobody is administrator.", "Run `centang user invite … --role administrator`.")
    if not auditors:
        yield warn("Nobody is auditor.", "Give the role to someone at the inspectorate.")


def no_unit_hangs_on_one_operator(services: Services) -> Iterator[Finding]:
    statement = (
        select(Unit.name)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(
            RoleGrant.role == Role.OPERATOR,
            RoleGrant.revoked_at.is_(None),
            Unit.closed_at.is_(None),
            Person.left_at.is_(None),
            Account.closed_at.is_(None),
        )
        .group_by(Unit.name)
        .having(func.count(RoleGrant.person_id.distinct()) == 1)
        .order_by(Unit.name)
    )
    with services.work() as work:
        names = work.session.scalars(statement).all()
    for name in names:
        yield warn(
            f"{name} has one operator only; its papers wait when that person is ill.",
            "Give the role to another person of the unit.",
        )


def authorities_last(services: Services) -> Iterator[Finding]:
    with services.work() as work:
        now = work.now
        rows = work.session.scalars(select(Authority).where(Authority.retired_at.is_(None))).all()
        lists = {row.authority_id: row for row in work.session.scalars(select(RevocationList))}
    for row in rows:
        days = (row.not_after - now).days
        if row.kind is AuthorityKind.ROOT:
            known = lists.get(row.id)
            if known is None or known.next_update - now < ROOT_CRL_AHEAD:
                due = f"runs out on {known.next_update:%Y-%m-%d}" if known else "is missing"
                yield fail(
                    f"The root's revocation list {due}.",
                    "Start `centang serve`: the worker renews it."
                    if row.key_name
                    else "Bring the root's key back from where it is kept and import a new list "
                    "(docs/authority.md).",
                )
        elif row.kind is AuthorityKind.ISSUING:
            known = lists.get(row.id)
            if known is not None and known.next_update < now:
                yield fail("The revocation list is out of date.", "Start `centang serve`.")
        ahead = AUTHORITY_AHEAD if row.kind in {AuthorityKind.ROOT, AuthorityKind.ISSUING} else None
        if days < 0 or (ahead and row.not_after - now < ahead):
            yield (fail if days < 90 else warn)(
                f"The {row.kind} certificate ends in {days} days.",
                "Plan its successor (docs/authority.md).",
            )


CHECKS = (is_set_up, officers_are_enough, no_unit_hangs_on_one_operator, authorities_last)

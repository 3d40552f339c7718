"""The people who have to be there."""

from collections.abc import Iterator

from sqlalchemy import func, select

from backend.bootstrap import Services
from backend.core.db import Work
from backend.identity.models import Account
from backend.organisation.models import Agency, Person, Role, RoleGrant, Unit
from mobile_api.cli.checks import Finding, fail, warn


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


CHECKS = (is_set_up, officers_are_enough, no_unit_hangs_on_one_operator)

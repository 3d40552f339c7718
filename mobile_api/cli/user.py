"""People and accounts, for whoever runs the machine. What needs two officers stays theirs."""

import json
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from backend.bootstrap import Services
from backend.core.db import Work
from backend.identity import departure, grants, invitations, setup
from backend.identity.models import Account
from backend.organisation import directory
from backend.organisation.models import Role, RoleGrant, Unit
from mobile_api.cli.failures import CommandError
from mobile_api.cli.first_run import setup_address
from mobile_api.cli.installation import services

ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """List, invite and part with people; give and take roles."""


@user.command(name="setup-link")
def setup_link() -> None:
    """Print a one-time link for the first administrator; earlier links end.

    `serve` prints one by itself; this is for installations that run as system services.
    """
    with services() as running, running.work() as work:
        click.echo(setup_address(running.settings, setup.new_link(work)))


@user.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_users(*, as_json: bool) -> None:
    """List the accounts with their roles."""
    with services() as running, running.work() as work:
        rows = [_shown(work, each) for each in work.session.scalars(
            select(Account).where(Account.closed_at.is_(None)).order_by(Account.username)
        )]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['username']:<20}  {row['name']:<40}  {', '.join(row['roles'])}")


@user.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's name as it is printed, with titles.")
@click.option("--nip", help="Civil servant's number, 18 digits.")
@click.option("--email", help="Address for notices.")
@click.option("--role", "roles", multiple=True, type=ROLES, help="May be given more than once.")
@click.option("--unit", help="Code of the unit, for an operator.")
def invite(
    username: str,
    *,
    name: str,
    nip: str | None,
    email: str | None,
    roles: tuple[str, ...],
    unit: str | None,
) -> None:
    """Add a person and print the one-time link with which they choose a password."""
    with services() as running:
        with running.work() as work:
            person = directory.join(work, name, nip=nip, email=email)
            for role in roles:
                _grant(work, person.id, Role(role), unit)
            token = invitations.invite(work, person.id, username)
        click.echo(_link(running, token))


@user.command()
@click.argument("username")
@click.argument("role", type=ROLES)
@click.option("--unit", help="Code of the unit, for an operator.")
@click.option("--cleared", is_flag=True, help="An operator: for the unit's secret papers too.")
def grant(username: str, role: str, *, unit: str | None, cleared: bool) -> None:
    """Give a person a role. Officers, auditors and heads of units are told of new officers."""
    with services() as running, running.work() as work:
        _grant(work, _account(work, username).person_id, Role(role), unit, cleared=cleared)
    click.echo(f"{username} is {role.replace('-', ' ')} now.")


@user.command()
@click.argument("username")
@click.argument("role", type=ROLES)
def revoke(username: str, role: str) -> None:
    """Take a role away, in every unit; access ends at once."""
    with services() as running, running.work() as work:
        held = work.session.scalars(
            select(RoleGrant).where(
                RoleGrant.person_id == _account(work, username).person_id,
                RoleGrant.role == Role(role),
                RoleGrant.revoked_at.is_(None),
            )
        ).all()
        if not held:
            raise CommandError(f"{username} is not {role.replace('-', ' ')}.")
        for each in held:
            grants.take_role(work, each.id)
    click.echo(f"{username} is no longer {role.replace('-', ' ')}.")


@user.command()
@click.argument("username")
def leave(username: str) -> None:
    """Part with a person: access ends at once, what they signed stays."""
    with services() as running, running.work() as work:
        departure.leave(work, _account(work, username).person_id)
    click.echo(f"{username} has left.")


def _account(work: Work, username: str) -> Account:
    found = work.session.scalars(
        select(Account).where(Account.username == username.lower(), Account.closed_at.is_(None))
    ).first()
    if found is None:
        raise CommandError(f"There is no account {username}. `centang user list` lists them.")
    return found


def _grant(
    work: Work, person_id: UUID, role: Role, unit_code: str | None, *, cleared: bool = False
) -> None:
    unit_id = None
    if unit_code is not None:
        unit_id = work.session.scalar(select(Unit.id).where(Unit.code == unit_code))
        if unit_id is None:
            raise CommandError(f"There is no unit {unit_code}.")
    grants.give_role(work, person_id, role, unit_id=unit_id, cleared=cleared)


def _link(running: Services, token: str) -> str:
    return f"{running.settings.origin}/undangan#{token}"


def _shown(work: Work, account: Account) -> dict[str, Any]:
    roles = work.session.scalars(
        select(RoleGrant.role).where(
            RoleGrant.person_id == account.person_id, RoleGrant.revoked_at.is_(None)
        )
    )
    return {
        "username": account.username,
        "name": account.person.name,
        "nip": account.person.nip,
        "roles": sorted({role.value for role in roles}),
    }

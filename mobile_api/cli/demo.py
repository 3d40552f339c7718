"""The demo regency."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from backend import demo as regency
from backend.demo_people import DemoAccount
from mobile_api.cli import terminal_qr
from mobile_api.cli.failures import CommandError
from mobile_api.cli.installation import services


@click.group()
def demo() -> None:
    """An invented regency to try everything with."""


@demo.command()
def load() -> None:
    """Make the demo regency; only in an empty database."""
    with services() as running:
        if not regency.seed(running):
            raise CommandError("The database is not empty: the demo is made in an empty one only.")
    click.echo("The demo is there. `centang demo accounts` tells how to sign in.")


@demo.command()
@click.option("--json", "as_json", is_flag=True, help="Print people, roles and secrets as JSON.")
@click.option("--qr", is_flag=True, help="Also draw the one-time-code secrets as QR codes.")
def accounts(*, as_json: bool, qr: bool) -> None:
    """List the demo's people with passwords and one-time-code secrets."""
    with services() as running:
        found = regency.accounts(running)
    if not found:
        raise CommandError("There is no demo in this database.")
    if as_json:
        given = [
            asdict(each) | {"totp_uri": terminal_qr.totp_uri(each.totp_secret, each.username)}
            for each in found
        ]
        click.echo(json.dumps(given, indent=2, ensure_ascii=False))
        return
    for line in [*(drawn(found) if qr else []), *table(found)]:
        click.echo(line)


def table(found: Sequence[DemoAccount]) -> list[str]:
    """User name, password, one-time-code secret and what the person is, in columns."""
    rows = [("User name", "Password", "One-time-code secret", "Who")]
    rows += [
        (
            each.username,
            each.password,
            each.totp_secret,
            each.title or f"{_roles(each)}, {each.unit}",
        )
        for each in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]


def drawn(found: Sequence[DemoAccount]) -> list[str]:
    """Each person's one-time-code secret as a QR code for an authenticator app."""
    return terminal_qr.side_by_side(
        [(each.username, terminal_qr.totp_uri(each.totp_secret, each.username)) for each in found]
    )


def _roles(account: DemoAccount) -> str:
    return ", ".join(role.replace("-", " ") for role in account.roles)

"""`centang doctor`: what is misconfigured, and how to mend it."""

import json
from dataclasses import asdict

import click
from sqlalchemy.exc import SQLAlchemyError

from backend.bootstrap import Services
from mobile_api.cli.checks import (
    Check,
    Finding,
    Level,
    authority,
    fail,
    files,
    floods,
    house,
    machine,
    messengers,
    national,
    running,
    sandbox,
    tokens,
)
from mobile_api.cli.installation import services

CHECKS: tuple[Check, ...] = (
    *machine.CHECKS,
    *sandbox.CHECKS,
    *running.CHECKS,
    *house.CHECKS,
    *authority.CHECKS,
    *tokens.CHECKS,
    *national.CHECKS,
    *files.CHECKS,
    *floods.CHECKS,
    *messengers.CHECKS,
)


def examine(services: Services, checks: tuple[Check, ...] = CHECKS) -> list[Finding]:
    """Every finding of every check. A check that cannot look is itself a finding."""
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check(services)
        except (OSError, SQLAlchemyError) as error:
            name = check.__name__.replace("_", " ")
            findings.append(
                fail(
                    f"Could not find out whether {name} ({type(error).__name__}).",
                    "Mend what is named above first, then look again.",
                )
            )
    return findings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(*, as_json: bool) -> int:
    """Say what is misconfigured and how to mend it; fails when something does not work."""
    with services() as running_services:
        findings = examine(running_services)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in findings], indent=2))
    else:
        for each in findings:
            mark = click.style("✗", fg="red") if each.level is Level.FAIL else "!"
            click.echo(f"{mark} {each.problem}\n    {each.remedy}")
        if not findings:
            click.echo(f"All well: {len(CHECKS)} checks.")
    return 1 if any(each.level is Level.FAIL for each in findings) else 0

"""What a new installation needs before it can serve, and what its terminal tells people."""

from dataclasses import dataclass

import click

from backend import demo
from backend.bootstrap import Services
from backend.certificates.revocation import make_ready
from backend.core.settings import Settings
from backend.demo_people import DemoAccount
from backend.identity import setup
from mobile_api.cli.demo import drawn, table
from mobile_api.cli.installation import say
from mobile_api.cli.tls import Site


@dataclass(frozen=True)
class Welcome:
    """What the terminal says besides the address."""

    setup_link: str | None
    demo: list[DemoAccount]


def prepare(services: Services) -> Welcome:
    """Makes the demo if it is wanted, authorities once there is an agency to name them, and lets a
    first person in where there is none.
    """
    if services.settings.demo and demo.seed(services):
        say("the demo regency was made")
    with services.work() as work:
        token = setup.new_link(work) if setup.needed(work.session) else None
        make_ready(work, issuer=services.issuer)
    link = setup_address(services.settings, token) if token else None
    return Welcome(link, demo.accounts(services))


def setup_address(settings: Settings, token: str) -> str:
    """The first administrator's link. The token stands in the fragment, which no log ever sees."""
    return f"{settings.origin}/mulai#{token}"


def greet(settings: Settings, welcome: Welcome, site: Site | None) -> None:
    """Where to go, and how a phone comes to trust it."""
    click.echo()
    if welcome.demo:
        for line in [*drawn(welcome.demo), *table(welcome.demo), ""]:
            click.echo(f"  {line}".rstrip())
    if site is None:
        click.echo(f"  Centang:  {settings.origin}")
    else:
        _introduce(settings, site)
    if welcome.setup_link:
        click.echo(
            "\n  Nobody has an account yet. This link lets the first administrator in, once:"
        )
        click.echo(f"    {welcome.setup_link}")
    click.echo("\n  Ctrl-C stops everything.")


def _introduce(settings: Settings, site: Site) -> None:
    click.echo(f"  Centang:  {settings.origin}")
    click.echo("\n  Phones on the office network trust this machine once:")
    for each in site.names.interfaces[:1]:
        click.echo(f"    1. open http://{each.ip}:{trust_port(settings)}")
    click.echo("    2. install the certificate there, comparing its SHA-256 fingerprint:")
    for half in (site.fingerprint[:48], site.fingerprint[48:]):
        click.echo(f"       {half}")
    if site.root_is_new:
        click.echo("    (This root is new: phones that trusted an earlier one do it again.)")


def trust_port(settings: Settings) -> int:
    """Beside the HTTPS port: where the page with the root is served over plain HTTP."""
    return settings.port + 1 if settings.port < 65535 else settings.port - 1

"""What a new installation needs before it can serve, and what its terminal tells people."""

import click

from backend.core.settings import Settings
from mobile_api.cli.tls import Site


def greet(settings: Settings, site: Site | None) -> None:
    """Where to go, and how a phone comes to trust it."""
    click.echo()
    if site is None:
        click.echo(f"  Centang:  {settings.origin}")
    else:
        hosts = [*site.names.dns[:2], *(str(each.ip) for each in site.names.interfaces)]
        for host in hosts:
            click.echo(f"  Centang:  https://{host}:{settings.port}")
        click.echo("\n  Phones on the office network trust this machine once:")
        for each in site.names.interfaces[:1]:
            click.echo(f"    1. open http://{each.ip}:{trust_port(settings)}")
        click.echo("    2. install the certificate there, comparing its SHA-256 fingerprint:")
        for half in (site.fingerprint[:48], site.fingerprint[48:]):
            click.echo(f"       {half}")
        if site.root_is_new:
            click.echo("    (This root is new: phones that trusted an earlier one do it again.)")
    click.echo("\n  Ctrl-C stops everything.")


def trust_port(settings: Settings) -> int:
    """Beside the HTTPS port: where the page with the root is served over plain HTTP."""
    return settings.port + 1 if settings.port < 65535 else settings.port - 1

"""The installation that the environment describes: its database, running, and its services."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from backend import bootstrap
from backend.bootstrap import Services
from backend.certificates import issuer_process
from backend.core.postgres import EmbeddedPostgres
from backend.core.postgres_programs import PostgresError
from backend.core.private_files import private
from backend.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
"""Where the program's own files lie: migrations, wsgi.py, the built PWA."""


def say(text: str) -> None:
    """Progress for whoever watches; results go to standard output, this does not."""
    click.echo(f"  {text} …", err=True)


@dataclass(frozen=True)
class Database:
    """Addresses of a database that answers now."""

    app_url: str
    owner_url: str
    server: EmbeddedPostgres | None = None
    """The embedded server, when this very process runs it."""


@contextmanager
def database(settings: Settings, *, exclusive: bool = False) -> Iterator[Database]:
    """The database of the installation, started for the length of the block if need be.

    A server that another command or `serve` runs already is used as it is, unless `exclusive`.
    """
    if settings.database_url:
        owner = settings.database_owner_url or settings.database_url
        yield Database(settings.database_url, owner)
        return
    server = EmbeddedPostgres(settings.root, progress=say)
    try:
        server.start(wait=30 if exclusive else 0)
    except PostgresError:
        if exclusive or not server.owned_elsewhere():
            raise
        yield Database(server.app_url, server.owner_url)
        return
    try:
        yield Database(server.app_url, server.owner_url, server)
    finally:
        server.stop()


@contextmanager
def services(*, issuing: bool = False) -> Iterator[Services]:
    """Services on the installation's database, for a short command.

    `issuing`: with the process that holds the authorities' keys, started if need be.
    """
    settings = Settings()
    private(settings.root)
    with ExitStack() as stack:
        if issuing:
            stack.enter_context(issuer_process.running(settings))
        found = stack.enter_context(database(settings))
        yield stack.enter_context(bootstrap.running(settings, found.app_url))

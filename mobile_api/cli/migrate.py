"""Bringing the database's tables up to date."""

import click
import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from backend.core.settings import Settings
from mobile_api.cli.installation import ROOT, database

LOCK = 0x43454E54_4D494752
"""Advisory lock: two processes that start together migrate one after the other."""


def alembic_config(owner_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["url"] = owner_url
    return config


def upgrade(owner_url: str, revision: str = "head") -> bool:
    """Runs what is missing; returns whether there was anything to do."""
    config = alembic_config(owner_url)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        before = current_revision(owner_url)
        if before == ScriptDirectory.from_config(config).get_current_head():
            return False
        command.upgrade(config, revision)
    return True


def current_revision(owner_url: str) -> str | None:
    engine = create_engine(owner_url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


@click.command()
@click.option("--show", is_flag=True, help="Only say which revision the database has.")
def migrate(*, show: bool) -> None:
    """Bring the database's tables up to date (`serve` does this by itself)."""
    with database(Settings()) as found:
        if show:
            click.echo(current_revision(found.owner_url) or "none")
        elif upgrade(found.owner_url):
            click.echo(f"The database is at revision {current_revision(found.owner_url)} now.")
        else:
            click.echo("The database was up to date.")

"""`centang restore`."""

from pathlib import Path

import click
import psycopg

from backend import bootstrap
from backend.core.blobs import BlobStore
from backend.core.settings import Settings
from mobile_api.cli import archive
from mobile_api.cli.failures import CommandError
from mobile_api.cli.installation import ROOT, database, say
from mobile_api.cli.migrate import upgrade


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--master-key",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The master key's file, which was kept apart from the backup.",
)
def restore(folder: Path, *, master_key: Path) -> None:
    """Restore the backup in FOLDER into an empty CENTANG_HOME, and prove that it is whole."""
    settings = Settings()
    if settings.root.exists() and any(settings.root.iterdir()):
        raise CommandError(
            f"{settings.root} is not empty. Restore into a new one: CENTANG_HOME=/path centang …"
        )
    say("checking the backup")
    manifest = archive.check(folder)
    archive.unseal(folder, manifest, master_key, settings)
    with database(settings, exclusive=True) as found:
        _refuse_filled(found.owner_url)
        archive.fill(folder, BlobStore.from_settings(settings), found.owner_url, say)
        upgrade(found.owner_url)
        with psycopg.connect(found.owner_url) as connection:
            connection.execute((ROOT / "migrations" / "guards.sql").read_bytes())
        say("recomputing every digest")
        with bootstrap.running(settings, found.app_url) as services, services.work() as work:
            files = archive.prove(work.session, services.blobs, manifest)
    click.echo(
        f"Restored {settings.root} as of {manifest['made_at']}: {files} files and "
        f"{manifest['audit']['entries']} audit entries, every digest proved."
    )


def _refuse_filled(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
        ).fetchone()
    if row and row[0]:
        raise CommandError("The database is not empty. Restore into a new one.")

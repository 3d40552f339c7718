"""`centang backup`."""

import shutil
from pathlib import Path

import click

from backend import bootstrap
from backend.core.masterkey import FILE_NAME as MASTER_KEY
from backend.core.settings import Settings
from mobile_api.cli import archive
from mobile_api.cli.failures import CommandError
from mobile_api.cli.installation import database, say


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--master-key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also copy the master key to this file, which must lie outside FOLDER.",
)
def backup(folder: Path, *, master_key: Path | None) -> None:
    """Write a backup of everything into FOLDER, while Centang runs or not.

    The backup holds the database as of one moment, all files and the sealed secrets. The master key
    is kept apart: without it the backup cannot be restored, and nobody can read secrets in it.
    """
    settings = Settings()
    folder = folder.absolute()
    source = settings.secrets_dir / MASTER_KEY
    if not source.exists():
        raise CommandError(f"There is no installation in {settings.root}.")
    if master_key and master_key.absolute().is_relative_to(folder):
        raise CommandError("Keep the master key outside the backup: whoever has both has all.")
    with (
        database(settings) as found,
        bootstrap.running(settings, found.app_url) as services,
    ):
        manifest = archive.make(services, found.owner_url, folder, say)
    if master_key:
        shutil.copyfile(source, master_key)
        master_key.chmod(0o600)
    if manifest["missing"]:
        click.echo(f"Warning: {len(manifest['missing'])} files named in the database are gone.")
    click.echo(
        f"Backup complete: {folder} ({manifest['files']} files, "
        f"audit head {manifest['audit']['head'][:16]}…)."
    )
    if not master_key:
        click.echo(f"It does not hold the master key. Keep a copy of {source} somewhere else.")

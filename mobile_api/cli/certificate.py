"""The embedded authority from the command line."""

from datetime import UTC, datetime
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from backend.certificates import offline_root
from backend.certificates.authority import common_name, thumbprint
from backend.certificates.keyfiles import KeyFolder
from backend.certificates.kinds import AuthorityKind
from backend.certificates.models import Authority
from backend.certificates.profiles import Signing
from backend.core.ids import new_id
from mobile_api.cli.failures import CommandError
from mobile_api.cli.installation import services

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(exists=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, writable=True, path_type=Path)
LEAST = 12


@click.group()
def certificate() -> None:
    """The embedded authority: its certificates, and its root's key offline."""


@certificate.command()
def authorities() -> None:
    """List the installation's own certificates and where their keys are."""
    with services() as running, running.work() as work:
        for row in work.session.scalars(select(Authority).order_by(Authority.id)):
            state = "retired" if row.retired_at else ("in use" if row.key_name else "key offline")
            click.echo(f"{row.kind:<10} {state:<11} until {row.not_after:%Y-%m-%d}")
            click.echo(f"  {common_name(row.certificate)}\n  {thumbprint(row.certificate)}")


@certificate.command()
def root() -> None:
    """Print the root's certificate as PEM, for readers that should trust this installation."""
    with services() as running, running.work() as work:
        found = work.session.scalar(
            select(Authority).where(
                Authority.kind == AuthorityKind.ROOT, Authority.retired_at.is_(None)
            )
        )
        if found is None:
            raise CommandError("There is no authority yet: start Centang once.")
        loaded = x509.load_der_x509_certificate(found.certificate)
    click.echo(loaded.public_bytes(Encoding.PEM).decode(), nl=False)


@certificate.command()
@click.argument("folder", type=_FOLDER)
@click.option("--yes", is_flag=True, help="Do not ask before the key is removed from here.")
def export_root(folder: Path, *, yes: bool) -> None:
    """Take the root's key offline: write it to FOLDER, under a passphrase, and remove it here.

    FOLDER is best on two new USB sticks in a safe. Once a year: `sign-root-list` where the key is,
    `import-root-list` here.
    """
    passphrase = click.prompt("Passphrase for the key", hide_input=True, confirmation_prompt=True)
    if len(passphrase) < LEAST:
        raise CommandError(f"Use at least {LEAST} characters: this passphrase guards everything.")
    with services(issuing=True) as running:
        keys = KeyFolder(running.settings.authority_dir)
        with running.work() as work:
            written = offline_root.export(
                work, keys, folder, passphrase.encode(), issuer=running.issuer
            )
        for path in written:
            click.echo(f"wrote {path}")
        if not yes:
            click.confirm("Copied to a second place? Remove the key from here", abort=True)
        with running.work() as work:
            offline_root.take_out(work, keys, issuer=running.issuer)
    click.echo("The root's key is no longer on this machine.")


@certificate.command()
@click.option("--key", "key_file", type=_FILE, required=True, help="The exported .key.pem.")
@click.option("--certificate", "certificate_file", type=_FILE, required=True, help="The .cer.pem.")
@click.option("--previous", type=_FILE, required=True, help="The newest .crl, as served.")
@click.option("--out", type=_NEW, required=True, help="Where the new .crl is written.")
@click.option("--revoke", "serials", multiple=True, help="Serial (hex) of an authority to revoke.")
def sign_root_list(
    key_file: Path, certificate_file: Path, previous: Path, out: Path, serials: tuple[str, ...]
) -> None:
    """Where the root's key is: sign its next revocation list, for 12 months.

    Needs no installation, database or network.
    """
    passphrase = click.prompt("Passphrase of the key", hide_input=True)
    try:
        root = Signing(
            new_id(),
            x509.load_pem_x509_certificate(certificate_file.read_bytes()),
            offline_root.load_key(key_file.read_bytes(), passphrase.encode()),
        )
        old = x509.load_der_x509_crl(previous.read_bytes())
        revoke = [int(serial, 16) for serial in serials]
    except (ValueError, TypeError) as error:
        raise CommandError("A file, a serial or the passphrase does not fit.") from error
    if root.key.public_key() != root.certificate.public_key():
        raise CommandError("The key is not the certificate's.")
    out.write_bytes(offline_root.next_list(root, old, revoke, datetime.now(UTC)))
    click.echo(f"wrote {out}; import it with `centang certificate import-root-list`")


@certificate.command()
@click.argument("file", type=_FILE)
def import_root_list(file: Path) -> None:
    """Serve a revocation list that the offline root signed."""
    with services() as running, running.work() as work:
        stored = offline_root.accept_list(work, file.read_bytes())
        click.echo(f"List {stored.number} is served, until {stored.next_update:%Y-%m-%d}.")

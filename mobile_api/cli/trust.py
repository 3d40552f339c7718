"""Whose certificates this installation trusts when it judges other people's files."""

from pathlib import Path
from uuid import UUID

import click

from backend.core.db import Work
from backend.verification import anchors
from backend.verification.trust import BOTH, Purpose, trust_of_files
from mobile_api.cli.failures import CommandError
from mobile_api.cli.installation import services

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHORTEST = 8


@click.group()
def trust() -> None:
    """The roots this installation trusts, besides its own."""


@trust.command()
@click.argument("files", type=_FILE, nargs=-1, required=True, metavar="PEM…")
@click.option("--name", help="How it is called in reports; the certificate's own name otherwise.")
@click.option("--psre", is_flag=True, help="An Indonesian PSrE: its signatures are certified.")
@click.option(
    "--for",
    "purposes",
    type=click.Choice(sorted(BOTH)),
    multiple=True,
    default=sorted(BOTH),
    show_default=True,
    help="What it is trusted for.",
)
def add(
    files: tuple[Path, ...], name: str | None, purposes: tuple[Purpose, ...], *, psre: bool
) -> None:
    """Trust the roots in these files (PEM or DER)."""
    found = trust_of_files(list(files), indonesian_psre=psre).anchors
    with services() as running, running.work() as work:
        for anchor in found:
            facts = {"purposes": frozenset(purposes)} | ({"name": name} if name else {})
            row = anchors.add_anchor(work, anchor.model_copy(update=facts))
            click.echo(f"trusted: {row.name}\n  {row.thumbprint}")


@trust.command("list")
def list_() -> None:
    """Show the roots that are trusted: this installation's own, and those that were added."""
    with services() as running, running.work() as work:
        for root in anchors.roots(work):
            marks: list[str] = [*root.purposes]
            marks += ["Indonesian PSrE"] if root.indonesian_psre else []
            marks += ["this installation's own"] if root.own else []
            over = ", over" if root.not_after < work.now else ""
            click.echo(f"{root.name} ({', '.join(marks)})")
            click.echo(f"  valid {root.not_before:%Y-%m-%d} to {root.not_after:%Y-%m-%d}{over}")
            click.echo(f"  {root.thumbprint}")


@trust.command()
@click.argument("root", metavar="PEM|THUMBPRINT")
def remove(root: str) -> None:
    """Trust a root no more; name it by its file, or by the first digits of its SHA-256."""
    with services() as running, running.work() as work:
        for anchor_id, name in _named(work, root):
            anchors.remove_anchor(work, anchor_id)
            click.echo(f"no longer trusted: {name}")


def _named(work: Work, root: str) -> list[tuple[UUID, str]]:
    rows = anchors.list_anchors(work)
    if Path(root).is_file():
        given = {anchor.certificate for anchor in trust_of_files([Path(root)]).anchors}
        found = [row for row in rows if row.certificate in given]
    else:
        start = root.lower().replace(":", "")
        found = [row for row in rows if len(start) >= SHORTEST and row.thumbprint.startswith(start)]
        if len(found) > 1:
            raise CommandError("Several roots begin with these digits; give more of them.")
    if not found:
        raise CommandError("No such root is trusted; `centang trust list` shows those that are.")
    return [(row.id, row.name) for row in found]

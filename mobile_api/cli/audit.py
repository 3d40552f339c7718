"""The audit trail from the command line."""

import json

import click

from backend.audit import heads
from backend.audit.queries import verify as verify_chain
from mobile_api.cli.failures import CommandError
from mobile_api.cli.installation import services


@click.group()
def audit() -> None:
    """The append-only record of who did what."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(*, as_json: bool) -> None:
    """Recompute the whole chain of digests; fails at the first entry that does not fit.

    Compares with the heads noted outside the database every hour as well. Keep the printed head
    somewhere else too: it proves that nothing was cut off the end later.
    """
    with services() as running, running.work() as work:
        found = verify_chain(work.session, heads.noted(heads.path(running.settings)))
    if as_json:
        click.echo(
            json.dumps(
                {
                    "intact": found.intact,
                    "entries": found.entries,
                    "head": found.head,
                    "broken_at": found.broken_at,
                }
            )
        )
    elif found.intact:
        click.echo(f"The audit trail is intact: {found.entries} entries, head {found.head}.")
    if not found.intact:
        raise CommandError(
            f"The audit trail is broken at entry {found.broken_at}: it was changed, moved or "
            f"removed after it was written. The {found.entries} entries before it are intact."
        )

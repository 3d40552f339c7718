"""`centang`, the command line. Each command lives in a module of its own, loaded when it is used."""

from importlib import import_module
from typing import ClassVar

import click

from mobile_api.cli.failures import explain


class _Commands(click.Group):
    """Knows where each command lives, without importing it."""

    places: ClassVar[dict[str, str]] = {
        "serve": "mobile_api.cli.serve:serve",
        "worker": "mobile_api.cli.worker:worker",
        "migrate": "mobile_api.cli.migrate:migrate",
        "demo": "mobile_api.cli.demo:demo",
        "user": "mobile_api.cli.user:user",
        "certificate": "mobile_api.cli.certificate:certificate",
        "trust": "mobile_api.cli.trust:trust",
        "verify": "mobile_api.cli.verify:verify",
        "audit": "mobile_api.cli.audit:audit",
        "backup": "mobile_api.cli.backup:backup",
        "restore": "mobile_api.cli.restore:restore",
        "doctor": "mobile_api.cli.doctor:doctor",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        place = self.places.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def centang() -> None:
    """Centang: the approval and signing desk of a regional government.

    Settings come from the environment: CENTANG_HOME (default var/), PORT, DATABASE_URL and those
    in docs/settings.md.
    """


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 failed, 2 misused, 130 interrupted."""
    try:
        result = centang.main(arguments, prog_name="centang", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 2
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return 130
    except Exception as error:  # noqa: BLE001 (the last line of defence: no traceback for people)
        click.echo(explain(error), err=True)
        return 1
    return result if isinstance(result, int) else 0

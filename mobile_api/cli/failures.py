"""What went wrong, in one plain sentence; the trace goes to a file for whoever mends it."""

import errno
import time
import traceback

import click
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError, ProgrammingError

from backend.core.errors import DomainError
from backend.core.logs import redact
from backend.core.postgres_programs import PostgresError
from backend.core.settings import Settings


class CommandError(click.ClickException):
    """A command cannot do what was asked; the message says what to do."""

    def show(self, file: object = None) -> None:  # noqa: ARG002 (click's signature)
        click.echo(f"Error: {self.message}", err=True)


def explain(error: Exception) -> str:
    """One sentence a person can act on."""
    match error:
        case DomainError():
            return f"Error: {error.title}. {error.detail}"
        case PostgresError():
            return f"Error: {error}"
        case ValidationError():
            names = ", ".join(
                sorted({".".join(map(str, item["loc"])) or "?" for item in error.errors()})
            )
            return f"Error: a setting in the environment is not valid: {names}."
        case OperationalError():
            return "Error: the database does not answer. Is it running, and is DATABASE_URL right?"
        case ProgrammingError() if "does not exist" in str(error.orig):
            return "Error: the database lacks a table. Run `centang migrate` first."
        case OSError() if error.errno == errno.ENOSPC:
            return "Error: the disk is full. Free some space and try again."
        case OSError() if error.filename:
            return f"Error: {error.strerror}: {error.filename}"
    return f"Error: something unexpected went wrong ({type(error).__name__}). {_keep(error)}"


def _keep(error: Exception) -> str:
    """Writes the trace below home; says where, or that it could not."""
    try:
        folder = Settings().logs_dir
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"command-{time.strftime('%Y%m%d-%H%M%S')}.log"
        path.write_text(redact("".join(traceback.format_exception(error))))
    except (OSError, ValidationError):
        return "Its details could not be written to the log folder."
    return f"Details are in {path}."

"""`centang verify`: judges files on this computer, without a database and without a server."""

import hashlib
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from backend.core.sandbox import Sandbox
from backend.core.settings import Settings
from backend.verification.examination import examine
from backend.verification.report import FileReport, unreadable
from backend.verification.trust import trust_of_files
from backend.verification.verdicts import Verdict

_FILE = click.Path(dir_okay=False, path_type=Path)
_PEM = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--trust", "roots", multiple=True, type=_PEM, help="A root to trust (PEM or DER).")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def verify(files: tuple[Path, ...], roots: tuple[Path, ...], as_json: bool) -> int:
    """Judge every signature of each PDF. Exits with 0 only if all are valid.

    Nothing is fetched from the network; issuers are trusted only when given with --trust.
    """
    trust = trust_of_files(list(roots))
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="centang-verify-") as home:
        sandbox = Sandbox(Settings(home=Path(home)))
        judged = [(file, _judge(sandbox, file, trust, now)) for file in files]
    if as_json:
        click.echo(json.dumps([_row(*one) for one in judged], indent=2, ensure_ascii=False))
    else:
        for file, report in judged:
            _print(file, report)
    return 0 if all(report.verdict is Verdict.VALID for _, report in judged) else 1


def _judge(sandbox: Sandbox, file: Path, trust: Any, now: datetime) -> FileReport:
    try:
        return examine(sandbox, file, trust, now)
    except OSError:
        return unreadable("no-such-file", sha256=hashlib.sha256().hexdigest(), size=0)


def _row(file: Path, report: FileReport) -> dict[str, Any]:
    said = report.model_dump(mode="json")
    return {
        "file": str(file),
        "verdict": said["verdict"],
        "indication": said["indication"],
        "sub_indication": said["sub_indication"],
        "certified": said["certified"],
        "reasons": said["reasons"],
        "signatures": said["signatures"],
        "registry": None,
        "sha256": said["sha256"],
        "size": said["size"],
    }


def _print(file: Path, report: FileReport) -> None:
    sub = f" ({report.sub_indication})" if report.sub_indication else ""
    click.echo(f"{file}: {report.verdict.value}, {report.indication.value}{sub}")
    for reason in report.reasons:
        click.echo(f"  {reason.text['en']}")
    for signature in report.signatures:
        at = f", {signature.proven_at:%Y-%m-%d %H:%M:%SZ}" if signature.proven_at else ""
        who = signature.signer or "?"
        level = f" {signature.level}" if signature.level else ""
        click.echo(f"  {signature.kind} {signature.field}: {who}{level}{at}")
        click.echo(f"    {signature.verdict.value}, covers the {signature.coverage.value}")
        for note in (*signature.reasons, *signature.changes):
            click.echo(f"    {note.text['en']}")

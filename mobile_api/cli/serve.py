"""Everything in the foreground: database, web server and worker, ended together."""

import os
import socket
import ssl
import sys
import urllib.request
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from backend import bootstrap
from backend.certificates.issuer_process import is_answering
from backend.core.metrics import FOLDER_VARIABLE
from backend.core.private_files import private
from backend.core.settings import Settings
from mobile_api.cli import first_run, tls
from mobile_api.cli.failures import CommandError
from mobile_api.cli.installation import ROOT, Database, database, say
from mobile_api.cli.migrate import upgrade
from mobile_api.cli.supervisor import Child, Log, Supervisor
from mobile_api.cli.tls import Site
from mobile_api.cli.trust_page import TrustPage

READY_SECONDS = 90


@click.command()
@click.option("--web-only", is_flag=True, help="Only the web server, on DATABASE_URL's database.")
def serve(*, web_only: bool) -> None:
    """Run Centang in the foreground until Ctrl-C: database, migrations, web server and worker.

    With --web-only nothing else is started or migrated: for systemd, where each part is a unit.
    """
    settings = Settings()
    private(settings.root)
    if web_only:
        _become_web_server(settings)
    site = None
    if settings.https:
        site = tls.ensure(settings)
        settings = _with_public_url(settings, site)
    _check_port(settings)
    # Before the database starts: from here on Ctrl-C stops things in order.
    supervisor = Supervisor(Log(settings.logs_dir))
    supervisor.catch_signals()
    with database(settings, exclusive=True) as found:
        say("bringing the tables up to date")
        upgrade(found.owner_url)
        environment = _environment(settings, found)
        with _trust_page(settings, site), supervisor.ending():
            # All at once: they take a few seconds to load, and need each other only later.
            supervisor.start(*_children(settings, environment))
            supervisor.await_ready(lambda: is_answering(settings.issuer_socket), READY_SECONDS)
            with bootstrap.running(settings, found.app_url) as services:
                welcome = first_run.prepare(services)
            supervisor.await_ready(lambda: _answers(settings), READY_SECONDS)
            if not supervisor.stopping:
                first_run.greet(settings, welcome, site)
            supervisor.run(
                each_minute=lambda: _each_minute(settings, supervisor),
                alive=lambda: found.server is None or found.server.alive(),
            )
    click.echo("  stopped; everything is saved.", err=True)


def _trust_page(settings: Settings, site: Site | None) -> AbstractContextManager[object]:
    if site is None or settings.host.startswith("unix:"):
        return nullcontext()
    return TrustPage(settings.host, first_run.trust_port(settings), site, settings.origin)


def _become_web_server(settings: Settings) -> None:
    if settings.database_url is None:
        raise CommandError("--web-only needs DATABASE_URL: it starts no database.")
    os.execve(sys.executable, _gunicorn(), dict(os.environ))  # noqa: S606


def _gunicorn() -> list[str]:
    return [
        sys.executable, "-m", "gunicorn",
        "-c", "python:mobile_api.gunicorn_conf",
        "wsgi:app",
    ]  # fmt: skip


def _with_public_url(settings: Settings, site: Site) -> Settings:
    """Without CENTANG_PUBLIC_URL, one name for everything: cookies and papers know one only."""
    if settings.public_url is None:
        os.environ["CENTANG_PUBLIC_URL"] = f"https://{site.names.preferred}:{settings.port}"
    return Settings()


def _environment(settings: Settings, found: Database) -> dict[str, str]:
    metrics_dir = settings.scratch_dir / "metrics"
    metrics_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in metrics_dir.glob("*.db"):
        old.unlink()
    return {
        **os.environ,
        "CENTANG_HOME": str(settings.root),
        "DATABASE_URL": found.app_url,
        FOLDER_VARIABLE: str(metrics_dir),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
    }


def _children(settings: Settings, environment: dict[str, str]) -> list[Child]:
    # The issuing key's process knows neither the database nor the network.
    alone = {name: value for name, value in environment.items() if name != "DATABASE_URL"}
    issuer = [sys.executable, "-m", "backend.certificates.issuer_process"]
    worker = [sys.executable, "-m", "mobile_api.cli", "worker"]
    return [
        Child("issuer", issuer, alone, settings.root, serves_others=True),
        Child("worker", worker, environment, settings.root),
        Child("web", _gunicorn(), environment, settings.root),
    ]


def _each_minute(settings: Settings, supervisor: Supervisor) -> None:
    if settings.https and tls.renew_if_due(settings):
        supervisor.reload("web")


def _check_port(settings: Settings) -> None:
    """Says so now, in one sentence, when someone else listens there."""
    if settings.host.startswith("unix:"):
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CommandError(
                f"Port {settings.port} cannot be used ({error.strerror}). "
                "Choose another one: PORT=8081 make run"
            ) from None


def _answers(settings: Settings) -> bool:
    """Whether the web server answers on this machine."""
    if settings.host.startswith("unix:"):
        return Path(settings.host.removeprefix("unix:")).exists()
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104
    scheme = "https" if settings.https else "http"
    # Only asks whether the process is up: our own certificate need not be trusted by ourselves.
    context = ssl._create_unverified_context() if settings.https else None  # noqa: S323, SLF001
    try:
        with urllib.request.urlopen(  # noqa: S310
            f"{scheme}://{host}:{settings.port}/healthz", timeout=2, context=context
        ) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False

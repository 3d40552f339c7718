"""Gunicorn's configuration, out of the same settings as everything else."""

import os
from pathlib import Path
from typing import Any

import gunicorn.glogging
from prometheus_client import multiprocess

from backend.core import logs
from backend.core.metrics import FOLDER_VARIABLE
from backend.core.settings import Settings

settings = Settings()


class Logger(gunicorn.glogging.Logger):  # type: ignore[misc]
    """Gunicorn's own messages join ours; its access log is replaced by `mobile_api.operations`."""

    def setup(self, cfg: Any) -> None:
        self.loglevel = cfg.loglevel
        logs.configure(settings.log_level, process="web")
        self.error_log.propagate = True
        self.error_log.handlers = []

    def access(self, *_: Any) -> None:
        pass


logger_class = Logger
chdir = str(Path(__file__).resolve().parents[1])
bind = [settings.bind]
worker_class = "gthread"
workers = settings.web_processes
threads = settings.web_threads
# Uploads of 50 MB over poor lines take minutes and are read in threads; this only bounds how long
# a whole process may give no sign of life.
timeout = 60
graceful_timeout = 30
# Longer than the usual proxy's idle time, so that it is the proxy that closes.
keepalive = 75
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
# The application decides whom to believe (CENTANG_TRUSTED_PROXIES); see mobile_api.app.
forwarded_allow_ips = ""
# A process is replaced now and then, so that no leak lives for ever.
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (gunicorn's heartbeat file)
control_socket_disable = True
if settings.https:
    certfile = str(settings.tls_dir / "server.pem")
    keyfile = str(settings.tls_dir / "server.key")
# A proxy that belongs to our group may connect to a Unix socket; other files have modes of their own.
umask = 0o007 if settings.host.startswith("unix:") else 0o077


def child_exit(_server: Any, worker: Any) -> None:
    """Forgets the gauges of a process that is gone."""
    if os.environ.get(FOLDER_VARIABLE):
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

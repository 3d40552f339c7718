"""The web process and the worker of an installation, to be killed: imports once, forks for each.

Started by test_killed_batches.py; an order is a JSON line, its answers are the new process's number
and, once that process is gone, a line. `kill` says who dies at the named point: the process itself
or the database; by SIGKILL, as a power cut would.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from backend import bootstrap
from backend.bootstrap import Services
from backend.core import crashpoints
from backend.core.db import Actor
from backend.core.errors import DomainError
from backend.core.settings import Settings
from backend.signing import desk_socket
from backend.signing.signing import Envelope
from tests.support.clock import SettableClock


def at_the(count: int, pid: int) -> Callable[[], None]:
    """Kills a process at the count-th time that the point is reached."""
    left = count

    def reached() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(pid, signal.SIGKILL)

    return reached


def work(services: Services) -> None:
    """As the worker's desk, until somebody ends the process."""
    desk = services.settings.desk_socket
    with desk_socket.serving(desk, services.work, services.signing, services.engine, services.seal):
        time.sleep(60)


def hand_over(services: Services, order: dict[str, Any]) -> None:
    """As the web process that got a request."""
    actor = Actor(person_id=UUID(order["person"]), device_id=UUID(order["device"]))
    envelope = Envelope(order["sad"], order["secrets"], services.settings.origin)
    try:
        services.desk.authorise(actor, envelope, patience=10)
    except DomainError as refusal:
        print(f"refused: {refusal.code}", file=sys.stderr)


def be(part: str, order: dict[str, Any], home: str, database_url: str) -> None:
    clock = SettableClock(datetime.fromisoformat(order["now"]))
    settings = Settings(home=Path(home), issuer="inline", _env_file=None)
    services = bootstrap.build(settings, database_url, clock=clock)
    if order["point"]:
        crashpoints.arm(order["point"], at_the(order["count"], order["kill"] or os.getpid()))
    if part == "worker":
        work(services)
    else:
        hand_over(services, order)


def main() -> None:
    part, home, database_url = sys.argv[1:]
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it logs is no answer
            be(part, json.loads(line), home, database_url)
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main()

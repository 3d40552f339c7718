"""A process that signs and is killed on the way: imports once, forks for each order it reads.

Started by test_killed.py; orders and answers are JSON lines. The child kills itself with SIGKILL at
the named point, as a power cut would: nothing is unwound, no connection is closed politely.
"""

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from backend import bootstrap
from backend.core import crashpoints
from backend.core.db import Actor
from backend.core.settings import Settings
from backend.signing.signing import Envelope
from tests.support.clock import SettableClock


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sign(order: dict[str, Any], home: str, database_url: str) -> None:
    clock = SettableClock(datetime.fromisoformat(order["now"]))
    settings = Settings(home=Path(home), issuer="inline", desk="inline", _env_file=None)
    services = bootstrap.build(settings, database_url, clock=clock)
    crashpoints.arm(order["point"], die)
    actor = Actor(person_id=UUID(order["person"]), device_id=UUID(order["device"]))
    services.desk.authorise(
        actor, Envelope(order["sad"], order["secrets"], settings.origin), patience=10
    )


def main() -> None:
    home, database_url = sys.argv[1:]
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            sign(json.loads(line), home, database_url)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"killed": os.WIFSIGNALED(status)}), flush=True)


if __name__ == "__main__":
    main()

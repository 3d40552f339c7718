"""A phone that runs the app's own outbox under Node; see pwa/driven/phone.ts."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from tests.support.node import PWA, node

FATES = (
    "fine",
    "request lost",
    "answer lost",
    "late",
    "connection refused",
    "portal's page",
    "portal's JSON",
    "portal's refusal",
    "proxy's 502",
    "proxy's 504 after it",
    "broken server",
    "answer cut short",
)
"""What may become of a request."""


@dataclass
class Phone:
    """Told one thing at a time; after each, what lies on its disk and how its tabs stand."""

    process: "subprocess.Popen[str]"
    entries: list[dict[str, Any]] = field(default_factory=list)
    tabs: list[dict[str, Any]] = field(default_factory=list)
    late: int = 0
    """Requests that left, and that nobody waits for any more."""
    carried: int = 0
    """Requests that reached the server, since it was started."""
    stated: list[str] = field(default_factory=list)
    """Every authorisation that it sent or tried to send, since it was started."""
    met: dict[str, int] = field(default_factory=dict)
    """How many requests fared how, since it was started."""

    def tell(self, deed: str, **how: Any) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"deed": deed, **how}) + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        assert said, "the phone's program ended"
        answer = cast("dict[str, Any]", json.loads(said))
        self.entries, self.tabs = answer["entries"], answer["tabs"]
        self.late, self.carried, self.met = answer["late"], answer["carried"], answer["met"]
        self.stated = answer["stated"]

    def tabs_that(self, *states: str) -> list[int]:
        return [number for number, tab in enumerate(self.tabs) if tab["state"] in states]


@contextmanager
def driven_phone() -> Iterator[Phone]:
    process = subprocess.Popen(
        [node(), "--disable-warning=ExperimentalWarning", "driven/phone.ts"],
        cwd=PWA,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Phone(process)
    finally:
        process.kill()
        process.communicate()

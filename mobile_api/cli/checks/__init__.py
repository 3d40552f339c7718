"""What `centang doctor` looks at. A check yields findings; nothing to say means all is well."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from backend.bootstrap import Services


class Level(StrEnum):
    FAIL = "fail"
    """Something does not work, or is not safe."""
    WARN = "warn"
    """It works today; someone should look at it."""


@dataclass(frozen=True)
class Finding:
    level: Level
    problem: str
    """What is wrong, in a sentence."""
    remedy: str
    """How to mend it, in a sentence."""


def fail(problem: str, remedy: str) -> Finding:
    return Finding(Level.FAIL, problem, remedy)


def warn(problem: str, remedy: str) -> Finding:
    return Finding(Level.WARN, problem, remedy)


Check = Callable[[Services], Iterator[Finding]]

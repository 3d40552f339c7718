"""Named instructions at which a test may kill the process; nothing happens there otherwise."""

from collections.abc import Callable

_armed: dict[str, Callable[[], object]] = {}


def arm(name: str, action: Callable[[], object]) -> None:
    """Has `action` called whenever the process reaches the named point."""
    _armed[name] = action


def disarm() -> None:
    _armed.clear()


def reach(name: str) -> None:
    if _armed and name in _armed:
        _armed[name]()

"""The project's own attack files, made by script from freshly signed ones.

Each attack is a function that returns a Case; `ALL` names them. After published research:
incremental saving, wrapping and universal forgery (Mladenov et al. 2019), shadow attacks (Mainka et
al. 2021), attacks on certified documents (Rohlmann et al. 2021).
"""

from collections.abc import Callable

from tests.security.attacks import (
    appended,
    authorities,
    byte_ranges,
    forms,
    hurting,
    indexes,
    later_drawings,
    structures,
)
from tests.security.attacks.cases import Case

MODULES = (
    appended,
    indexes,
    later_drawings,
    forms,
    byte_ranges,
    structures,
    authorities,
    hurting,
)

ALL: dict[str, Callable[[], Case]] = {
    f"{module.__name__.rsplit('.', 1)[-1]}.{name}": function
    for module in MODULES
    for name, function in vars(module).items()
    if getattr(function, "is_attack", False)
}

"""Every problem the house declares, wherever it does."""

import importlib
from pathlib import Path

import backend
import mobile_api
from backend.core.errors import Problem


def registered_problems() -> dict[str, str]:
    """Details by code."""
    for package in (backend, mobile_api):
        base = Path(package.__path__[0])
        for file in base.rglob("*.py"):
            if "Problem(" in file.read_text():
                module = ".".join(file.relative_to(base.parent).with_suffix("").parts)
                importlib.import_module(module)
    return {code: problem.detail for code, problem in Problem.registry.items()}

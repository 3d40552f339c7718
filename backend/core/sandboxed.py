"""The child's side of core.sandbox: confines itself, then lets one module answer one request.

The module has `main(request: dict, folder: Path) -> dict`. Inputs stand in the folder under their
names; whatever it leaves there besides is an output.
"""

import errno
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from backend.core import confinement

ANSWER = ".answer.json"


def _readable() -> list[Path]:
    """The interpreter's own files and this package, nothing else of the installation."""
    package = Path(__file__).parent.parent
    roots = {sys.prefix, sys.base_prefix, *sys.path, "/usr/lib", "/usr/share/zoneinfo", "/lib"}
    roots |= {"/lib64", "/etc/ld.so.cache", "/dev/urandom"}
    return [package, *(Path(p) for p in roots if p and Path(p) != package.parent)]


def _answer(order: dict[str, Any], folder: Path) -> dict[str, Any]:
    try:
        module = importlib.import_module(order["module"])
        return {"answer": module.main(order["request"], folder)}
    except MemoryError:
        return {"error": "memory"}
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        return {"error": "full" if full else "crash", "name": type(error).__name__}
    except Exception as error:  # noqa: BLE001 (whatever a parser raises, the parent hears of it)
        return {"error": "crash", "name": type(error).__name__, "at": _place(error)}


def _place(error: BaseException) -> str:
    """Module and line where it broke: enough to mend our code, nothing of the file's content."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def main() -> None:
    order = json.load(sys.stdin)
    folder = Path(order["folder"])
    os.chdir(folder)
    confinement.limit_resources(**order["limits"])
    held = confinement.confine(folder, _readable())
    answer = json.dumps(_answer(order, folder) | {"held": held}, ensure_ascii=False)
    (folder / ANSWER).write_text(answer, encoding="utf-8")


if __name__ == "__main__":
    main()

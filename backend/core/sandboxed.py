"""The other side of core.sandbox: imports one module once, then forks a process for each request.

    python -m backend.core.sandboxed backend.verification.judge

What waits here has touched nobody's file. Each request gets a fork of its own, which confines itself
before it looks at anything and ends with its answer; see docs/adr/0027-a-warm-sandbox.md. Orders come
as lines on the standard input (a folder and its seconds), what became of them goes out as lines.

The module has `main(request: dict, folder: Path) -> dict`, and may have `warm_up()` for what it would
otherwise do anew in every fork. Inputs stand in the folder under their
names; whatever it leaves there besides is an output.
"""

import contextlib
import errno
import gc
import importlib
import json
import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

from backend.core.confinement import Confinement, limit_resources

ORDER, ANSWER = ".order.json", ".answer.json"
READY = b"ready\n"
_HANDLES = 1024
_IDLE = 120_000
"""Milliseconds without an order after which it goes; whoever needs it starts another."""


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


def _work(folder: Path, confinement: Confinement) -> None:
    """In the fork: one request, in confinement, with no way to speak but the folder."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for channel in (0, 1, 2):
        os.dup2(nothing, channel)
    os.close(nothing)
    os.chdir(folder)
    os.environ |= {"HOME": str(folder), "TMPDIR": str(folder)}
    order = json.loads((folder / ORDER).read_bytes())
    (folder / ORDER).unlink()
    held = confinement.bind(str(folder))
    os.closerange(3, _HANDLES)  # whatever else the one that waits had open
    limit_resources(**order["limits"])
    answer = json.dumps(_answer(order, folder) | {"held": held}, ensure_ascii=False)
    (folder / ANSWER).write_text(answer, encoding="utf-8")


def _ended(child: int, seconds: float) -> bool:
    """Waits for the child, for its time or for the end of whoever asked; does not reap."""
    until = time.monotonic() + seconds
    poll = select.poll()
    poll.register(0, 0)  # a hang-up is always reported
    handle = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
    try:
        if handle is not None:
            poll.register(handle, select.POLLIN)
        while (left := until - time.monotonic()) > 0:
            for channel, _ in poll.poll(left * 1000 if handle is not None else 5):
                return channel == handle
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return True
        return False
    finally:
        if handle is not None:
            os.close(handle)


def _serve(folder: Path, seconds: float, confinement: Confinement) -> bytes:
    """One request; answers its exit code and whether it ended by itself."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _work(folder, confinement)
            code = 0
        finally:
            os._exit(code)
    ended = _ended(child, seconds)
    for end in (os.killpg, os.kill):  # its group's number means this group until it is reaped
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return b"%d %d\n" % (os.waitstatus_to_exitcode(status), ended)


def main() -> None:
    module = importlib.import_module(sys.argv[1])
    if hasattr(module, "warm_up"):
        module.warm_up()
    confinement = Confinement(_readable())
    gc.collect()
    gc.freeze()  # what stays as it is need not be copied for a fork
    os.write(1, READY)
    waiting = select.poll()
    waiting.register(0, select.POLLIN)
    while waiting.poll(_IDLE):
        line = os.read(0, 4096)
        if not line:
            return
        order = json.loads(line)
        os.write(1, _serve(Path(order["folder"]), order["seconds"], confinement))


if __name__ == "__main__":
    main()

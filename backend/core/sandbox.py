"""Work on strangers' files in a separate process that has little to spend and nothing to reach.

    with Sandbox(settings).run("backend.documents.pdf.clean", {...}, inputs={"in.pdf": path}) as r:
        r.answer["pages"], r.outputs["out.pdf"]

The child holds memory, processor time, file size and open files under ceilings, has no network, no
environment and its own folder below the scratch folder, which is gone when the `with` block ends.
What binds it on which system stands in core.confinement. Each run is a process of its own, forked
from one that waits with the module imported (core.warm, core.sandboxed): importing would cost more
than most files do.
"""

import contextlib
import errno
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.core import warm
from backend.core.errors import STORAGE_FULL
from backend.core.sandboxed import ANSWER, ORDER
from backend.core.settings import Settings

_MIB = 1024 * 1024
_ANSWER_LIMIT = 64 * _MIB


class SandboxError(Exception):
    """The child did not answer. Carries no text from the file or from the parser."""


class SandboxTimeout(SandboxError):  # noqa: N818 (reads as what happened)
    """It used up its time, by the clock on the wall or the processor's."""


class SandboxMemory(SandboxError):  # noqa: N818
    """It asked for more memory than it may have."""


class SandboxCrash(SandboxError):  # noqa: N818
    """It ended without an answer; `args[0]` names the exception or signal."""


@dataclass(frozen=True)
class Limits:
    """What one run may spend."""

    seconds: float = 30.0
    """By the clock on the wall; the processor's time has the same ceiling, rounded up."""
    memory_bytes: int = 1024 * _MIB
    """Address space, so twice what a parser really needs is a fair guess."""
    file_bytes: int = 256 * _MIB
    """Each file it writes."""
    files: int = 64


@dataclass(frozen=True)
class SandboxResult:
    answer: dict[str, Any]
    outputs: dict[str, Path]
    """Files the module left behind, by name; they vanish at the end of the `with` block."""
    held: frozenset[str] = frozenset()
    """What confined the process beside its resource limits; see core.confinement."""


class Sandbox:
    """Runs modules of ours, one process each."""

    code = (Path(__file__).parents[2],)
    """Where the child imports from."""

    def __init__(self, settings: Settings) -> None:
        self._scratch = settings.scratch_dir

    @contextlib.contextmanager
    def run(
        self,
        module: str,
        request: Mapping[str, Any],
        *,
        inputs: Mapping[str, Path | bytes],
        limits: Limits | None = None,
    ) -> Iterator[SandboxResult]:
        """Lets `module.main(request, folder)` answer. Inputs are copies: the originals are safe.

        Raises SandboxTimeout, SandboxMemory, SandboxCrash, or STORAGE_FULL when the disk is.
        """
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(
            prefix="sandbox-", dir=self._scratch, ignore_cleanup_errors=True
        ) as name:
            folder = Path(name)
            _place_inputs(folder, inputs)
            code = self._run_child(folder, module, request, limits or Limits())
            answer, held = _read_answer(folder / ANSWER, code)
            outputs = {
                path.name: path
                for path in folder.iterdir()
                if path.name not in inputs and path.name != ANSWER
            }
            yield SandboxResult(answer, outputs, held)

    def _run_child(
        self, folder: Path, module: str, request: Mapping[str, Any], limits: Limits
    ) -> int:
        order = {
            "module": module,
            "request": request,
            "limits": {
                "memory_bytes": limits.memory_bytes,
                "cpu_seconds": int(limits.seconds) + 1,
                "file_bytes": limits.file_bytes,
                "files": limits.files,
            },
        }
        (folder / ORDER).write_text(json.dumps(order), encoding="utf-8")
        try:
            code, ended = warm.run((sys.executable, module, self.code), folder, limits.seconds)
        except warm.GoneError as error:
            raise SandboxCrash("no answer") from error
        if not ended:
            raise SandboxTimeout(module)
        return code


def _place_inputs(folder: Path, inputs: Mapping[str, Path | bytes]) -> None:
    try:
        for name, content in inputs.items():
            if isinstance(content, bytes):
                (folder / name).write_bytes(content)
            else:
                shutil.copyfile(content, folder / name)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise STORAGE_FULL() from error
        raise


def _read_answer(path: Path, code: int) -> tuple[dict[str, Any], frozenset[str]]:
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        # Killed without our doing: the processor's hard ceiling, or the system short of memory.
        raise SandboxTimeout(code) if code == -signal.SIGXCPU else SandboxMemory(code)
    if code != 0 or not path.is_file() or path.stat().st_size > _ANSWER_LIMIT:
        raise SandboxCrash(signal.Signals(-code).name if code < 0 else f"exit {code}")
    said = json.loads(path.read_bytes())
    match said.get("error"):
        case None:
            return said["answer"], frozenset(said["held"])
        case "memory":
            raise SandboxMemory
        case "full":
            raise STORAGE_FULL()
        case _:
            raise SandboxCrash(f"{said.get('name')} at {said.get('at')}")

"""The confined process's port without a process: for tests that are not about confinement."""

import importlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backend.core.sandbox import Limits, Sandbox, SandboxResult


class InProcessSandbox(Sandbox):
    """Runs the module here; a second or two cheaper a file, and no protection at all."""

    @contextmanager
    def run(
        self,
        module: str,
        request: Mapping[str, Any],
        *,
        inputs: Mapping[str, Path | bytes],
        limits: Limits | None = None,  # noqa: ARG002 (the port has it)
    ) -> Iterator[SandboxResult]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for label, content in inputs.items():
                if isinstance(content, bytes):
                    (folder / label).write_bytes(content)
                else:
                    shutil.copyfile(content, folder / label)
            answer = importlib.import_module(module).main(dict(request), folder)
            yield SandboxResult(
                answer, {p.name: p for p in folder.iterdir() if p.name not in inputs}
            )

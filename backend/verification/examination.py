"""Has a stranger's file judged in the confined process, within a time and a memory it cannot pass.

The file is never kept, and nothing is fetched on its behalf.
"""

from datetime import datetime
from pathlib import Path

from backend.core.blobs import sha256_file
from backend.core.sandbox import Limits, Sandbox, SandboxCrash, SandboxMemory, SandboxTimeout
from backend.verification.judge import INPUT
from backend.verification.report import FileReport, unreadable
from backend.verification.trust import Trust

STRANGERS = Limits(seconds=9, memory_bytes=512 * 1024 * 1024, file_bytes=1024 * 1024, files=32)
"""So that the answer is there within ten seconds."""
OUR_OWN = Limits(seconds=60, memory_bytes=2048 * 1024 * 1024, file_bytes=64 * 1024 * 1024)


def examine(
    sandbox: Sandbox, file: Path, trust: Trust, now: datetime, limits: Limits = STRANGERS
) -> FileReport:
    """The judgement of one file. What the confined process cannot finish is `unreadable`."""
    request = {"trust": trust.model_dump(mode="json"), "now": now.isoformat()}
    try:
        with sandbox.run(
            "backend.verification.judge", request, inputs={INPUT: file}, limits=limits
        ) as result:
            return FileReport.model_validate(result.answer)
    except SandboxTimeout:
        code = "too-long"
    except SandboxMemory:
        code = "too-much"
    except SandboxCrash:
        code = "structure"
    return unreadable(code, sha256=sha256_file(file), size=file.stat().st_size)

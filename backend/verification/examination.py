"""Has a stranger's file judged in the confined process, within a time and a memory it cannot pass.

The file is never kept, and nothing is fetched on its behalf.
"""

import base64
import contextlib
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.core.blobs import sha256_file
from backend.core.sandbox import (
    Limits,
    Sandbox,
    SandboxCrash,
    SandboxError,
    SandboxMemory,
    SandboxResult,
    SandboxTimeout,
)
from backend.verification import comparison
from backend.verification.judge import INPUT
from backend.verification.report import ChangedPage, Coverage, FileReport, unreadable
from backend.verification.trust import Trust
from backend.verification.verdicts import Verdict

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


def with_pictures(
    sandbox: Sandbox, file: Path, report: FileReport, began: float, limits: Limits = STRANGERS
) -> FileReport:
    """Adds how the pages of an altered file looked when it was signed, within what time is left.

    `began` is the monotonic time at which its examination began.
    """
    end = _signed_end(report)
    left = limits.seconds - (time.monotonic() - began)
    if end is None or left < 1:
        return report
    with (
        contextlib.suppress(SandboxError),
        sandbox.run(
            comparison.__name__,
            {"end": end},
            inputs={comparison.INPUT: file},
            limits=replace(limits, seconds=left),
        ) as result,
    ):
        pages = tuple(_changed(one, result) for one in result.answer["pages"])
        return report.model_copy(update={"changed_pages": pages})
    return report


def _signed_end(report: FileReport) -> int | None:
    """Where the oldest state ends that was truly signed and then altered."""
    if report.verdict is not Verdict.TAMPERED:
        return None
    ends = [
        s.covered_bytes
        for s in report.signatures
        if s.coverage is Coverage.REVISION and s.verdict is Verdict.TAMPERED
        if not {reason.code for reason in s.reasons} & {"digest-differs", "signature-value-wrong"}
    ]
    return min(ends, default=None)


def _changed(one: dict[str, Any], result: SandboxResult) -> ChangedPage:
    def picture(name: str | None) -> str | None:
        return base64.b64encode(result.outputs[name].read_bytes()).decode() if name else None

    return ChangedPage(
        page=one["page"],
        frames=tuple(tuple(frame) for frame in one["frames"]),
        before=picture(one["before"]),
        after=picture(one["after"]),
    )

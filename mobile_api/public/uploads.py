"""Takes a stranger's file off the wire into the scratch folder and has it judged.

Nothing of it stays: the folder is gone when the answer is made. No transaction is open while the
confined process works.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from backend.core import limits
from backend.core.blobs import CHUNK, sha256_file
from backend.core.errors import TOO_LARGE
from backend.core.sandbox import Sandbox
from backend.verification.anchors import installation_trust
from backend.verification.examination import examine, with_pictures
from backend.verification.problems import NO_FILE
from backend.verification.report import FileReport
from backend.verification.sealed.findings import Findings, TrustFacts, pack
from backend.verification.slots import slot
from backend.verification.trust import Trust
from mobile_api.context import client_address, current_services
from mobile_api.public.throttle import count_judgement

FIELD = "berkas"
_ENVELOPE = 64 * 1024
"""What a form may add around the file."""


_LONGEST_NAME = 120


@dataclass(frozen=True)
class Judged:
    findings: Findings
    """With the pictures of what changed."""
    package: str
    """The same without them, for whoever wants it as a sealed PDF; see `sealed.findings`."""


def limit_mb() -> int:
    return current_services().settings.upload_limit_bytes // (1024 * 1024)


def judge_form() -> Judged:
    """The file in a multipart form. Raises NO_FILE, TOO_LARGE or UNAVAILABLE."""
    with _folder() as folder:

        def stream_factory(*_: Any, **__: Any) -> IO[bytes]:
            return tempfile.TemporaryFile(dir=folder)

        file = _form_file(stream_factory)
        with file.stream, (folder / "file.pdf").open("wb") as copy:
            while piece := file.stream.read(CHUNK):
                copy.write(piece)
        return _judge(folder / "file.pdf", (file.filename or "")[:_LONGEST_NAME] or None)


def _form_file(stream_factory: Callable[..., IO[bytes]]) -> Any:
    limit = current_services().settings.upload_limit_bytes
    if request.mimetype != "multipart/form-data":
        raise NO_FILE()  # any other form would be parsed in memory, whatever its size
    parser = FormDataParser(
        stream_factory=stream_factory,
        max_form_memory_size=_ENVELOPE,
        max_content_length=limit + _ENVELOPE,
        max_form_parts=8,
    )
    if (request.content_length or 0) > limit + _ENVELOPE:
        raise TOO_LARGE(limit_mb=limit_mb())
    try:
        _, _, files = parser.parse_from_environ(request.environ)
    except RequestEntityTooLarge as error:
        raise TOO_LARGE(limit_mb=limit_mb()) from error
    file = files.get(FIELD)
    if file is None or not file.filename:
        raise NO_FILE()
    return file


def judge_body() -> Judged:
    """The request's raw body. Raises NO_FILE, TOO_LARGE or UNAVAILABLE."""
    limit = current_services().settings.upload_limit_bytes
    if (request.content_length or 0) > limit:
        raise TOO_LARGE(limit_mb=limit_mb())
    request.max_content_length = limit
    with _folder() as folder:
        file = folder / "file.pdf"
        try:
            with file.open("wb") as copy:
                while piece := request.stream.read(CHUNK):
                    copy.write(piece)
        except RequestEntityTooLarge as error:
            raise TOO_LARGE(limit_mb=limit_mb()) from error
        if file.stat().st_size == 0:
            raise NO_FILE()
        return _judge(file, unquote(request.headers.get("X-Filename", ""))[:_LONGEST_NAME] or None)


@contextmanager
def _folder() -> Iterator[Path]:
    services = current_services()
    scratch = services.settings.scratch_dir
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        services.strangers_files.enter(limits.host(client_address())),
        tempfile.TemporaryDirectory(prefix="verify-", dir=scratch) as name,
    ):
        yield Path(name)


def _judge(file: Path, filename: str | None) -> Judged:
    """The registry first: a file of ours is told so at once."""
    services = current_services()
    with services.work() as work:
        found = services.published.file(work, sha256_file(file))
        trust = installation_trust(work)
        now = work.now
    report = found.report if found else _judged(file, trust, now)
    findings = Findings(
        filename=filename,
        report=report,
        registry=found.answer if found else None,
        trust=TrustFacts(sha256=trust.sha256, roots=len(trust.anchors)),
        at=now,
    )
    return Judged(findings, pack(findings, services.master_key))


def _judged(file: Path, trust: Trust, now: datetime) -> FileReport:
    services = current_services()
    count_judgement()
    with slot(services.settings.scratch_dir):
        sandbox, began = Sandbox(services.settings), time.monotonic()
        report = examine(sandbox, file, trust, now)
        return with_pictures(sandbox, file, report, began)

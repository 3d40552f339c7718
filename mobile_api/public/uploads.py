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
from urllib.parse import unquote, urlsplit

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from backend.core import limits
from backend.core.blobs import CHUNK, sha256_file
from backend.core.errors import TOO_LARGE
from backend.core.ids import normalise_code
from backend.core.sandbox import Sandbox
from backend.verification.anchors import installation_trust
from backend.verification.examination import examine, with_pictures
from backend.verification.problems import NO_FILE
from backend.verification.registry import RegistryAnswer
from backend.verification.report import FileReport
from backend.verification.sealed.findings import Findings, TrustFacts, pack
from backend.verification.slots import slot
from backend.verification.spoken import Spoken, codes_in, compare
from backend.verification.trust import Trust
from backend.verification.verdicts import Verdict
from mobile_api.context import client_address, current_services
from mobile_api.public.throttle import count_judgement, count_unknown

FIELD, _CODE = "berkas", "kode"
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

        file, code = _form_file(stream_factory)
        with file.stream, (folder / "file.pdf").open("wb") as copy:
            while piece := file.stream.read(CHUNK):
                copy.write(piece)
        return _judge(folder / "file.pdf", (file.filename or "")[:_LONGEST_NAME] or None, code)


def _form_file(stream_factory: Callable[..., IO[bytes]]) -> tuple[Any, str]:
    """The file, and the code of the paper that it is to be compared with."""
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
        _, fields, files = parser.parse_from_environ(request.environ)
    except RequestEntityTooLarge as error:
        raise TOO_LARGE(limit_mb=limit_mb()) from error
    file = files.get(FIELD)
    if file is None or not file.filename:
        raise NO_FILE()
    return file, str(fields.get(_CODE, ""))


def judge_body(code: str) -> Judged:
    """The request's raw body, to be compared with a paper's code if there is one. Raises NO_FILE, TOO_LARGE or UNAVAILABLE."""
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
        name = unquote(request.headers.get("X-Filename", ""))[:_LONGEST_NAME]
        return _judge(file, name or None, code)


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


def _judge(file: Path, filename: str | None, code: str) -> Judged:
    """The registry first: a file of ours is told so at once."""
    services = current_services()
    with services.work() as work:
        found = services.published.file(work, sha256_file(file))
        trust = installation_trust(work)
        now = work.now
    report, printed = (found.report, []) if found else _judged(file, trust, now)
    registry = found.answer if found else None
    findings = Findings(
        filename=filename,
        report=report,
        registry=registry,
        trust=TrustFacts(sha256=trust.sha256, roots=len(trust.anchors)),
        at=now,
        spoken=_spoken(file, code, printed, registry),
    )
    return Judged(findings, pack(findings, services.master_key))


def _judged(file: Path, trust: Trust, now: datetime) -> tuple[FileReport, list[str]]:
    """What is found about a stranger's file, and the codes that stand on its pages."""
    services = current_services()
    count_judgement()
    with slot(services.settings.scratch_dir):
        sandbox, began = Sandbox(services.settings), time.monotonic()
        report = examine(sandbox, file, trust, now)
        if report.verdict is Verdict.UNREADABLE:
            return report, []
        report = with_pictures(sandbox, file, report, began)
        return report, codes_in(sandbox, file, urlsplit(services.settings.origin).netloc)


def _spoken(
    file: Path, code: str, printed: list[str], registry: RegistryAnswer | None
) -> tuple[Spoken, ...]:
    """The paper that the sender means comes first. What only looks like a code is left out."""
    meant = normalise_code(code)
    wanted = dict.fromkeys(each for each in (meant, *printed) if each)
    with current_services().work() as work:
        said = [compare(work, each, file, registry) for each in wanted]
    if any(each.fits == "unknown" for each in said):
        count_unknown()
    return tuple(each for each in said if each.fits != "unknown" or each.code == meant)

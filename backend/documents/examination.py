"""Examines an uploaded file once and fixes the version: refused with the reason, or ready for ever.

The work on the file happens in the sandbox with no transaction open. Running it twice is safe:
whoever finishes second finds the version settled and changes nothing.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from backend.audit.trail import record
from backend.core.blobs import BlobStore
from backend.core.db import Work
from backend.core.errors import STORAGE_FULL, DomainError
from backend.core.jobs import Job, defer
from backend.core.sandbox import (
    Limits,
    Sandbox,
    SandboxError,
    SandboxMemory,
    SandboxResult,
    SandboxTimeout,
)
from backend.core.settings import Settings
from backend.documents import numbering, problems
from backend.documents.calendar import in_words
from backend.documents.citizens import names_citizen
from backend.documents.models import Document, NumberMode, Page, Version, VersionState

log = structlog.get_logger(__name__)

MAX_PAGES = 2000
LONG = 200
"""Pages from which a paper is drawn in haste."""
BATCH_SECONDS = 20.0
"""Of the processor, after which a process draws no further page: what it holds stays bounded
however long the paper is, and little is lost when one dies.
"""
_MIB = 1024 * 1024
CLEANING = Limits(seconds=60, memory_bytes=2048 * _MIB)
STAMPING = Limits(seconds=60, memory_bytes=1024 * _MIB)
DRAWING = Limits(seconds=6 * BATCH_SECONDS, memory_bytes=2048 * _MIB)
"""By the clock, on a machine that has other things to do: a batch, and a last page as long again."""
NUMBER_ANCHOR, DATE_ANCHOR = "${nomor}", "${tanggal}"
OpenWork = Callable[[], AbstractContextManager[Work]]


class _Refused(Exception):  # noqa: N818 (an answer, not a failure)
    def __init__(self, code: str, params: dict[str, Any]) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass
class _Outcome:
    """What the examination found, gathered until it is written down in one transaction."""

    sha256: str = ""
    size: int = 0
    findings: list[Any] = field(default_factory=list)
    anchors: dict[str, Any] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)


def examine(open_work: OpenWork, version_id: UUID, *, settings: Settings, blobs: BlobStore) -> None:
    """Preflight, flatten, number, render; then the version is ready or refused."""
    with open_work() as work:
        version = work.session.get(Version, version_id)
        if version is None or version.state is not VersionState.EXAMINING:
            return
        uploaded = version.uploaded_sha256
    outcome = _Outcome()
    try:
        with tempfile.TemporaryDirectory(dir=_scratch(settings), prefix="examine-") as name:
            file = Path(name) / "in.pdf"
            blobs.save_to(uploaded, file)
            examination = _Examination(open_work, version_id, Sandbox(settings), blobs, outcome)
            examination.run(file)
    except _Refused as refused:
        _refuse(open_work, version_id, refused, outcome)
    except DomainError as error:
        if error.problem is not STORAGE_FULL:
            raise
        _refuse(open_work, version_id, _Refused(error.code, error.params), outcome)
    else:
        _settle(open_work, version_id, outcome)


def turn_away(work: Work, version_id: UUID, error: DomainError) -> None:
    """A version that passed, but came too late for its document, is refused with that reason."""
    version = work.session.get(Version, version_id, with_for_update=True)
    if version is not None and version.state is VersionState.READY:
        version.state = VersionState.REFUSED
        version.refusal = {"code": error.code, "params": error.params}
        defer(work.session, Job.ANNOUNCE_REFUSAL, version_id=version.id)
        record(work, "document.version-refused", "document", version.document_id, code=error.code)


@dataclass
class _Examination:
    open_work: OpenWork
    version_id: UUID
    sandbox: Sandbox
    blobs: BlobStore
    outcome: _Outcome

    def run(self, file: Path) -> None:
        count = self._clean(file)
        self._stamp(file)
        self._draw(file, count)
        self._require_something_to_read()
        self.outcome.size = file.stat().st_size
        self.outcome.sha256 = self.blobs.put(file, durable=True)

    def _clean(self, file: Path) -> int:
        with self._run("clean", {"max_pages": MAX_PAGES}, file, CLEANING) as result:
            result.outputs["clean.pdf"].replace(file)
            self.outcome.findings += result.answer["findings"]
            return int(result.answer["pages"])

    def _stamp(self, file: Path) -> None:
        """Takes the number when nothing else stands against the file, its places included.

        A number that then does not fit stays the document's, for its next file.
        """
        if not self._wants_stamp():
            return
        with self._run("find", {"anchors": [NUMBER_ANCHOR, DATE_ANCHOR]}, file, STAMPING):
            number, dated = self._take_number()
        values = {NUMBER_ANCHOR: number, DATE_ANCHOR: in_words(dated)}
        with self._run("stamp", {"values": values}, file, STAMPING) as result:
            result.outputs["stamped.pdf"].replace(file)

    def _wants_stamp(self) -> bool:
        with self.open_work() as work:
            version = work.session.get_one(Version, self.version_id)
            document = work.session.get_one(Document, version.document_id)
            return document.number_mode is NumberMode.STAMP

    def _take_number(self) -> tuple[str, date]:
        with self.open_work() as work:
            version = work.session.get_one(Version, self.version_id)
            document = work.session.get_one(Document, version.document_id, with_for_update=True)
            numbering.take_for(work, document, version.uploaded_by)
            if document.number is None or document.dated is None:
                raise RuntimeError("a document was numbered without a number")
            return document.number, document.dated

    def _draw(self, file: Path, count: int) -> None:
        request = {"last": count, "seconds": BATCH_SECONDS, "long": count >= LONG}
        while (drawn_yet := len(self.outcome.pages)) < count:
            with self._run("render", {"first": drawn_yet + 1, **request}, file, DRAWING) as result:
                for drawn in result.answer["pages"]:
                    self._keep(drawn, result)

    def _keep(self, drawn: dict[str, Any], result: SandboxResult) -> None:
        image, large = result.outputs[drawn["image"]], result.outputs[drawn["large"]]
        page = Page(
            version_id=self.version_id,
            ordinal=drawn["ordinal"],
            width=drawn["width"],
            height=drawn["height"],
            image_sha256=self.blobs.put(image, durable=True),
            image_type=drawn["image_type"],
            image_bytes=image.stat().st_size,
            large_sha256=self.blobs.put(large, durable=True),
            large_type=drawn["large_type"],
            large_bytes=large.stat().st_size,
            text=drawn["text"],
            names_citizen=names_citizen(drawn["text"]),
            boxes=drawn["boxes"],
            ink=bytes.fromhex(drawn["ink"]),
        )
        self.outcome.pages.append(page)
        for character, places in drawn["anchors"].items():
            marks = [{"page": page.ordinal, **place} for place in places]
            self.outcome.anchors.setdefault(character, []).extend(marks)

    def _require_something_to_read(self) -> None:
        if not any(any(page.ink) for page in self.outcome.pages):
            raise _Refused(problems.BLANK.code, {})
        for page in self.outcome.pages:
            plain = "".join(page.text.split())
            for anchor in (NUMBER_ANCHOR, DATE_ANCHOR):
                if anchor in plain:
                    params = {"anchor": anchor, "page": page.ordinal}
                    raise _Refused(problems.ANCHOR_LEFT.code, params)

    @contextmanager
    def _run(
        self, module: str, request: dict[str, Any], file: Path, limits: Limits
    ) -> Iterator[SandboxResult]:
        """Lets the sandbox answer; what it cannot finish is a refusal, not our failure."""
        name = f"backend.documents.pdf.{module}"
        try:
            with self.sandbox.run(name, request, inputs={"in.pdf": file}, limits=limits) as result:
                if refused := result.answer.get("refused"):
                    raise _Refused(refused["code"], refused["params"])
                yield result
        except SandboxError as error:
            log.warning(
                "examination.ended",
                module=module,
                version_id=str(self.version_id),
                kind=type(error).__name__,
                at=str(error),
            )
            raise _Refused(_meaning(error), {}) from error


def _meaning(error: SandboxError) -> str:
    if isinstance(error, SandboxTimeout):
        return problems.TOO_COMPLEX.code
    return problems.TOO_HEAVY.code if isinstance(error, SandboxMemory) else problems.UNREADABLE.code


def _scratch(settings: Settings) -> Path:
    settings.scratch_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings.scratch_dir


def _unsettled(work: Work, version_id: UUID) -> Version | None:
    version = work.session.get(Version, version_id, with_for_update=True, populate_existing=True)
    return version if version and version.state is VersionState.EXAMINING else None


def _settle(open_work: OpenWork, version_id: UUID, outcome: _Outcome) -> None:
    with open_work() as work:
        version = _unsettled(work, version_id)
        if version is None:
            return
        version.state, version.ready_at = VersionState.READY, work.now
        version.sha256, version.size = outcome.sha256, outcome.size
        version.findings, version.anchors = outcome.findings, outcome.anchors
        work.session.add_all(outcome.pages)
        defer(work.session, Job.ADOPT_VERSION, version_id=version.id)
        record(
            work,
            "document.version-ready",
            "document",
            version.document_id,
            version=version.id,
            uploaded_sha256=version.uploaded_sha256,
            sha256=version.sha256,
            pages=len(outcome.pages),
            images=[page.image_sha256 for page in outcome.pages],
        )


def _refuse(open_work: OpenWork, version_id: UUID, refused: _Refused, outcome: _Outcome) -> None:
    with open_work() as work:
        version = _unsettled(work, version_id)
        if version is None:
            return
        version.state = VersionState.REFUSED
        version.refusal = {"code": refused.code, "params": refused.params}
        version.findings = outcome.findings
        defer(work.session, Job.ANNOUNCE_REFUSAL, version_id=version.id)
        record(
            work,
            "document.version-refused",
            "document",
            version.document_id,
            version=version.id,
            uploaded_sha256=version.uploaded_sha256,
            code=refused.code,
        )

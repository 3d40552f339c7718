"""Whether a file is the one that a code on paper speaks of.

A claim names the first n bytes of its file, the version that went in, by their digest (ADR 25); the
record under the code knows the same version. A copied code says nothing about the file it was copied to.
"""

import contextlib
import hashlib
from pathlib import Path
from typing import Literal

from sqlalchemy import select

from backend.core.blobs import CHUNK
from backend.core.db import Work
from backend.core.ids import normalise_code
from backend.core.sandbox import Limits, Sandbox, SandboxError
from backend.documents.models import Document, Version
from backend.documents.pdf import codes
from backend.verification.records import public_record
from backend.verification.registry import RegistryAnswer
from backend.verification.report import Part

LIMITS = Limits(seconds=3, memory_bytes=512 * 1024 * 1024, file_bytes=1024 * 1024)


class Spoken(Part):
    """What a code has to do with a file."""

    code: str
    fits: Literal["same", "built-on", "other", "unknown"]
    """`same`: issued under this code. `built-on`: begins with its version, and is not what was
    issued. `other`: another file. `unknown`: nothing was ever registered under this code."""
    number: str | None = None


def codes_in(sandbox: Sandbox, file: Path, host: str) -> list[str]:
    """The codes that stand on its first and last pages."""
    with (
        contextlib.suppress(SandboxError),
        sandbox.run(
            codes.__name__, {"host": host}, inputs={codes.INPUT: file}, limits=LIMITS
        ) as result,
    ):
        return [str(code) for code in result.answer["codes"]]
    return []


def compare(work: Work, code: str, file: Path, known: RegistryAnswer | None) -> Spoken:
    """`known`: what the registry says of the file by its digest."""
    wanted = normalise_code(code)[:40]
    document = work.session.scalar(select(Document).where(Document.public_code == wanted))
    if document is None:
        return Spoken(code=wanted, fits="unknown")
    number = public_record(work, wanted).number
    if known is not None and known.code == wanted:
        return Spoken(code=wanted, fits="same", number=number)
    versions = work.session.execute(
        select(Version.size, Version.sha256).where(
            Version.document_id == document.id, Version.sha256.is_not(None)
        )
    )
    wanted_starts = {size: digest for size, digest in versions if size}
    built_on = _begins_with(file, wanted_starts)
    return Spoken(code=wanted, fits="built-on" if built_on else "other", number=number)


def _begins_with(file: Path, starts: dict[int, str | None]) -> bool:
    """Whether the first n bytes have the digest for any length n."""
    digest, at = hashlib.sha256(), 0
    with file.open("rb") as source:
        for length in sorted(starts):
            while at < length and (piece := source.read(min(CHUNK, length - at))):
                digest.update(piece)
                at += len(piece)
            if at == length and digest.hexdigest() == starts[length]:
                return True
    return False

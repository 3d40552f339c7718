"""Preflight: refuses what must not be read or signed, and rewrites the rest to say one thing.

Request: {"max_pages"}. Input `in.pdf`; output `clean.pdf`. Answer: {"pages", "findings"} or
{"refused": {"code", "params"}}.
"""

from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import ObjectStreamMode, Pdf

from backend.documents.pdf import active, bombs, envelope, existing, fonts, tidy
from backend.documents.pdf.refusals import Refused


def main(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    source = folder / "in.pdf"
    try:
        envelope.check_envelope(source)
        with envelope.open_strictly(source) as pdf:
            pages = _examine(pdf, source, request["max_pages"])
            findings = _tidied(pdf)
            fonts.require_embedded(pdf)
            envelope.require_sound(pdf)
            save(pdf, folder / "clean.pdf")
    except Refused as refused:
        return refused.as_answer()
    except (pikepdf.PdfError, RecursionError):
        return Refused("documents/malformed").as_answer()
    return {"pages": pages, "findings": findings}


def _examine(pdf: Pdf, source: Path, max_pages: int) -> int:
    active.check_activity(pdf)
    existing.check_existing(pdf, source)
    pages = len(pdf.pages)
    if pages == 0:
        raise Refused("documents/empty")
    if pages > max_pages:
        raise Refused("documents/too-many-pages", pages=pages, limit=max_pages)
    bombs.check_streams(pdf)
    envelope.require_sound(pdf)
    return pages


def _tidied(pdf: Pdf) -> list[tidy.Finding]:
    findings = tidy.merge_layers(pdf)
    findings += tidy.flatten(pdf)
    findings += tidy.lay_upright(pdf)
    tidy.keep_the_known(pdf)
    return findings


def save(pdf: Pdf, path: Path) -> None:
    """The same objects always give the same bytes. Nothing unreachable is written; no object or
    cross-reference streams, so that any signer's incremental update can follow.
    """
    pdf.remove_unreferenced_resources()
    pdf.save(
        path,
        force_version="1.7",
        object_stream_mode=ObjectStreamMode.disable,
        deterministic_id=True,
        fix_metadata_version=False,
        preserve_pdfa=False,
    )

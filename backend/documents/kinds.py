"""The kinds of paper: those an agency starts with, and how each is numbered, signed and printed."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.audit.trail import record
from backend.core.db import Work
from backend.core.errors import INVALID
from backend.documents.models import DocumentType
from backend.organisation.numbers import check_template
from backend.organisation.style import check_order

CODE = r"[A-Z0-9]{1,4}"
STANDARD = {
    "IZIN": "Surat Izin",
    "ND": "Nota Dinas",
    "SE": "Surat Edaran",
    "SK": "Surat Keputusan",
    "SP2D": "Surat Perintah Pencairan Dana",
    "SPM": "Surat Perintah Membayar",
    "SRT": "Surat Keluar",
    "ST": "Surat Tugas",
    "UND": "Undangan",
}


def install(work: Work) -> None:
    """Adds the standard kinds; those that exist stay as they are."""
    rows = [{"code": code, "name": name, "active": True} for code, name in STANDARD.items()]
    work.session.execute(insert(DocumentType).values(rows).on_conflict_do_nothing())


def every(work: Work) -> Sequence[DocumentType]:
    """Those out of use as well."""
    return work.session.scalars(select(DocumentType).order_by(DocumentType.name)).all()


def put(work: Work, code: str, **facts: Any) -> DocumentType:
    """Adds a kind, or changes what is given of one. Raises INVALID or TEMPLATE_INVALID.

    Papers that were numbered or prepared before keep what they have.
    """
    if not re.fullmatch(CODE, code):
        raise INVALID()
    if facts.get("number_template") is not None:
        facts["number_template"] = check_template(facts["number_template"])
    if "block_order" in facts:
        facts["block_order"] = check_order(facts["block_order"])
    kind = work.session.get(DocumentType, code, with_for_update=True)
    if kind is None:
        kind = DocumentType(code=code)
        work.session.add(kind)
    for name, value in facts.items():
        setattr(kind, name, value)
    work.session.flush()
    record(work, "document-type.changed", "document-type", code, facts=sorted(facts))
    return kind

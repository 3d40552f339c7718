"""The kinds of paper an agency starts with."""

from sqlalchemy.dialects.postgresql import insert

from backend.core.db import Work
from backend.documents.models import DocumentType

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

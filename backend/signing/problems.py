"""Why a signature cannot be prepared, placed or made."""

from backend.core.errors import Problem

UNCOVERED_CHARACTER = Problem(
    "signing/uncovered-character",
    422,
    "Ada huruf yang tidak tersedia",
    "Huruf «{character}» pada «{text}» tidak ada dalam huruf cetak kami. "
    "Perbaiki tulisan nama atau jabatan di data pegawai, lalu siapkan lagi.",
)
APPEARANCE_TOO_SMALL = Problem(
    "signing/appearance-too-small",
    422,
    "Tempat tanda tangan terlalu kecil",
    "Nama dan jabatan {name} tidak muat terbaca di tempat ini. "
    "Perbesar menjadi sekurangnya {width} × {height} titik.",
)

"""What a file may turn out to be, as people are told: on the public pages and in sealed reports.

The shapes are told apart on a grey photocopy; only `certified` wears wax.
"""

from typing import TypeAlias

from backend.verification.registry import RegistryAnswer
from backend.verification.report import FileReport
from backend.verification.verdicts import Verdict

Band: TypeAlias = tuple[str, str, tuple[str, str], tuple[str, str]]
"""Emblem, field, title, sentence; the last two in Indonesian and English."""

FILE_BANDS: dict[str, Band] = {
    "certified": (
        "seal",
        "valid",
        ("Asli dan utuh", "Genuine and intact"),
        (
            "Naskah ini ditandatangani secara elektronik dan tidak berubah sejak itu.",
            "This document was signed electronically and has not changed since.",
        ),
    ),
    "intact": (
        "ticked",
        "plain",
        ("Utuh, tidak tersertifikasi", "Intact, not certified"),
        (
            (
                "Naskah ini ditandatangani secara elektronik dan tidak berubah sejak itu. Sertifikatnya "
                "bukan dari penyelenggara sertifikasi elektronik Indonesia (PSrE)."
            ),
            (
                "This document was signed electronically and has not changed since. Its certificate "
                "is not from a licensed Indonesian certification authority (PSrE)."
            ),
        ),
    ),
    "revoked": (
        "void-seal",
        "ended",
        ("Sudah dicabut", "Revoked"),
        (
            "Pernah sah, tetapi tidak berlaku lagi sejak {date}. Jangan dipakai.",
            "Once valid, but no longer in force since {date}. Do not use it.",
        ),
    ),
    "superseded": (
        "void-seal",
        "ended",
        ("Sudah diganti", "Superseded"),
        (
            "Pernah sah, tetapi sudah diganti sejak {date}. Pakailah penggantinya.",
            "Once valid, but replaced since {date}. Use the newer document.",
        ),
    ),
    "untrusted": (
        "question",
        "plain",
        ("Utuh, penerbit tidak kami kenal", "Intact, issuer unknown to us"),
        (
            (
                "Isi berkas ini tidak berubah, tetapi penerbit sertifikatnya tidak ada dalam daftar "
                "yang kami percayai. Kami tidak dapat memastikan siapa penanda tangannya."
            ),
            (
                "The file is unchanged, but the certificate's issuer is not among those we trust. "
                "We cannot tell who really signed."
            ),
        ),
    ),
    "tampered": (
        "broken",
        "changed",
        ("Berubah setelah ditandatangani", "Changed after signing"),
        (
            "Isi berkas ini tidak sama dengan yang ditandatangani. Jangan dipercaya.",
            "This file is not what was signed. Do not trust it.",
        ),
    ),
    "invalid": (
        "void-seal",
        "ended",
        ("Tanda tangan tidak berlaku", "Signature not valid"),
        (
            "Ada tanda tangan di berkas ini, tetapi tidak dapat diterima. Alasannya di bawah.",
            "There is a signature in this file, but it cannot be accepted. The reason is below.",
        ),
    ),
    "not-signed": (
        "sheet",
        "plain",
        ("Belum ditandatangani", "Not signed"),
        (
            (
                "Berkas ini tidak memuat tanda tangan elektronik. Hasil pindai kertas memang begitu: "
                "periksa lewat kode QR pada kertasnya."
            ),
            (
                "This file carries no electronic signature. A scan of paper never does: "
                "check the QR code on the paper instead."
            ),
        ),
    ),
    "unreadable": (
        "question",
        "open",
        ("Belum dapat kami pastikan", "We cannot tell"),
        (
            "Kami tidak dapat memeriksa berkas ini dengan pasti. Itu belum berarti palsu.",
            "We cannot examine this file with certainty. That alone does not make it false.",
        ),
    ),
}


def band_of(report: FileReport, registry: RegistryAnswer | None) -> str:
    """The verdict band of a report; only certified files wear the seal."""
    if report.verdict is Verdict.VALID:
        if registry and registry.status in {"revoked", "superseded"}:
            return registry.status
        return "certified" if report.certified else "intact"
    return report.verdict.value

"""What each finding means, in Indonesian and English, for a village head."""

from collections.abc import Mapping

REASONS: dict[str, tuple[str, str]] = {
    # The file as a whole
    "no-such-file": (
        "Berkas ini tidak ada atau tidak dapat dibuka.",
        "This file does not exist or cannot be opened.",
    ),
    "empty": ("Berkas ini kosong.", "This file is empty."),
    "not-a-pdf": (
        "Berkas ini bukan PDF, walau namanya mungkin berakhiran .pdf.",
        "This file is not a PDF, whatever its name says.",
    ),
    "photo": (
        (
            "Ini foto. Foto kertas tidak membawa tanda tangan elektronik: ketik kode di bawah QR pada "
            "kertasnya, atau kirim berkas PDF aslinya."
        ),
        (
            "This is a photo. A photo of paper carries no electronic signature: type the code under "
            "the QR on the paper, or send the original PDF."
        ),
    ),
    "encrypted": (
        (
            "Berkas ini dikunci dengan kata sandi, jadi tidak dapat kami periksa. "
            "Mintalah berkas yang tidak dikunci."
        ),
        "This file is locked with a password, so we cannot examine it. Ask for an unlocked one.",
    ),
    "structure": (
        "Susunan berkas ini tidak dapat kami baca dengan pasti. Itu belum berarti palsu.",
        "We cannot read this file's structure with certainty. That alone does not make it false.",
    ),
    "too-long": (
        "Berkas ini terlalu rumit untuk diperiksa dalam waktu yang tersedia.",
        "This file is too intricate to examine within the time allowed.",
    ),
    "too-much": (
        "Berkas ini memerlukan lebih banyak memori daripada yang kami sediakan.",
        "This file needs more memory than we allow.",
    ),
    "not-signed": (
        "Berkas ini tidak memuat tanda tangan elektronik.",
        "This file carries no electronic signature.",
    ),
    "bytes-before-start": (
        "Ada data lain di depan isi PDF-nya; program lain bisa menampilkan isi yang berbeda.",
        "Other data stands before the PDF; another program may show something else.",
    ),
    "bytes-after-end": (
        "Ada data yang ditambahkan di belakang berkas setelah selesai.",
        "Data was added after the end of the finished file.",
    ),
    # One signature: what it covers
    "byte-range": (
        "Bagian berkas yang diakui tanda tangan ini tidak utuh.",
        "The part of the file this signature claims is not a whole.",
    ),
    "contents-not-hex": (
        "Tempat tanda tangannya berisi data lain.",
        "The place of the signature holds something else.",
    ),
    "contents-elsewhere": (
        "Tanda tangan ini dipindahkan dari tempat aslinya.",
        "This signature was moved from where it belongs.",
    ),
    "contents-padding": (
        "Ada data tersembunyi di ruang kosong tanda tangan.",
        "Data is hidden in the signature's empty space.",
    ),
    "covers-part": (
        "Tanda tangan ini hanya mencakup sebagian berkas.",
        "This signature covers only part of the file.",
    ),
    "bytes-unaccounted": (
        "Setelah ditandatangani, berkas ini ditambahi data yang tidak tercatat di dalamnya.",
        "After signing, data was added that the file itself does not account for.",
    ),
    "xref-reaches-back": (
        "Daftar isi berkas diubah setelah ditandatangani agar menunjuk ke tempat lain.",
        "After signing, the file's index was changed to point elsewhere.",
    ),
    "xref-reaches-ahead": (
        "Sebelum ditandatangani, berkas ini disiapkan agar isinya bisa ditambah diam-diam.",
        "Before signing, this file was prepared so that content could be slipped in later.",
    ),
    "xref-overlaps": (
        "Daftar isi yang ditambahkan kemudian tidak cocok dengan isinya.",
        "The index that was added later does not agree with what is there.",
    ),
    "hidden-object": (
        "Ada isi tersembunyi yang ditambahkan setelah ditandatangani.",
        "Hidden content was added after signing.",
    ),
    "signature-used-twice": (
        "Satu tanda tangan dipakai di dua tempat.",
        "One signature is used in two places.",
    ),
    # What came later
    "content-changed": (
        "Isi berkas ini diubah setelah ditandatangani.",
        "The content of this file was changed after signing.",
    ),
    "certification-broken": (
        "Penanda tangan pertama melarang perubahan ini, tetapi tetap dilakukan.",
        "The first signer forbade this kind of change, and it was made all the same.",
    ),
    "field-drawn-later": (
        "Gambar yang menyerupai tanda tangan ditambahkan setelah ditandatangani.",
        "A drawing that looks like a signature was added after signing.",
    ),
    "signature-over-text": (
        "Di halaman {page}, tanda tangan yang datang kemudian menutupi tulisan.",
        "On page {page} a later signature stands on top of words.",
    ),
    "signature-over-drawing": (
        "Di halaman {page}, tanda tangan yang datang kemudian menutupi gambar atau tanda tangan lain.",
        "On page {page} a later signature stands on top of a picture or another signature.",
    ),
    "title-changed": (
        "Judul atau keterangan berkas ini diganti setelah ditandatangani.",
        "The title or description of this file was changed after signing.",
    ),
    "form-dress-changed": (
        "Huruf yang dipakai isian berkas ini diganti setelah ditandatangani.",
        "The lettering of this file's form was changed after signing.",
    ),
    "later-signatures": (
        "Sesudahnya ditambahkan {count} tanda tangan lain, dan itu wajar.",
        "{count} more signatures were added later, which is in order.",
    ),
    "later-time-stamps": (
        "Sesudahnya ditambahkan {count} stempel waktu untuk arsip, dan itu wajar.",
        "{count} archive time stamps were added later, which is in order.",
    ),
    "later-evidence": (
        "Sesudahnya ditambahkan bukti keabsahan sertifikat, dan itu wajar.",
        "Evidence about the certificate was added later, which is in order.",
    ),
    # Cryptography
    "digest-differs": (
        "Isi berkas ini tidak sama dengan yang ditandatangani.",
        "The content is not what was signed.",
    ),
    "signature-value-wrong": (
        "Tanda tangan ini tidak dibuat oleh pemilik sertifikat yang disebutkan.",
        "This signature was not made by the holder of the certificate it names.",
    ),
    "weak-algorithm": (
        "Tanda tangan ini memakai cara lama yang sudah dapat dipalsukan.",
        "This signature uses an old method that can be forged today.",
    ),
    "weak-key": (
        "Kunci pada sertifikatnya terlalu pendek untuk dipercaya.",
        "The certificate's key is too short to be trusted.",
    ),
    "signer-not-found": (
        "Sertifikat penanda tangan tidak ada di dalam berkas.",
        "The signer's certificate is not in the file.",
    ),
    "cms-malformed": (
        "Susunan tanda tangan ini tidak sesuai aturan.",
        "This signature is not put together as the rules require.",
    ),
    "cms-unreadable": (
        "Tanda tangan ini tidak dapat dibaca.",
        "This signature cannot be read.",
    ),
    "signature-malformed": (
        "Yang tampak sebagai tanda tangan ini bukan tanda tangan yang lengkap.",
        "What looks like a signature is not a complete one.",
    ),
    "signature-unreadable": (
        "Tanda tangan ini tidak dapat kami periksa dengan pasti.",
        "We cannot examine this signature with certainty.",
    ),
    "unknown-format": (
        "Jenis tanda tangan ini belum kami kenal, jadi tidak kami nilai.",
        "We do not know this kind of signature, so we do not judge it.",
    ),
    # Certificates and time
    "issuer-unknown": (
        "Penerbit sertifikatnya tidak ada dalam daftar yang kami percayai.",
        "The certificate's issuer is not among those we trust.",
    ),
    "chain-broken": (
        "Sertifikatnya mengaku dari penerbit yang kami percayai, tetapi tidak terbukti.",
        "The certificate claims an issuer we trust, and cannot prove it.",
    ),
    "certificate-expired": (
        (
            "Sertifikatnya sudah habis masa berlakunya, dan tidak ada bukti waktu "
            "bahwa tanda tangannya dibuat sebelum itu."
        ),
        "The certificate has expired, and nothing proves that the signature is older than that.",
    ),
    "certificate-not-yet-valid": (
        "Tanda tangan ini dibuat sebelum sertifikatnya berlaku.",
        "This signature was made before its certificate became valid.",
    ),
    "certificate-revoked": (
        "Sertifikatnya sudah dicabut ketika tanda tangan ini dibuat.",
        "The certificate had been revoked when this signature was made.",
    ),
    "certificate-revoked-unproven": (
        (
            "Sertifikatnya sudah dicabut, dan tidak ada stempel waktu yang membuktikan "
            "bahwa tanda tangannya dibuat sebelum itu."
        ),
        (
            "The certificate was revoked, and no time stamp proves that the signature is older "
            "than that."
        ),
    ),
    "certificate-revoked-later": (
        (
            "Sertifikatnya kemudian dicabut. Tanda tangan ini tetap berlaku: stempel waktunya "
            "membuktikan bahwa ia dibuat sebelum pencabutan."
        ),
        (
            "The certificate was revoked later. This signature still counts: its time stamp proves "
            "that it was made before."
        ),
    ),
    "wrong-usage": (
        "Sertifikatnya tidak diterbitkan untuk menandatangani dokumen.",
        "The certificate was not issued for signing documents.",
    ),
    "revocation-not-known": (
        (
            "Berkas ini tidak membawa bukti bahwa sertifikatnya tidak dicabut, "
            "dan kami tidak bertanya ke luar."
        ),
        "The file carries no proof that the certificate was not revoked, and we do not ask around.",
    ),
    "time-not-proven": (
        "Stempel waktunya bukan dari layanan yang kami percayai, jadi waktunya belum terbukti.",
        "The time stamp is not from a service we trust, so the time is not proven.",
    ),
    "time-stamp-malformed": (
        "Stempel waktunya tidak dapat dibaca.",
        "The time stamp cannot be read.",
    ),
    "time-stamp-of-something-else": (
        "Stempel waktunya milik tanda tangan lain.",
        "The time stamp belongs to another signature.",
    ),
    "time-stamp-from-the-future": (
        "Stempel waktunya menyebut waktu yang belum tiba.",
        "The time stamp names a time that has not come.",
    ),
    "time-stamp-outside-validity": (
        "Stempel waktunya dibuat di luar masa berlaku sertifikat layanannya.",
        "The time stamp was made outside the validity of its service's certificate.",
    ),
    # This house's own files
    "signer-mismatch": (
        "Penanda tangan di dalam berkas tidak sama dengan catatan kami.",
        "The signers in the file are not those in our records.",
    ),
}

LANGUAGES = ("id", "en")


def sentence(code: str, params: Mapping[str, str | int], language: str) -> str:
    """The finding's sentence in `id` or `en`."""
    return REASONS[code][LANGUAGES.index(language)].format_map(params)

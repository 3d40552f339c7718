"""What the certificate desk may refuse."""

from backend.core.errors import Problem

AUTHORITY_MISSING = Problem(
    "certificates/authority-missing",
    503,
    "Penerbit sertifikat belum siap",
    "Penerbit sertifikat belum disiapkan. Minta pengelola menyelesaikan penyiapan, lalu coba lagi.",
)
ISSUER_UNAVAILABLE = Problem(
    "certificates/issuer-unavailable",
    503,
    "Penerbit sertifikat sedang tidak menjawab",
    "Penerbit sertifikat sedang tidak menjawab. Belum ada yang berubah; coba lagi sebentar lagi.",
)
ROOT_OFFLINE = Problem(
    "certificates/root-offline",
    409,
    "Kunci akar disimpan di luar server",
    "Kunci akar sudah disimpan di luar server. Buat daftar pencabutan akar di sana, lalu impor.",
)
TIME_STAMP_UNAVAILABLE = Problem(
    "certificates/time-stamp-unavailable",
    503,
    "Layanan waktu sedang tidak menjawab",
    "Layanan penanda waktu sedang tidak menjawab. Naskah belum ditandatangani; coba lagi nanti.",
)
CLOCKS_APART = Problem(
    "certificates/clocks-apart",
    503,
    "Jam server tidak cocok",
    "Jam server dan layanan penanda waktu berselisih {seconds} detik, jadi tanda tangan belum dapat "
    "dibuat. Beri tahu pengelola untuk menyetel jam server.",
)
FOREIGN_CERTIFICATE = Problem(
    "certificates/foreign",
    422,
    "Sertifikat dari penerbit lain",
    "Sertifikat ini bukan terbitan instansi Anda. Hubungi petugas registrasi.",
)
NOT_VALID = Problem(
    "certificates/not-valid",
    409,
    "Sertifikat sudah tidak berlaku",
    "Sertifikat ini sudah dibekukan atau dicabut. Muat ulang untuk melihat keadaan terbarunya.",
)
NOT_SUSPENDED = Problem(
    "certificates/not-suspended",
    409,
    "Sertifikat tidak sedang dibekukan",
    "Sertifikat ini tidak sedang dibekukan, jadi tidak ada yang perlu dibuka.",
)
LIST_NOT_ACCEPTED = Problem(
    "certificates/list-not-accepted",
    422,
    "Daftar pencabutan belum dapat dipakai",
    "Daftar pencabutan ini belum dapat dipakai: {reason}. Buat lagi dari kunci akar, lalu impor.",
)
REVOKED_BY_ISSUER = Problem(
    "certificates/revoked-by-issuer",
    409,
    "Sertifikat sudah dicabut penerbitnya",
    "Penerbit sertifikat menyatakan sertifikat ini sudah dicabut, jadi tanda tangannya tidak dipakai. "
    "Beri tahu pengelola.",
)

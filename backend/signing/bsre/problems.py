"""Why the national service cannot sign for a person, each with who can help."""

from backend.core.errors import DomainError, Problem

NOT_SET_UP = Problem(
    "signing/service-not-set-up",
    503,
    "Layanan BSrE belum dipasang",
    "Instansi memilih tanda tangan BSrE, tetapi alamat layanannya, akunnya, atau sertifikat induk "
    "BSrE belum dipasang. Beri tahu pengelola.",
)
AWAY = Problem(
    "signing/service-away",
    503,
    "Layanan BSrE sedang tidak terjangkau",
    "Layanan tanda tangan BSrE sedang tidak terjangkau, jadi tidak ada yang ditandatangani. Naskah "
    "tetap di meja Anda; coba lagi nanti.",
)
NOT_LET_IN = Problem(
    "signing/service-not-let-in",
    503,
    "Layanan BSrE menolak Centang",
    "Layanan BSrE tidak mengenali akun atau alamat IP instansi ini. Beri tahu pengelola; frasa "
    "sandi Anda tidak bermasalah.",
)
REFUSED = Problem(
    "signing/service-refused",
    409,
    "Ditolak layanan BSrE",
    "Layanan BSrE menolak berkas ini, jadi tidak ada yang ditandatangani. Tanda tangani lagi; bila "
    "ditolak lagi, beri tahu pengelola.",
)
WRONG_PASSPHRASE = Problem(
    "signing/service-wrong-passphrase",
    422,
    "Frasa sandi BSrE belum cocok",
    "Frasa sandi BSrE belum cocok, jadi tidak ada yang ditandatangani. Coba lagi dengan kode yang "
    "berikutnya; bila lupa, atur ulang lewat verifikator.",
)
WRONG_CODE = Problem(
    "signing/service-wrong-code",
    422,
    "Kode BSrE belum cocok",
    "Kode BSrE belum cocok atau sudah lewat, jadi tidak ada yang ditandatangani. Minta kode BSrE yang "
    "baru, lalu coba lagi.",
)
NO_CODE = Problem(
    "signing/service-no-code",
    409,
    "Layanan tidak memakai kode",
    "Layanan BSrE instansi ini memakai frasa sandi, bukan kode. Muat ulang, lalu tanda tangani.",
)
NO_NIK = Problem(
    "signing/service-no-nik",
    409,
    "NIK belum dicatat",
    "NIK Anda belum dicatat, padahal layanan BSrE memerlukannya. Temui verifikator.",
)

# The statuses of an account, in the service's own words. Only ISSUE may sign.
_MEET = "Temui verifikator."
_FINISH = "Selesaikan lewat surel dari BSrE, atau temui verifikator."
STATUSES: dict[str, Problem] = {
    word: Problem(f"signing/service-{code}", 409, title, detail)
    for word, code, title, detail in (
        (
            "NOT_REGISTERED",
            "not-registered",
            "Belum terdaftar di BSrE",
            f"Anda belum terdaftar di BSrE. {_MEET}",
        ),
        (
            "NEW",
            "new",
            "Pendaftaran BSrE belum selesai",
            f"Akun BSrE Anda baru dibuat. {_FINISH}",
        ),
        (
            "WAITING_FOR_VERIFICATION",
            "waiting",
            "Menunggu verifikasi BSrE",
            "Pendaftaran BSrE Anda sedang menunggu diperiksa. Tanyakan kepada verifikator.",
        ),
        (
            "NO_CERTIFICATE",
            "no-certificate",
            "Belum punya sertifikat BSrE",
            f"Akun BSrE Anda belum punya sertifikat. {_FINISH}",
        ),
        (
            "EXPIRED",
            "expired",
            "Sertifikat BSrE sudah habis",
            "Masa berlaku sertifikat BSrE Anda sudah habis. Minta pembaruan kepada verifikator.",
        ),
        (
            "RENEW",
            "renew",
            "Sertifikat BSrE sedang diperbarui",
            f"Sertifikat BSrE Anda sedang diperbarui. {_FINISH}",
        ),
        (
            "SUSPEND",
            "suspended",
            "Sertifikat BSrE dibekukan",
            f"Sertifikat BSrE Anda sedang dibekukan. {_MEET}",
        ),
        (
            "REVOKE",
            "revoked",
            "Sertifikat BSrE dicabut",
            f"Sertifikat BSrE Anda sudah dicabut. {_MEET} Anda perlu sertifikat baru.",
        ),
    )
}
OTHER_STATUS = Problem(
    "signing/service-other-status",
    409,
    "Akun BSrE belum siap",
    "Layanan BSrE menyebut akun Anda «{status}», jadi belum dapat menandatangani. Temui verifikator.",
)

# What becomes of an outcome that nobody knew.
WRONG_RESULT = Problem(
    "signing/wrong-result",
    422,
    "Bukan hasil yang dimaksud",
    "Berkas ini bukan hasil tanda tangan yang ditunggu, jadi tidak dipakai. Unduh berkasnya lagi "
    "dari layanan, atau pilih berkas yang lain.",
)
STILL_AT_WORK = Problem(
    "signing/still-at-work",
    409,
    "Layanan mungkin masih bekerja",
    "Layanan mungkin masih mengerjakan tanda tangan ini. Pastikan dulu, lalu usulkan lagi "
    "{minutes} menit lagi.",
)
NOT_UNKNOWN = Problem(
    "signing/not-unknown",
    409,
    "Hasilnya sudah diketahui",
    "Hasil tanda tangan ini sudah diketahui. Muat ulang untuk melihatnya.",
)
OWN_SIGNATURE = Problem(
    "signing/own-signature",
    403,
    "Bukan untuk tanda tangan sendiri",
    "Anda yang menandatangani naskah ini. Minta verifikator lain memutuskan hasilnya.",
)
NOT_SIGNED_THERE = Problem(
    "signing/not-signed-there",
    409,
    "Ternyata belum ditandatangani",
    "Dua verifikator sudah memastikan bahwa layanan tidak menandatangani naskah ini. Tanda tangani "
    "lagi.",
)


def of_status(word: str) -> DomainError | None:
    """Why an account of this status may not sign; None where it may."""
    if word == "ISSUE":
        return None
    known = STATUSES.get(word)
    return known() if known else OTHER_STATUS(status=word)

"""Why an authorisation that was made without a line, or one paper of it, is not carried out."""

from backend.core.errors import Problem

POLICY_OFF = Problem(
    "offline/policy-off",
    409,
    "Tanda tangan luring tidak dibuka",
    "Instansi Anda tidak membuka tanda tangan tanpa jaringan. Izin ini tidak dijalankan; tanda "
    "tangani lagi sekarang.",
)
TOO_MANY_DOCUMENTS = Problem(
    "offline/too-many-documents",
    409,
    "Terlalu banyak naskah dalam satu izin",
    "Tanpa jaringan, satu izin paling banyak untuk {most} naskah. Tanda tangani lagi sekarang.",
)
BAD_SIGNATURE = Problem(
    "offline/bad-signature",
    422,
    "Bukan izin dari ponsel ini",
    "Izin ini tidak ditandatangani kunci ponsel Anda, jadi tidak dijalankan. Tanda tangani lagi.",
)
DEVICE_REVOKED = Problem(
    "offline/device-revoked",
    409,
    "Perangkat sudah dicabut",
    "Perangkat yang membuat izin ini sudah dicabut, jadi izinnya tidak dijalankan. Tanda tangani "
    "lagi dari perangkat Anda yang lain.",
)
KEY_REVOKED = Problem(
    "offline/key-revoked",
    409,
    "Sertifikat sudah dicabut",
    "Sertifikat yang disebut izin ini sudah dicabut, jadi izinnya tidak dijalankan.",
)
REPLAYED = Problem(
    "offline/replayed",
    409,
    "Izin ini sudah pernah sampai",
    "Izin ini sudah pernah sampai dan dijawab. Muat ulang untuk melihat hasilnya.",
)
GRANT_UNKNOWN = Problem(
    "offline/grant-unknown",
    409,
    "Bekal izin tidak dikenal",
    "Bekal izin luring yang dipakai tidak dikenal. Sinkronkan ponsel, lalu tanda tangani lagi.",
)
GRANT_USED = Problem(
    "offline/grant-used",
    409,
    "Bekal izin sudah terpakai",
    "Bekal izin luring ini sudah terpakai untuk izin yang lain. Tanda tangani lagi sekarang.",
)
GRANT_EXPIRED = Problem(
    "offline/grant-expired",
    409,
    "Bekal izin sudah lewat",
    "Izin ini dibuat setelah bekal izin luringnya habis. Tanda tangani lagi sekarang.",
)
BEFORE_GRANT = Problem(
    "offline/before-grant",
    409,
    "Waktu izin belum sesuai",
    "Menurut jam ponsel, izin ini dibuat sebelum bekalnya diambil. Periksa jam ponsel, lalu tanda "
    "tangani lagi.",
)
IN_FUTURE = Problem(
    "offline/in-future",
    409,
    "Waktu izin belum tiba",
    "Menurut jam ponsel, izin ini dibuat di waktu yang belum tiba. Periksa jam ponsel, lalu tanda "
    "tangani lagi.",
)
WINDOW_EXCEEDED = Problem(
    "offline/window-exceeded",
    409,
    "Izin terlambat sampai",
    "Izin ini sampai lebih dari {hours} jam setelah dibuat, jadi tidak dijalankan. Tanda tangani "
    "lagi sekarang.",
)
CLOCK_CHANGED = Problem(
    "offline/clock-changed",
    409,
    "Selisih jam berbeda",
    "Selisih jam pada izin ini bukan yang diukur saat sinkron. Periksa jam ponsel, lalu tanda "
    "tangani lagi.",
)
CLOCK_FAR = Problem(
    "offline/clock-far",
    409,
    "Jam ponsel terlalu jauh",
    "Jam ponsel Anda berselisih lebih dari sehari. Setel jam ponsel agar dapat menandatangani "
    "tanpa jaringan.",
)
SEQ_SEEN = Problem(
    "offline/seq-seen",
    409,
    "Dua ponsel memakai satu kunci",
    "Urutan izin ini sudah pernah dipakai izin lain: mungkin ada salinan ponsel Anda. Perangkat ini "
    "dihentikan dan kirimannya dikarantina. Masuk lagi, lalu daftarkan perangkat baru.",
    keeps_work=True,
)
CODE_WRONG = Problem(
    "offline/code-wrong",
    422,
    "Kode sekali pakai belum cocok",
    "Kode pada izin ini tidak cocok dengan jam ponsel saat izin dibuat. Tanda tangani lagi sekarang.",
    keeps_work=True,
)
CODE_USED = Problem(
    "offline/code-used",
    409,
    "Kode sudah terpakai",
    "Kode pada izin ini sudah dipakai sebelumnya. Tanda tangani lagi dengan kode yang berikutnya.",
)
PASSPHRASE_WRONG = Problem(
    "offline/passphrase-wrong",
    422,
    "Frasa sandi belum cocok",
    "Frasa sandi pada izin ini belum cocok, jadi tidak dijalankan. Tanda tangani lagi sekarang.",
    keeps_work=True,
)

# Of one paper; the others of the same authorisation go on.
NOT_IN_GRANT = Problem(
    "offline/not-in-grant",
    409,
    "Naskah datang belakangan",
    "Naskah ini belum menunggu Anda ketika bekal izin luring diambil. Tanda tangani lagi sekarang.",
)
SECRECY = Problem(
    "offline/secrecy",
    409,
    "Sifat naskah perlu jaringan",
    "Naskah bersifat seperti ini hanya dapat ditandatangani dengan jaringan. Tanda tangani lagi "
    "sekarang.",
)

"""How identity says no."""

from backend.core.errors import Problem

# Signing in. What an attacker may cause is kept (`keeps_work`), so that failures are counted.
WRONG_CREDENTIALS = Problem(
    "identity/wrong-credentials",
    401,
    "Belum cocok",
    "Nama pengguna atau kata sandi belum cocok. Periksa, lalu coba lagi.",
    keeps_work=True,
)
CODE_REQUIRED = Problem(
    "identity/code-required",
    401,
    "Perlu kode sekali pakai",
    "Perangkat ini baru. Ketik kode enam angka dari aplikasi autentikator Anda.",
)
WRONG_CODE = Problem(
    "identity/wrong-code",
    401,
    "Kode belum cocok",
    "Kode belum cocok. Tunggu kode berikutnya di aplikasi autentikator, lalu ketik yang baru.",
    keeps_work=True,
)
CODE_USED = Problem(
    "identity/code-used",
    409,
    "Kode sudah dipakai",
    "Kode ini sudah dipakai. Tunggu kode berikutnya sekitar {wait} detik lagi, lalu ketik yang baru.",
)
WRONG_RECOVERY_CODE = Problem(
    "identity/wrong-recovery-code",
    401,
    "Kode pemulihan belum cocok",
    "Kode pemulihan belum cocok atau sudah pernah dipakai. Periksa, atau pakai yang lain.",
    keeps_work=True,
)
LOCKED = Problem(
    "identity/locked",
    429,
    "Tunggu sebentar",
    "Terlalu banyak percobaan yang belum cocok. Coba lagi dalam {retry_after} detik.",
)
SESSION_ENDED = Problem(
    "identity/session-ended",
    401,
    "Sesi sudah berakhir",
    "Sesi di perangkat ini sudah berakhir. Masuk lagi; pekerjaan Anda tidak hilang.",
    keeps_work=True,
)
ENROL_FIRST = Problem(
    "identity/enrol-first",
    403,
    "Pasang autentikator dulu",
    "Pasang aplikasi autentikator dan ketik kodenya sekali. Setelah itu meja Anda terbuka.",
)

# Second factor.
NO_SECOND_FACTOR = Problem(
    "identity/no-second-factor",
    409,
    "Autentikator belum dipasang",
    "Autentikator belum dipasang. Buka Profil, pasang, lalu ulangi.",
)
PROVE_SECOND_FACTOR = Problem(
    "identity/prove-second-factor",
    422,
    "Buktikan dulu",
    "Ketik kode dari autentikator yang lama, atau satu kode pemulihan, untuk menggantinya.",
)

# Passwords and invitations.
WEAK_PASSWORD = Problem(
    "identity/weak-password",
    422,
    "Kata sandi mudah ditebak",
    "Kata sandi ini mudah ditebak. Pakai paling sedikit {least} huruf; beberapa kata acak paling mudah diingat.",
)
WRONG_PASSWORD = Problem(
    "identity/wrong-password",
    422,
    "Kata sandi lama belum cocok",
    "Kata sandi lama belum cocok. Periksa, lalu coba lagi.",
    keeps_work=True,
)
INVITATION_ENDED = Problem(
    "identity/invitation-ended",
    410,
    "Tautan sudah tidak berlaku",
    "Tautan ini sudah dipakai atau lewat waktunya. Minta tautan baru kepada pengelola.",
)
USERNAME_TAKEN = Problem(
    "identity/username-taken",
    409,
    "Nama pengguna sudah ada",
    "Nama pengguna itu sudah dipakai orang lain. Pilih yang lain.",
)
ACCOUNT_EXISTS = Problem(
    "identity/account-exists",
    409,
    "Akun sudah ada",
    "Orang ini sudah punya akun. Untuk membukanya kembali, dua verifikator perlu memutuskannya.",
)

# Devices and what they state.
STATEMENT_INVALID = Problem(
    "identity/statement-invalid",
    422,
    "Pernyataan perangkat belum sah",
    "Pernyataan dari perangkat ini belum dapat diterima. Muat ulang aplikasi, lalu ulangi.",
)
STATEMENT_STALE = Problem(
    "identity/statement-stale",
    422,
    "Jam perangkat berbeda",
    "Jam perangkat ini berbeda dari jam server. Setel jam otomatis di pengaturan ponsel, lalu ulangi.",
)
STATEMENT_REPLAYED = Problem(
    "identity/statement-replayed",
    409,
    "Sudah pernah dikirim",
    "Pernyataan ini sudah pernah dikirim. Muat ulang untuk melihat hasilnya.",
)
DEVICE_UNKNOWN = Problem(
    "identity/device-unknown",
    403,
    "Perangkat belum terdaftar",
    "Perangkat ini belum terdaftar atas nama Anda, atau sudah dicabut. Daftarkan dari Profil.",
)
DEVICE_OVER = Problem(
    "identity/device-over",
    410,
    "Perangkat sudah dicabut",
    "Perangkat ini sudah dicabut atau dilaporkan hilang, jadi isi Centang di dalamnya dihapus. Bila "
    "ini perangkat Anda, masuk lagi untuk mendaftarkannya kembali.",
)
DEVICE_TAKEN = Problem(
    "identity/device-taken",
    409,
    "Perangkat sudah terdaftar",
    "Kunci perangkat ini sudah pernah didaftarkan. Muat ulang aplikasi untuk membuat yang baru.",
)
DEVICE_BOUND = Problem(
    "identity/device-bound",
    409,
    "Perangkat sudah terpasang",
    "Sesi ini sudah terikat pada perangkatnya. Untuk perangkat lain, masuk dari perangkat itu.",
)
DEVICE_WAITS = Problem(
    "identity/device-waits",
    403,
    "Perangkat baru belum boleh memutuskan",
    "Perangkat baru ini boleh membaca dan mencentang. Memaraf, menandatangani, mengembalikan dan menolak bisa mulai {may_sign_from}, atau lebih cepat bila disetujui dari perangkat lama atau oleh dua verifikator.",
)
SIGNING_SUSPENDED = Problem(
    "identity/signing-suspended",
    403,
    "Tanda tangan ditangguhkan",
    "Sejak autentikator disetel ulang Anda boleh membaca dan mencentang. Temui verifikator: dua dari mereka membuka lagi paraf, tanda tangan, pengembalian dan penolakan.",
)

# Passkeys.
PASSKEY_MISSING = Problem(
    "identity/passkey-missing",
    403,
    "Perlu kunci sandi",
    "Instansi Anda meminta kunci sandi untuk menandatangani, dan perangkat ini belum punya. Pasang "
    "dulu di Profil, Perangkat dan sesi.",
)
PASSKEY_UNANSWERED = Problem(
    "identity/passkey-unanswered",
    422,
    "Belum dikukuhkan kunci sandi",
    "Izin ini belum dikukuhkan dengan kunci sandi perangkat, jadi tidak dijalankan. Tanda tangani "
    "lagi, lalu kukuhkan.",
)
PASSKEY_UNKNOWN = Problem(
    "identity/passkey-unknown",
    422,
    "Bukan kunci sandi perangkat ini",
    "Kunci sandi yang dipakai bukan yang terpasang pada perangkat ini. Pakai kunci sandi Centang "
    "di perangkat ini.",
)
PASSKEY_OTHER = Problem(
    "identity/passkey-other",
    422,
    "Kukuhan untuk izin lain",
    "Kukuhan kunci sandi ini dibuat untuk izin yang lain, jadi tidak dijalankan. Tanda tangani lagi.",
)
PASSKEY_UNVERIFIED = Problem(
    "identity/passkey-unverified",
    422,
    "Pemilik belum dikenali",
    "Perangkat belum mengenali Anda. Kukuhkan dengan sidik jari, wajah, atau kunci layar perangkat.",
)
PASSKEY_INVALID = Problem(
    "identity/passkey-invalid",
    422,
    "Kukuhan belum sah",
    "Kukuhan kunci sandi ini belum dapat diterima. Muat ulang aplikasi, lalu ulangi.",
)
PASSKEY_COPIED = Problem(
    "identity/passkey-copied",
    409,
    "Kunci sandi tampaknya disalin",
    "Hitungan kunci sandi ini mundur: mungkin ada salinannya. Kunci sandi dilepas dan perangkat "
    "menunggu seperti perangkat baru. Pasang kunci sandi baru di Profil.",
    keeps_work=True,
)
PASSKEY_EXISTS = Problem(
    "identity/passkey-exists",
    409,
    "Kunci sandi sudah terpasang",
    "Perangkat ini sudah punya kunci sandi. Lepas dulu yang lama bila ingin menggantinya.",
)

# Two officers.
SAME_OFFICER = Problem(
    "identity/same-officer",
    403,
    "Perlu verifikator kedua",
    "Usulan ini dari Anda. Verifikator lain yang memutuskannya.",
)
OWN_CASE = Problem(
    "identity/own-case",
    403,
    "Menyangkut diri Anda",
    "Keputusan ini menyangkut diri Anda. Dua verifikator lain yang menanganinya.",
)
OFFICER_WAITS = Problem(
    "identity/officer-waits",
    403,
    "Penunjukan belum berlaku",
    "Penunjukan Anda sebagai verifikator berlaku mulai {counts_from}, bila tidak ada yang berkeberatan.",
)
OFFICERS_DECIDE = Problem(
    "identity/officers-decide",
    409,
    "Dua verifikator yang memutuskan",
    "Verifikator baru diputuskan dua verifikator yang sudah ada. Kirim sebagai usulan kepada mereka.",
)
OBJECTION_LATE = Problem(
    "identity/objection-late",
    409,
    "Tidak lagi menunggu",
    "Penunjukan ini sudah berlaku atau sudah dibatalkan. Muat ulang untuk melihat keadaannya.",
)
OWN_RIGHTS = Problem(
    "identity/own-rights",
    403,
    "Untuk diri sendiri",
    "Peran dan jabatan untuk diri sendiri diberikan orang lain. Minta pengelola lain melakukannya.",
)
IDENTITY_CHECKED = Problem(
    "identity/identity-checked",
    409,
    "Identitas sudah diperiksa",
    "Nama dan NIP orang ini sudah diperiksa verifikator. Dua verifikator yang memperbaikinya.",
)
DECISION_CLOSED = Problem(
    "identity/decision-closed",
    409,
    "Sudah diputuskan",
    "Usulan ini sudah diputuskan atau ditarik. Muat ulang untuk melihat hasilnya.",
)
DECISION_PENDING = Problem(
    "identity/decision-pending",
    409,
    "Sudah diusulkan",
    "Usulan yang sama masih menunggu verifikator kedua. Buka daftar usulan untuk melihatnya.",
)
NOTHING_TO_DECIDE = Problem(
    "identity/nothing-to-decide",
    409,
    "Belum perlu",
    "Keadaan orang ini belum memerlukan keputusan itu. Muat ulang untuk melihat keadaan terbaru.",
)

# What a lost device sends.
QUARANTINED = Problem(
    "offline/quarantined",
    403,
    "Dikarantina",
    "Perangkat ini dilaporkan hilang, jadi kirimannya dikarantina dan tidak dijalankan. Pemiliknya "
    "dapat memeriksanya dari perangkat lain.",
    keeps_work=True,
)
QUARANTINE_DECIDED = Problem(
    "offline/quarantine-decided",
    409,
    "Sudah diputuskan",
    "Kiriman ini sudah dibuang atau dikukuhkan. Muat ulang untuk melihat keadaannya.",
)
DO_AGAIN = Problem(
    "offline/do-again",
    409,
    "Cukup diulangi",
    "Yang ini tidak perlu dikukuhkan. Buka naskahnya, lalu lakukan lagi dari perangkat ini.",
)

# First set-up.
ALREADY_SET_UP = Problem(
    "identity/already-set-up",
    409,
    "Sudah disiapkan",
    "Pemasangan ini sudah punya pengelola. Masuk dengan akun Anda.",
)
SETUP_LINK_ENDED = Problem(
    "identity/setup-link-ended",
    403,
    "Tautan tidak berlaku",
    "Tautan penyiapan ini tidak berlaku. Pakai tautan terakhir yang tampil di terminal server.",
)
LAST_ADMINISTRATOR = Problem(
    "identity/last-administrator",
    409,
    "Pengelola terakhir",
    "Ini pengelola yang terakhir. Tunjuk pengelola lain dulu, baru ulangi.",
)

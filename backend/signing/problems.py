"""Why a signature cannot be authorised, prepared, placed or made."""

from backend.core.errors import Problem

# The envelope: a device's statement and the secrets that came with it.
ENVELOPE_INVALID = Problem(
    "signing/envelope-invalid",
    422,
    "Izin tanda tangan belum lengkap",
    "Izin tanda tangan dari perangkat ini belum lengkap. Muat ulang aplikasi, lalu ulangi.",
)
ENVELOPE_UNBOUND = Problem(
    "signing/envelope-unbound",
    422,
    "Izin dan rahasia tidak sepasang",
    "Frasa sandi yang terkirim bukan pasangan izin ini. Muat ulang aplikasi, lalu ulangi.",
)
ACTIVATION_KEY_GONE = Problem(
    "signing/activation-key-gone",
    409,
    "Kunci pengiriman sudah berganti",
    "Kunci untuk mengirim frasa sandi sudah berganti. Muat ulang, lalu ketik frasa sandi lagi.",
)
SEQUENCE_SEEN = Problem(
    "signing/sequence-seen",
    409,
    "Urutan izin tidak cocok",
    "Perangkat ini pernah mengirim izin yang lebih baru. Muat ulang, lalu ulangi. Bila terjadi "
    "lagi, laporkan perangkat ini di Profil.",
    keeps_work=True,
)
OTHER_CREDENTIAL = Problem(
    "signing/other-credential",
    409,
    "Sertifikat Anda sudah berganti",
    "Izin ini dibuat untuk sertifikat yang lain. Muat ulang, lalu tanda tangani lagi.",
)
OTHER_PROVIDER = Problem(
    "signing/other-provider",
    409,
    "Cara tanda tangan sudah berganti",
    "Cara tanda tangan instansi sudah berganti sejak izin ini dibuat. Muat ulang, lalu ulangi.",
)

# The credential.
NO_CREDENTIAL = Problem(
    "signing/no-credential",
    409,
    "Belum ada sertifikat",
    "Anda belum punya sertifikat tanda tangan. Temui verifikator untuk memintanya.",
)
CERTIFICATE_SUSPENDED = Problem(
    "signing/certificate-suspended",
    409,
    "Sertifikat dibekukan",
    "Sertifikat Anda sedang dibekukan. Temui verifikator; dua verifikator dapat membukanya.",
)
CERTIFICATE_EXPIRED = Problem(
    "signing/certificate-expired",
    409,
    "Sertifikat sudah habis masa berlakunya",
    "Masa berlaku sertifikat Anda sudah habis. Temui verifikator untuk meminta yang baru.",
)
WRONG_PASSPHRASE = Problem(
    "signing/wrong-passphrase",
    422,
    "Frasa sandi belum cocok",
    "Frasa sandi belum cocok. Masih bisa {tries_left} kali lagi, dengan kode yang berikutnya.",
    keeps_work=True,
)
CREDENTIAL_LOCKED = Problem(
    "signing/credential-locked",
    429,
    "Frasa sandi dikunci sementara",
    "Frasa sandi terlalu sering belum cocok. Coba lagi dalam {retry_after} detik. Bila lupa, "
    "temui verifikator untuk sertifikat baru.",
    keeps_work=True,
)
WEAK_PASSPHRASE = Problem(
    "signing/weak-passphrase",
    422,
    "Frasa sandi mudah ditebak",
    "Frasa sandi ini mudah ditebak. Pakai paling sedikit {least} huruf, bukan nama, NIP, atau kata "
    "yang umum; empat kata acak paling mudah diingat.",
)
SAME_PASSPHRASE = Problem(
    "signing/same-passphrase",
    422,
    "Frasa sandi masih sama",
    "Frasa sandi yang baru sama dengan yang lama. Pilih yang lain.",
)
NOT_ENROLLED = Problem(
    "signing/not-enrolled",
    409,
    "Belum disetujui dua verifikator",
    "Sertifikat untuk Anda belum disetujui dua verifikator, atau masa membuatnya sudah lewat. "
    "Temui verifikator.",
)
OTHER_DEVICE_ENROLLED = Problem(
    "signing/other-device-enrolled",
    409,
    "Buat dari perangkat yang diperiksa",
    "Verifikator memeriksa perangkat Anda yang lain. Buat frasa sandi dari perangkat itu.",
)
VAULT_UNAVAILABLE = Problem(
    "signing/vault-unavailable",
    503,
    "Perangkat penyimpan kunci tidak menjawab",
    "Perangkat penyimpan kunci tidak menjawab atau kunci Anda tidak ada di sana. Yang belum "
    "ditandatangani tetap menunggu. Beri tahu pengelola, lalu ulangi.",
)
VAULT_FULL = Problem(
    "signing/vault-full",
    503,
    "Perangkat penyimpan kunci penuh",
    "Perangkat penyimpan kunci tidak punya tempat untuk kunci baru. Beri tahu pengelola.",
)
KEY_BLOCKED = Problem(
    "signing/key-blocked",
    409,
    "Kunci diblokir perangkatnya",
    "Perangkat penyimpan kunci memblokir kunci Anda untuk seterusnya. Temui verifikator untuk "
    "sertifikat baru.",
)

# The agency's seal.
NO_SEAL = Problem(
    "signing/no-seal",
    409,
    "Belum ada segel",
    "Segel elektronik instansi belum disetujui dua petugas registrasi, atau Anda bukan "
    "pemegangnya. Hubungi petugas registrasi.",
)
SEAL_NOT_JOINED = Problem(
    "signing/seal-not-joined",
    409,
    "Pemegang segel belum lengkap",
    "Kedua pemegang segel perlu membuat frasa sandi segelnya dulu, masing-masing di ponselnya.",
)
SEAL_JOINED = Problem(
    "signing/seal-joined",
    409,
    "Frasa sandi segel sudah ada",
    "Anda sudah membuat frasa sandi segel. Bila lupa, dua petugas registrasi perlu menyetujui "
    "segel baru.",
)
SEAL_TERMS = Problem(
    "signing/seal-terms",
    422,
    "Batas segel belum sesuai",
    "Segel dapat diaktifkan paling lama {hours} jam untuk paling banyak {most} naskah, dan pemegang "
    "kedua menyetujui batas yang sama. Muat ulang, lalu ulangi.",
)
SEAL_SAME_CUSTODIAN = Problem(
    "signing/seal-same-custodian",
    409,
    "Perlu pemegang yang lain",
    "Anda sudah menyetujui. Segel baru aktif setelah pemegang kedua menyetujui dari ponselnya.",
)
SEAL_HALF_LOST = Problem(
    "signing/seal-half-lost",
    409,
    "Persetujuan pertama sudah lewat",
    "Persetujuan pemegang pertama sudah lewat atau server dimulai ulang. Mulai lagi dari awal.",
)
SEAL_WAITS = Problem(
    "signing/seal-waits",
    409,
    "Naskah menunggu segel instansi",
    "Naskah ini perlu segel elektronik instansi sebelum ditandatangani. Minta kedua pemegang segel "
    "mengaktifkannya.",
)

# The preparation and the signature itself.
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
NO_ROOM = Problem(
    "signing/no-room",
    409,
    "Belum ada tempat tanda tangan",
    "Tidak ada ruang kosong untuk tanda tangan {position} di halaman terakhir. "
    "Operator perlu meletakkannya di pratinjau halaman.",
)
NO_SIGNER = Problem(
    "signing/no-signer",
    409,
    "Jabatan belum ada pemegangnya",
    "Jabatan {position} belum ada pemegangnya, jadi naskah belum dapat disiapkan. Minta pengelola "
    "menetapkan pejabatnya.",
)
NOT_PREPARED = Problem(
    "signing/not-prepared",
    409,
    "Naskah sedang disiapkan",
    "Naskah sedang disiapkan untuk ditandatangani. Coba lagi sebentar lagi.",
)
PREPARATION_CHANGED = Problem(
    "signing/preparation-changed",
    409,
    "Naskah disiapkan ulang",
    "Berkas yang siap ditandatangani baru saja berganti. Muat ulang, lalu tanda tangani lagi.",
)
NOT_RENEWABLE = Problem(
    "signing/not-renewable",
    409,
    "Belum dapat diperpanjang",
    "Sertifikat dapat diperpanjang sendiri mulai 60 hari sebelum berakhir, selama tidak dibekukan "
    "dan nama serta NIP tidak berubah. Selain itu, temui verifikator.",
)
NOT_MADE = Problem(
    "signing/not-made",
    503,
    "Tanda tangan belum jadi",
    "Tanda tangan belum jadi dan naskah tidak berubah. Coba tanda tangani lagi; bila terulang, "
    "beri tahu pengelola.",
)
INTERRUPTED = Problem(
    "signing/interrupted",
    503,
    "Tanda tangan terputus",
    "Server terhenti saat menandatangani, jadi tidak ada yang ditandatangani. Tanda tangani lagi.",
)
DESK_AWAY = Problem(
    "signing/desk-away",
    503,
    "Meja tanda tangan sedang tidak siap",
    "Meja tanda tangan sedang tidak siap. Izin Anda belum terpakai; tanda tangani lagi sebentar "
    "lagi. Bila terulang, beri tahu pengelola.",
)
DESK_SILENT = Problem(
    "signing/desk-silent",
    503,
    "Meja tanda tangan terputus",
    "Meja tanda tangan terputus sebelum menjawab. Lihat dulu apakah naskah sudah ditandatangani, "
    "lalu tanda tangani lagi yang belum.",
)
BATCH_NOT_PAUSED = Problem(
    "signing/batch-not-paused",
    409,
    "Tidak menunggu aktivasi ulang",
    "Rangkaian tanda tangan ini masih berjalan atau sudah selesai. Muat ulang untuk melihatnya.",
)
NOT_OF_BATCH = Problem(
    "signing/not-of-batch",
    422,
    "Naskah lain ikut terpilih",
    "Aktivasi ulang hanya untuk naskah yang tersisa. Muat ulang, lalu ulangi.",
)
PLACEMENT_INVALID = Problem(
    "signing/placement-invalid",
    422,
    "Letak tanda tangan belum sesuai",
    "Letak tanda tangan tahap {ordinal} tidak ada di naskah ini. Letakkan lagi di pratinjau.",
)
PLACEMENT_FIXED = Problem(
    "signing/placement-fixed",
    409,
    "Letak tidak dapat diubah lagi",
    "Naskah ini sudah mulai ditandatangani, jadi letak tanda tangan tidak dapat diubah. Tarik "
    "naskahnya dulu bila letaknya harus berubah.",
)

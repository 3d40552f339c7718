"""Every way a route says no."""

from backend.core.errors import Problem

# Turns and their order.
NOT_YOUR_TURN = Problem(
    "routing/not-your-turn",
    409,
    "Belum giliran Anda",
    "Naskah ini menunggu {position}. Giliran Anda sesudahnya.",
)
NOT_TICKED = Problem(
    "routing/not-ticked",
    409,
    "Belum dicentang",
    "Baca semua halaman dan centang naskah ini dulu, lalu lanjutkan.",
)
ALREADY_TICKED = Problem(
    "routing/already-ticked",
    409,
    "Sudah dicentang",
    "{name} sudah mencentang naskah ini {when}.",
)
ALREADY_DONE = Problem(
    "routing/already-done",
    409,
    "Sudah selesai",
    "{name} sudah {verb} naskah ini {when}. Tidak ada lagi yang perlu dikerjakan di tahap ini.",
)
ALREADY_RETURNED = Problem(
    "routing/already-returned",
    409,
    "Sudah dikembalikan",
    "{name} mengembalikan naskah ini {when}. Tunggu versi perbaikannya.",
)
ALREADY_REJECTED = Problem(
    "routing/already-rejected",
    409,
    "Sudah ditolak",
    "{name} menolak naskah ini {when}. Naskah ini tidak dilanjutkan.",
)
WITHDRAWN = Problem(
    "routing/withdrawn",
    409,
    "Naskah ditarik",
    "{name} menarik naskah ini {when}. Tidak ada yang perlu Anda kerjakan.",
)
VERSION_REPLACED = Problem(
    "routing/version-replaced",
    409,
    "Naskah diganti",
    "Operator mengganti naskah {when}. Baca versi {ordinal}, lalu centang lagi.",
)
WRONG_ACTION = Problem(
    "routing/wrong-action",
    409,
    "Bukan tindakan tahap ini",
    "Tahap ini meminta {wanted}. Buka naskahnya lagi dari meja Anda.",
)
NOT_BEING_SIGNED = Problem(
    "routing/not-being-signed",
    409,
    "Tidak sedang ditandatangani",
    "Tidak ada tanda tangan yang sedang dibuat di tahap ini. Muat ulang naskahnya.",
)
SIGNING_IN_PROGRESS = Problem(
    "routing/signing-in-progress",
    409,
    "Sedang ditandatangani",
    "Tanda tangan {position} sedang dibuat. Tunggu sebentar, lalu buka lagi.",
)
OUTCOME_UNKNOWN = Problem(
    "routing/outcome-unknown",
    409,
    "Belum pasti",
    "Belum pasti. Kami sedang memastikannya, jangan tanda tangani lagi dulu.",
)

# The document as a whole.
NOT_ON_ROUTE = Problem(
    "routing/not-on-route",
    409,
    "Belum diantrekan",
    "Naskah ini belum diantrekan. Operator perlu mengantrekannya dulu.",
)
ALREADY_ON_ROUTE = Problem(
    "routing/already-on-route",
    409,
    "Sudah berjalan",
    "Naskah ini sudah diantrekan dan menunggu {position}. Tarik dulu bila ingin mengubahnya.",
)
ALREADY_SIGNED = Problem(
    "routing/already-signed",
    409,
    "Sudah ditandatangani",
    "Naskah ini sudah ditandatangani lengkap. Perubahan hanya lewat naskah baru.",
)
NOT_SIGNED = Problem(
    "routing/not-signed",
    409,
    "Belum ditandatangani",
    "Naskah ini belum ditandatangani lengkap, jadi belum dapat dicabut, diganti, atau dikirim.",
)
NOT_VALIDATED = Problem(
    "routing/not-validated",
    409,
    "Masih diperiksa",
    "Tanda tangan pada naskah ini masih diperiksa. Kirim setelah pemeriksaan selesai.",
)
CLOSED = Problem(
    "routing/closed",
    409,
    "Naskah sudah ditutup",
    "Naskah ini sudah dicabut, diganti, atau dibatalkan, jadi tidak dapat diubah lagi.",
)

# Drawing the route.
NO_STEPS = Problem(
    "routing/no-steps",
    422,
    "Jalur masih kosong",
    "Pilih dulu siapa yang memaraf dan siapa yang menandatangani.",
)
NO_SIGNER = Problem(
    "routing/no-signer",
    422,
    "Belum ada penanda tangan",
    "Jalur ini belum punya penanda tangan. Tambahkan paling sedikit satu.",
)
INITIALS_FIRST = Problem(
    "routing/initials-first",
    422,
    "Urutan terbalik",
    "Paraf selalu sebelum tanda tangan. Pindahkan pemaraf ke atas penanda tangan.",
)
POSITION_TWICE = Problem(
    "routing/position-twice",
    422,
    "Jabatan tertulis dua kali",
    "{position} tertulis dua kali di jalur ini. Hapus salah satunya.",
)
UNKNOWN_POSITION = Problem(
    "routing/unknown-position",
    422,
    "Jabatan tidak dikenal",
    "Salah satu jabatan tidak ada atau sudah ditutup. Pilih lagi dari daftar.",
)
DUE_IN_THE_PAST = Problem(
    "routing/due-in-the-past",
    422,
    "Tenggat sudah lewat",
    "Tenggat {position} sudah lewat. Pilih waktu yang akan datang.",
)
NO_VERSION = Problem(
    "routing/no-version",
    409,
    "Belum ada berkas",
    "Naskah ini belum punya berkas PDF. Unggah dulu, lalu antrekan.",
)
VERSION_NOT_READY = Problem(
    "routing/version-not-ready",
    409,
    "Berkas belum siap",
    "Versi {ordinal} belum siap. Tunggu pemeriksaannya selesai, atau unggah berkas perbaikan.",
)

# Who may act.
MANDATE_ENDED = Problem(
    "routing/mandate-ended",
    403,
    "Masa jabatan berakhir",
    "Masa {capacity} Anda berakhir {day}. Hubungi bagian organisasi.",
)
NO_MANDATE = Problem(
    "routing/no-mandate",
    403,
    "Bukan jabatan Anda",
    "Tahap ini untuk {position}. Anda tidak memegang jabatan itu saat ini.",
)
NOT_YOUR_TICK = Problem(
    "routing/not-your-tick",
    409,
    "Bukan centang Anda",
    "Centang di tahap ini dibuat oleh {name} {when}. Baca dan centang sendiri dulu.",
)

# What a tick or a note must carry.
NOTE_REQUIRED = Problem(
    "routing/note-required",
    422,
    "Catatan masih kosong",
    "Tulis catatan singkat supaya konseptor tahu apa yang perlu diperbaiki.",
)
TICK_UNREADABLE = Problem(
    "routing/tick-unreadable",
    422,
    "Centang tidak terbaca",
    "Pernyataan centang tidak lengkap. Perbarui aplikasi, buka naskahnya, lalu centang lagi.",
)
TICK_OTHER_STEP = Problem(
    "routing/tick-other-step",
    422,
    "Centang untuk tahap lain",
    "Centang ini dibuat untuk naskah atau tahap lain. Buka naskahnya lagi, lalu centang.",
)
TICK_PAGES = Problem(
    "routing/tick-pages",
    422,
    "Belum semua halaman terbaca",
    "Halaman {page} yang tampil tidak sama dengan yang tersimpan, atau belum tampil. "
    "Buka semua halaman, lalu centang lagi.",
)
NO_MANDATE_THEN = Problem(
    "offline/no-mandate-then",
    409,
    "Belum menjabat saat itu",
    "Ketika ini dibuat tanpa jaringan, Anda belum memegang jabatan {position}. Lakukan lagi sekarang.",
)
SEAL_NOT_OFFERED = Problem(
    "routing/seal-not-offered",
    409,
    "Segel tidak tersedia",
    "Jenis naskah ini memakai segel instansi, padahal instansi menandatangani lewat BSrE: segel "
    "sendiri mengunci naskah sehingga BSrE tidak dapat menambah tanda tangan. Minta pengelola "
    "mematikan segel untuk jenis ini, atau memilih tanda tangan instansi sendiri.",
)

# After the last signature.
REASON_REQUIRED = Problem(
    "routing/reason-required",
    422,
    "Alasan masih kosong",
    "Tulis alasan singkatnya. Alasan ini tercatat pada riwayat naskah.",
)
ONLY_SIGNERS = Problem(
    "routing/only-signers",
    403,
    "Hanya penanda tangan",
    "Naskah ini hanya dapat dicabut oleh pejabat yang jabatannya menandatanganinya.",
)
SUCCESSOR_NOT_SIGNED = Problem(
    "routing/successor-not-signed",
    409,
    "Pengganti belum sah",
    "Naskah pengganti belum selesai ditandatangani dan diperiksa. Tunggu sampai selesai.",
)

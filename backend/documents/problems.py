"""Every way a paper, its file or its number is refused. Each sentence says what to do next."""

from backend.core.errors import Problem

_RESAVE = "Buka di komputer, pilih Cetak ke PDF, lalu unggah hasilnya."

# The paper itself.
CHANGED = Problem(
    "documents/changed",
    412,
    "Sudah diubah",
    "Naskah ini baru saja diubah orang lain. Muat ulang, periksa, lalu simpan lagi.",
)
REVISION_NEEDED = Problem(
    "documents/revision-needed",
    428,
    "Muat ulang dulu",
    "Muat ulang naskah ini sebelum mengubahnya, supaya perubahan orang lain tidak tertimpa.",
)
NOT_EDITABLE = Problem(
    "documents/not-editable",
    409,
    "Sedang di rute",
    "Naskah ini sedang di rutenya atau sudah selesai. Tarik dulu bila perlu diubah.",
)
UNKNOWN_TYPE = Problem(
    "documents/unknown-type",
    422,
    "Jenis naskah tidak dikenal",
    "Jenis naskah ini tidak ada atau tidak dipakai lagi. Pilih dari daftar.",
)
NOTE_NEEDED = Problem(
    "documents/note-needed",
    422,
    "Catatan belum diisi",
    "Tulis alasannya dulu, lalu ulangi.",
)

# Numbers.
NUMBER_NOT_FREE = Problem(
    "documents/number-not-free",
    409,
    "Nomor sudah dipakai",
    "Nomor {number} sudah dipakai atau dibatalkan. Ambil nomor lain.",
)
NUMBER_FIXED = Problem(
    "documents/number-fixed",
    409,
    "Nomor sudah diambil",
    "Nomor {number} sudah diambil untuk naskah ini, jadi jenis, klasifikasi dan sifatnya tetap. "
    "Batalkan naskah ini dan buat yang baru bila harus diganti.",
)
NUMBER_TAKEN = Problem(
    "documents/number-taken",
    409,
    "Nomor sudah ada",
    "Nomor urut {sequence} sudah ada di agenda tahun {year}. Periksa lagi buku agenda.",
)
NUMBER_DATE = Problem(
    "documents/number-date",
    422,
    "Tanggal di luar agenda",
    "Nomor hanya dapat diambil untuk hari ini atau sebelumnya, paling jauh tahun lalu.",
)
AGENDA_BEHIND = Problem(
    "documents/agenda-behind",
    409,
    "Agenda sudah lebih jauh",
    "Agenda tahun {year} sudah sampai nomor {highest}. Isi angka itu atau yang lebih besar.",
)

# Receiving a file.
NOT_A_PDF = Problem(
    "documents/not-a-pdf",
    415,
    "Bukan PDF",
    "Berkas ini bukan PDF. Simpan naskah sebagai PDF, lalu unggah lagi.",
)
DIGEST_MISMATCH = Problem(
    "documents/digest-mismatch",
    422,
    "Berkas rusak di jalan",
    "Isi berkas berubah selama dikirim. Unggah lagi; tidak ada yang tersimpan.",
)
PIECE_DAMAGED = Problem(
    "documents/piece-damaged",
    422,
    "Bagian rusak di jalan",
    "Bagian berkas ini berubah selama dikirim. Kirim bagian ini sekali lagi.",
)
INCOMPLETE = Problem(
    "documents/incomplete",
    400,
    "Unggahan terputus",
    "Sambungan terputus sebelum berkas lengkap. Tidak ada yang tersimpan; unggah lagi.",
)
UPLOAD_ELSEWHERE = Problem(
    "documents/upload-elsewhere",
    409,
    "Sampai bagian lain",
    "Server sudah menerima berkas ini sampai bagian lain. Lanjutkan dari sana.",
)
TOO_MANY_UPLOADS = Problem(
    "documents/too-many-uploads",
    409,
    "Terlalu banyak unggahan",
    "Masih ada {most} unggahan Anda yang belum selesai. Selesaikan atau batalkan salah satunya dulu.",
)
DUPLICATE = Problem(
    "documents/duplicate",
    409,
    "Berkas sudah ada",
    "Berkas yang sama sudah ada di naskah «{subject}» ({number}). Buka naskah itu, atau pilih berkas lain.",
)

# What the examination refuses. Codes only travel from the sandbox.
EMPTY = Problem(
    "documents/empty", 422, "Berkas kosong", "PDF ini kosong. Pilih berkas yang benar, lalu unggah."
)
BLANK = Problem(
    "documents/blank",
    422,
    "Halaman kosong semua",
    "Semua halaman PDF ini kosong. Periksa pemindai atau berkasnya, lalu unggah lagi.",
)
DISGUISED = Problem(
    "documents/disguised",
    422,
    "Bukan PDF murni",
    f"Berkas ini memuat sesuatu selain PDF. {_RESAVE}",
)
CUT_SHORT = Problem(
    "documents/cut-short",
    422,
    "PDF terpotong",
    "PDF ini terpotong di tengah. Salin atau simpan ulang berkasnya, lalu unggah lagi.",
)
MALFORMED = Problem(
    "documents/malformed",
    422,
    "PDF rusak",
    f"Susunan PDF ini rusak. {_RESAVE}",
)
UNREADABLE = Problem(
    "documents/unreadable",
    422,
    "PDF tidak terbaca",
    f"PDF ini tidak dapat dibaca sampai selesai. {_RESAVE}",
)
ENCRYPTED = Problem(
    "documents/encrypted",
    422,
    "PDF terkunci",
    "PDF ini terkunci kata sandi atau dibatasi. Buka kuncinya dan simpan tanpa kata sandi, "
    "lalu unggah lagi.",
)
BOMB = Problem(
    "documents/bomb",
    422,
    "Isi mengembang tak wajar",
    f"Isi PDF ini mengembang jauh melebihi ukurannya. {_RESAVE}",
)
TOO_HEAVY = Problem(
    "documents/too-heavy",
    422,
    "PDF terlalu berat",
    "PDF ini membutuhkan terlalu banyak memori. Pindai ulang pada 300 dpi atau bagi menjadi "
    "beberapa berkas, lalu unggah lagi.",
)
TOO_COMPLEX = Problem(
    "documents/too-complex",
    422,
    "PDF terlalu rumit",
    f"Halaman PDF ini terlalu rumit untuk digambar. {_RESAVE}",
)
TOO_MANY_PAGES = Problem(
    "documents/too-many-pages",
    422,
    "Terlalu banyak halaman",
    "PDF ini {pages} halaman, batasnya {limit}. Bagi menjadi beberapa naskah, lalu unggah lagi.",
)
TOO_MANY_PIXELS = Problem(
    "documents/too-many-pixels",
    422,
    "Gambar terlalu besar",
    "Ada gambar {megapixels} megapiksel di PDF ini. Pindai ulang pada 300 dpi, lalu unggah lagi.",
)
ODD_PAGE = Problem(
    "documents/odd-page",
    422,
    "Ukuran halaman tidak wajar",
    "Ukuran halaman {page} tidak wajar. Atur kertas ke A4 atau F4, simpan ulang, lalu unggah lagi.",
)
JAVASCRIPT = Problem(
    "documents/javascript",
    422,
    "Berisi program kecil",
    "PDF ini berisi program kecil. Simpan ulang tanpa itu, lalu unggah lagi.",
)
LAUNCH_ACTION = Problem(
    "documents/launch-action",
    422,
    "Berisi perintah",
    f"PDF ini menyuruh komputer pembaca membuka program. {_RESAVE}",
)
OUTWARD_ACTION = Problem(
    "documents/outward-action",
    422,
    "Terhubung ke luar",
    f"PDF ini mengirim atau mengambil data dari luar berkasnya. {_RESAVE}",
)
EXTERNAL_CONTENT = Problem(
    "documents/external-content",
    422,
    "Isi di luar berkas",
    f"Sebagian isi PDF ini berada di luar berkasnya. {_RESAVE}",
)
XFA = Problem(
    "documents/xfa",
    422,
    "Formulir berubah-ubah",
    f"PDF ini formulir XFA yang tampil berbeda-beda. {_RESAVE}",
)
EMBEDDED_FILES = Problem(
    "documents/embedded-files",
    422,
    "Ada berkas di dalamnya",
    "PDF ini membawa berkas lain di dalamnya. Hapus lampirannya dan simpan ulang, atau jadikan "
    "halaman, lalu unggah lagi.",
)
MULTIMEDIA = Problem(
    "documents/multimedia",
    422,
    "Berisi suara atau video",
    f"PDF ini berisi suara, video atau benda 3D. {_RESAVE}",
)
HIDDEN_LAYERS = Problem(
    "documents/hidden-layers",
    422,
    "Ada lapisan tersembunyi",
    f"PDF ini punya lapisan yang bisa disembunyikan, jadi isinya tidak pasti. {_RESAVE}",
)
FONTS_NOT_EMBEDDED = Problem(
    "documents/fonts-not-embedded",
    422,
    "Huruf tidak disertakan",
    "Huruf {fonts} di halaman {page} tidak disertakan, jadi tampilan bisa berbeda-beda. Simpan "
    "ulang dengan pilihan sertakan semua huruf (PDF/A), lalu unggah lagi.",
)
ALREADY_SIGNED = Problem(
    "documents/already-signed",
    422,
    "Sudah bertanda tangan",
    "PDF ini sudah bertanda tangan elektronik dan akan rusak bila diolah lagi. Unggah naskah "
    "aslinya, sebelum ditandatangani.",
)
SIGNATURE_FAILS = Problem(
    "documents/signature-fails",
    422,
    "Tanda tangan tidak cocok",
    "PDF ini membawa tanda tangan yang tidak cocok dengan isinya. Minta naskah aslinya dari "
    "pengirim, lalu unggah itu.",
)
ANCHOR_MISSING = Problem(
    "documents/anchor-missing",
    422,
    "Tempat nomor tidak ada",
    "Tulisan {anchor} tidak ditemukan. Ketik {anchor} di naskah pada tempat yang dituju, simpan "
    "sebagai PDF, lalu unggah lagi.",
)
ANCHOR_NO_ROOM = Problem(
    "documents/anchor-no-room",
    422,
    "Tempat nomor terlalu sempit",
    "«{value}» tidak muat di tempat {anchor}. Sisakan ruang kosong di kanannya, simpan sebagai "
    "PDF, lalu unggah lagi.",
)
ANCHOR_UNREACHABLE = Problem(
    "documents/anchor-unreachable",
    422,
    "Tempat nomor tidak dapat diisi",
    "Tulisan {anchor} ada tetapi tidak dapat diganti. Ketik sebagai teks biasa dalam satu baris, "
    "simpan sebagai PDF, lalu unggah lagi.",
)
ANCHOR_LEFT = Problem(
    "documents/anchor-left",
    422,
    "Tempat nomor belum diisi",
    "Naskah masih memuat tulisan {anchor} di halaman {page}. Pilih nomor dibubuhkan otomatis, "
    "atau ganti tulisan itu, lalu unggah lagi.",
)
NOT_READY = Problem(
    "documents/not-ready",
    409,
    "Masih diperiksa",
    "Berkas ini masih diperiksa. Tunggu sebentar, lalu buka lagi.",
)

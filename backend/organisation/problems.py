"""How the organisation says no."""

from backend.core.errors import Problem

CODE_TAKEN = Problem(
    "organisation/code-taken",
    409,
    "Kode sudah dipakai",
    "Kode unit itu sudah dipakai {name}. Pilih kode lain.",
)
UNIT_IN_USE = Problem(
    "organisation/unit-in-use",
    409,
    "Unit masih dipakai",
    "Unit ini masih punya jabatan atau bagian yang terbuka. Tutup dulu semuanya.",
)
POSITION_HELD = Problem(
    "organisation/position-held",
    409,
    "Jabatan masih diisi",
    "Jabatan ini masih diisi. Akhiri dulu penugasannya, baru tutup.",
)
NIP_TAKEN = Problem(
    "organisation/nip-taken",
    409,
    "NIP sudah terdaftar",
    "NIP itu sudah terdaftar atas nama orang lain. Periksa kembali angkanya.",
)
DEFINITIVE_HELD = Problem(
    "organisation/definitive-held",
    409,
    "Sudah ada pejabat definitif",
    "Jabatan ini sudah diisi {name} secara definitif pada masa itu. Akhiri dulu, atau tugaskan sebagai pelaksana.",
)
MANDATE_OVERLAPS = Problem(
    "organisation/mandate-overlaps",
    409,
    "Penugasan bertumpuk",
    "Orang ini sudah ditugaskan untuk jabatan itu pada masa yang sama. Akhiri dulu yang lama.",
)
PERIOD_REQUIRED = Problem(
    "organisation/period-required",
    422,
    "Masa tugas belum lengkap",
    "Isi tanggal berakhirnya. Penugasan sebagai pelaksana atau penjabat selalu untuk masa tertentu.",
)
PERIOD_INVALID = Problem(
    "organisation/period-invalid",
    422,
    "Masa tugas terbalik",
    "Tanggal berakhir harus sesudah tanggal mulai. Perbaiki, lalu simpan lagi.",
)
UNIT_REQUIRED = Problem(
    "organisation/unit-required",
    422,
    "Pilih unitnya",
    "Peran operator selalu untuk satu unit. Pilih unitnya, lalu simpan lagi.",
)
TEMPLATE_INVALID = Problem(
    "organisation/template-invalid",
    422,
    "Pola nomor belum benar",
    "Pola nomor harus memuat {{urut}} dan {{tahun}}, dan hanya unsur yang dikenal: {known}.",
)
LOGO_INVALID = Problem(
    "organisation/logo-invalid",
    422,
    "Gambar belum dapat dipakai",
    "Pakai gambar PNG, paling besar 1 MB dan 2.000 × 2.000 titik. Simpan ulang gambarnya, lalu unggah lagi.",
)
NIK_INVALID = Problem(
    "organisation/nik-invalid",
    422,
    "NIK belum sesuai",
    "NIK terdiri dari 16 angka. Periksa lagi pada KTP-el.",
)
NIK_TAKEN = Problem(
    "organisation/nik-taken",
    409,
    "NIK sudah dipakai",
    "NIK ini sudah tercatat untuk orang lain. Periksa lagi pada KTP-el.",
)

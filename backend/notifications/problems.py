"""How notifications say no."""

from backend.core.errors import Problem

DEVICE_REQUIRED = Problem(
    "notifications/device-required",
    409,
    "Perangkat belum terdaftar",
    "Daftarkan perangkat ini dulu, lalu nyalakan pemberitahuan lagi.",
)
ENDPOINT_REFUSED = Problem(
    "notifications/endpoint-refused",
    422,
    "Layanan pemberitahuan belum diizinkan",
    "Peramban ini memakai layanan pemberitahuan yang belum diizinkan di sini. "
    "Naskah tetap tampil di meja; pengelola dapat menambahkan {host}.",
)
KEYS_INVALID = Problem(
    "notifications/keys-invalid",
    422,
    "Kunci pemberitahuan belum sah",
    "Kunci dari peramban ini belum dapat dipakai. Matikan lalu nyalakan pemberitahuan lagi.",
)
PROVIDER_OFF = Problem(
    "notifications/provider-off",
    409,
    "Layanan pemberitahuan ini belum disiapkan",
    "Instansi belum menyiapkan layanan pemberitahuan untuk aplikasi ini. "
    "Nyalakan pemberitahuan dari peramban; naskah tetap tampil di meja.",
)
QUIET_ALL_DAY = Problem(
    "notifications/quiet-all-day",
    422,
    "Jam tenang belum sah",
    "Awal dan akhir jam tenang sama. Ubah salah satunya, atau matikan jam tenang.",
)

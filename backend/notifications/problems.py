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

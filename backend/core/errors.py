"""Refusals: every way a use case can say no, with a stable code and an Indonesian sentence.

A capability declares its refusals once, in its own `problems.py`:

    WRONG_PASSPHRASE = Problem("signing/wrong-passphrase", 422, "Frasa sandi belum cocok",
                               "Frasa sandi belum cocok. Masih bisa {tries_left} kali lagi.")

and raises them with `raise WRONG_PASSPHRASE(tries_left=3)`. The HTTP edge turns them into
`application/problem+json` (RFC 9457); the PWA has its own text, in both languages, for each code.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal. `params` fill the sentence and travel to the client: never put a secret there."""

    def __init__(self, problem: "Problem", params: dict[str, Any]) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.params = params

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def status(self) -> int:
        return self.problem.status

    @property
    def title(self) -> str:
        return self.problem.title

    @property
    def detail(self) -> str:
        return self.problem.detail.format(**self.params)


class Problem:
    """One kind of refusal: HTTP status, title and a detail that says what to do next."""

    registry: ClassVar[dict[str, "Problem"]] = {}

    def __init__(
        self, code: str, status: int, title: str, detail: str, *, keeps_work: bool = False
    ) -> None:
        """`keeps_work`: what the use case wrote is committed although it refuses, because the
        refusal is itself a fact to keep (a counted failure, a cloned device).
        """
        if code in self.registry:
            raise ValueError(f"problem code declared twice: {code}")
        self.code, self.status, self.title, self.detail = code, status, title, detail
        self.keeps_work = keeps_work
        self.registry[code] = self

    def __call__(self, **params: Any) -> DomainError:
        return DomainError(self, params)


# What any part of the house may answer.
NOT_FOUND = Problem(
    "general/not-found",
    404,
    "Tidak ditemukan",
    "Yang Anda cari tidak ada, atau bukan bagian Anda. Kembali ke meja dan buka dari sana.",
)
FORBIDDEN = Problem(
    "general/forbidden",
    403,
    "Bukan wewenang Anda",
    "Tindakan ini bukan wewenang Anda. Hubungi bagian organisasi bila seharusnya boleh.",
)
CONFLICT = Problem(
    "general/conflict",
    409,
    "Sudah berubah",
    "Isi ini baru saja diubah orang lain. Muat ulang, lalu ulangi bila masih perlu.",
)
INVALID = Problem(
    "general/invalid",
    422,
    "Isian belum lengkap",
    "Ada isian yang belum sesuai. Perbaiki yang ditandai, lalu kirim lagi.",
)
TOO_MANY = Problem(
    "general/too-many",
    429,
    "Terlalu sering",
    "Terlalu banyak percobaan. Coba lagi dalam {retry_after} detik.",
)
UNAVAILABLE = Problem(
    "general/unavailable",
    503,
    "Sedang tidak siap",
    "Layanan sedang tidak siap. Pekerjaan Anda tidak hilang; coba lagi sebentar lagi.",
)
STORAGE_FULL = Problem(
    "general/storage-full",
    507,
    "Penyimpanan penuh",
    "Penyimpanan server penuh, berkas tidak disimpan. Beri tahu pengelola, lalu unggah lagi.",
)
IN_FLIGHT = Problem(
    "general/in-flight",
    409,
    "Sedang dikerjakan",
    "Permintaan yang sama sedang dikerjakan. Tunggu sebentar, lalu lihat hasilnya.",
)
ALREADY_DONE = Problem(
    "general/already-done",
    409,
    "Sudah dikerjakan",
    "Permintaan ini sudah dikerjakan. Muat ulang untuk melihat hasilnya.",
)
KEY_REUSED = Problem(
    "general/key-reused",
    422,
    "Permintaan tertukar",
    "Kunci permintaan ini pernah dipakai untuk isi yang lain. Muat ulang, lalu ulangi.",
)
TOO_LARGE = Problem(
    "general/too-large",
    413,
    "Terlalu besar",
    "Kiriman ini lebih besar dari batas {limit_mb} MB. Perkecil, lalu kirim lagi.",
)
SIGN_IN_REQUIRED = Problem(
    "general/sign-in-required",
    401,
    "Masuk lagi",
    "Masuk lagi, ya. Pekerjaan Anda tidak hilang.",
)
STALE_PAGE = Problem(
    "general/stale-page",
    403,
    "Halaman sudah lama",
    "Halaman ini sudah lama terbuka. Muat ulang, lalu ulangi.",
)
INTERNAL = Problem(
    "general/internal",
    500,
    "Ada gangguan pada layanan",
    "Ada gangguan pada layanan. Coba lagi; bila berulang, sebutkan kode {request_id} kepada pengelola.",
)

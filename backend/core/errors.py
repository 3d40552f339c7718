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

    def __init__(self, code: str, status: int, title: str, detail: str) -> None:
        if code in self.registry:
            raise ValueError(f"problem code declared twice: {code}")
        self.code, self.status, self.title, self.detail = code, status, title, detail
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

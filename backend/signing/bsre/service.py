"""The service as its two versions share it, and what its answers mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from backend.signing.bsre.orders import Order
from backend.signing.bsre.transport import Answer
from backend.signing.provider import Activation
from backend.signing.vaults.vault import Secret

NOT_REGISTERED = 2011
NO_CERTIFICATE = 2021
WRONG_SECRET = 2031
ISSUE = "ISSUE"

_STATUS_OF_CODE = {
    1111: ISSUE,
    1110: "NOT_REGISTERED",
    2011: "NOT_REGISTERED",
    2021: "NO_CERTIFICATE",
}
# «Proses signing gagal : User tidak terdaftar 2011»
_TRAILING_CODE = re.compile(r"\b(\d{4})\s*$")
_REFUSED = range(300, 500)
LONGEST_WORDS = 200


class RefusedError(Exception):
    """The service said that it did not do it."""

    def __init__(self, http: int, code: int | None, words: str) -> None:
        super().__init__(f"{http} {code}")
        self.http, self.code, self.words = http, code, words


class UncertainError(Exception):
    """The service may have signed; what came says neither that it did nor that it did not."""

    def __init__(self, reason: str, reference: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.reference = reason, reference


@dataclass(frozen=True)
class Status:
    """Where a person stands with the service; `word` is the service's own."""

    word: str
    code: int | None
    message: str


@dataclass(frozen=True)
class Signed:
    """What came back; nothing of it is believed before `result.check`."""

    data: bytes
    reference: str | None
    """Version 1's `id_dokumen`."""


class Service(Protocol):
    """One version of the service. Raises AwayError and NoAnswerError (transport) everywhere."""

    @property
    def version(self) -> str: ...

    @property
    def activation(self) -> Activation: ...

    @property
    def at_once(self) -> int:
        """How many files one call to `sign` may bring."""
        ...

    def ask(self, nik: str) -> Answer:
        """What it answers when asked for a person's standing, as it is."""
        ...

    def status(self, nik: str) -> Status:
        """Raises RefusedError."""
        ...

    def send_code(self, nik: str, files: int) -> None:
        """Has a code sent to the person, by the service's own way, for so many files.

        Raises RefusedError.
        """
        ...

    def sign(self, nik: str, secret: Secret, orders: Sequence[Order]) -> list[Signed]:
        """One result an order, empty where none came. `secret`: what `activation` says.

        Raises RefusedError and UncertainError. Never call it again.
        """
        ...

    def download(self, reference: str) -> bytes | None:
        """A result that was signed and not received; None when the service has none."""
        ...

    def verify(self, data: bytes) -> str | None:
        """What the service concludes about a file, in its own word; None when it cannot say."""
        ...


def refusal(answer: Answer) -> RefusedError:
    """The refusal an answer carries. Its words may echo what was sent: they are for `redacted`."""
    code, words = _said(answer.json() or {})
    return RefusedError(answer.status, code, words)


def status(answer: Answer) -> Status:
    """A person's status; version 2 answers it with HTTP 200 even where nobody is known."""
    said = answer.json()
    if answer.status not in {200, 400, 404} or said is None:
        raise refusal(answer)
    code, words = _said(said)
    word = str(said.get("status") or "").strip().upper().replace(" ", "_")
    if not re.fullmatch(r"[A-Z_]+", word):
        word = _STATUS_OF_CODE.get(code or 0, "")
    if not word:
        raise RefusedError(answer.status, code, words)
    return Status(word, code, words)


def require_dispatched(answer: Answer) -> None:
    """Passes what may be a result. Raises RefusedError or UncertainError for what is none."""
    if answer.status in _REFUSED:
        raise refusal(answer)
    if answer.status != 200:
        raise UncertainError(f"http-{answer.status}")
    said = answer.json()
    if said is None or said.get("file"):
        return
    if said.get("error") or _said(said)[0] in {2011, 2021, 2031}:
        raise refusal(answer)


def redacted(words: str, *secrets: str) -> str:
    """The service's words, short, without what it may have echoed of ours."""
    for secret in secrets:
        if secret:
            words = words.replace(secret, "…")
    words = re.sub(r"\d{16}", "…", words)
    return " ".join(words.split())[:LONGEST_WORDS]


def _said(said: dict[str, Any]) -> tuple[int | None, str]:
    words = str(said.get("error") or said.get("message") or "")
    trailing = _TRAILING_CODE.search(words)
    code = int(trailing[1]) if trailing else said.get("status_code")
    return (code if isinstance(code, int) else None), words

"""The port to a vault of signers' keys, and the secrets that pass through it.

A passphrase opens a key for one act of signing. Neither is kept: both are objects that forget.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID


class KeyAlgorithm(StrEnum):
    ECDSA_P256 = "ecdsa-p256"
    RSA_3072 = "rsa-3072"


SOFTWARE = "software"
PKCS11 = "pkcs11"


class WrongPassphraseError(Exception):
    """The passphrase does not open this key, or the row was changed: the vault cannot tell."""


class Secret:
    """Text that must not be shown or kept. `wipe` overwrites it.

    Best effort: Python may have made copies on the way here.
    """

    def __init__(self, text: str) -> None:
        # One person's phone composes é, another's does not: NFKC makes them one (RFC 8265 §4.2).
        self._bytes = bytearray(unicodedata.normalize("NFKC", text).encode())

    def reveal(self) -> bytes:
        """The text in UTF-8. Raises ValueError after `wipe`."""
        if not self._bytes:
            raise ValueError("this secret is empty or was wiped")
        return bytes(self._bytes)

    def wipe(self) -> None:
        self._bytes[:] = bytes(len(self._bytes))
        self._bytes.clear()

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True)
class KeyOwner:
    """To whom and to which row a wrapped key belongs; it opens nowhere else."""

    person_id: UUID
    """The signer; of a seal, the agency."""
    key_id: UUID
    algorithm: KeyAlgorithm
    vault: str = SOFTWARE
    """The vault it was made in."""


@dataclass(frozen=True)
class NewKey:
    public_key: bytes
    """SubjectPublicKeyInfo, DER."""
    wrapped: bytes


class UnlockedKey:
    """A key that signs until the block ends, then never again."""

    def __init__(
        self, sign: Callable[[bytes], bytes], close: Callable[[], None] | None = None
    ) -> None:
        """`close` ends what the key holds open elsewhere, such as a session on a token."""
        self._sign: Callable[[bytes], bytes] | None = sign
        self._close = close

    def sign(self, data: bytes) -> bytes:
        """Signs with SHA-256: ECDSA (DER) or RSASSA-PKCS1-v1_5, as the key is."""
        if self._sign is None:
            raise RuntimeError("this key was forgotten")
        return self._sign(data)

    def forget(self) -> None:
        self._sign, close, self._close = None, self._close, None
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.forget()

    def __repr__(self) -> str:
        return "UnlockedKey(…)"

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")


class KeyVault(Protocol):
    """Makes keys, and opens them for whoever has the passphrase."""

    @property
    def name(self) -> str:
        """What stands in `KeyCredential.vault` of the keys it makes."""
        ...

    def create(self, owner: KeyOwner, passphrase: Secret) -> NewKey: ...

    def require_present(self, owner: KeyOwner) -> None:
        """Raises VAULT_UNAVAILABLE where the key cannot be reached now. Asks for no passphrase."""
        ...

    def unlock(self, owner: KeyOwner, wrapped: bytes, passphrase: Secret) -> UnlockedKey:
        """Raises WrongPassphraseError."""
        ...

    def rewrap(self, owner: KeyOwner, wrapped: bytes, old: Secret, new: Secret) -> bytes:
        """The same key under another passphrase. Raises WrongPassphraseError."""
        ...

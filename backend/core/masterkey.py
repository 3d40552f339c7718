"""The installation's master key: made at the first run, kept apart from the database.

Every use derives its own key with HKDF-SHA-256 (RFC 5869), so that what was sealed for one purpose
cannot be opened for another. The file never leaves `secrets/`; a backup carries it separately.
"""

import base64
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FILE_NAME = "master.key"
KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"
"""First byte of everything sealed: AES-256-GCM, 96-bit random nonce, HKDF-SHA-256."""


class CannotOpenError(Exception):
    """Sealed under another key, for another purpose or another owner, or changed since."""


class MasterKey:
    """32 random bytes from which purposes derive their keys. Its repr shows nothing."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a master key has 32 bytes")
        self._key = key

    @classmethod
    def load(cls, secrets_dir: Path) -> "MasterKey":
        """The key below `secrets_dir`, made there if this is the first run (mode 0600).

        Several processes may start at once: whoever links the file first wins, all read the same.
        """
        path = secrets_dir / FILE_NAME
        if not path.exists():
            secrets_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = secrets_dir / f".{FILE_NAME}.{secrets.token_hex(8)}"
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return cls.read(path)

    @classmethod
    def read(cls, path: Path) -> "MasterKey":
        """The key in a file. Raises ValueError when there is none in it."""
        return cls(base64.b64decode(path.read_bytes(), validate=False))

    def derive(self, purpose: str, length: int = KEY_BYTES) -> bytes:
        """A key of its own for a purpose, such as an HMAC key; `length` in bytes."""
        info = b"centang/" + purpose.encode()
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self._key)

    def seal(self, purpose: str, plaintext: bytes, aad: bytes) -> bytes:
        """Encrypts for a purpose and an owner; `aad` (who it belongs to) must be given to open it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(self.derive(purpose))
        return VERSION + nonce + cipher.encrypt(nonce, plaintext, VERSION + aad)

    def open(self, purpose: str, sealed: bytes, aad: bytes) -> bytes:
        """What `seal` was given. Raises CannotOpenError for anything else."""
        version, nonce, body = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if version != VERSION:
            raise CannotOpenError("unknown version")
        try:
            return AESGCM(self.derive(purpose)).decrypt(nonce, body, VERSION + aad)
        except (InvalidTag, ValueError) as error:
            raise CannotOpenError("not sealed by this key for this purpose and owner") from error

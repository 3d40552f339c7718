"""Authority certificates and their keys as files: `<kind>-<id>.cer` and `<kind>-<id>.key` (0600)."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from backend.certificates.kinds import AuthorityKind


@dataclass(frozen=True)
class KeyFile:
    """One authority. `key` is None when it was taken offline."""

    kind: AuthorityKind
    id: UUID
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | None

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.id}"


class KeyFolder:
    """The folder of authority keys. Only the process that holds the issuing key opens it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[KeyFile]:
        """Every authority, oldest first."""
        return sorted(map(self._read, self._path.glob("*.cer")), key=lambda item: item.id)

    def add(self, item: KeyFile) -> None:
        """Writes the key, then the certificate that makes it visible; each whole or not at all."""
        if item.key is not None:
            pem = item.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            self._write(f"{item.name}.key", pem)
        self._write(f"{item.name}.cer", item.certificate.public_bytes(Encoding.DER))

    def take_out(self, item: KeyFile) -> None:
        """Removes a key from this machine: the first block is overwritten, then the name goes."""
        path = self._path / f"{item.name}.key"
        with path.open("r+b") as file:
            file.write(os.urandom(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One creator at a time, across processes."""
        self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._path / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _write(self, name: str, data: bytes) -> None:
        draft = self._path / f".{name}.new"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._path / name)

    def _read(self, path: Path) -> KeyFile:
        kind, _, identifier = path.stem.partition("-")
        key_path = path.with_suffix(".key")
        key: ec.EllipticCurvePrivateKey | None = None
        if key_path.exists():
            loaded = load_pem_private_key(key_path.read_bytes(), password=None)
            if not isinstance(loaded, ec.EllipticCurvePrivateKey):
                raise TypeError(f"{key_path.name} is not an elliptic-curve key")
            key = loaded
        return KeyFile(
            AuthorityKind(kind),
            UUID(identifier),
            x509.load_der_x509_certificate(path.read_bytes()),
            key,
        )

"""Bytes that open only for a passphrase and the installation's master key together.

The wrapping key comes from the passphrase (Argon2id, RFC 9106) and from the master key (HKDF,
RFC 5869), so that neither the database, nor the operator who holds the master key, nor the
passphrase alone opens it. The envelope, version 1, is AES-256-GCM:

    version 1 | iterations 1 | memory in KiB 4 | lanes 1 | salt 16 | nonce 12 | ciphertext and tag

Everything before the nonce, and whom it belongs to, is authenticated: a row that was copied to
another person, key or algorithm, or whose cost was changed, does not open.
"""

import secrets
import struct
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.core.masterkey import MasterKey
from backend.signing.vaults.vault import KeyOwner, Secret, WrongPassphraseError

VERSION = 1
_HEADER = struct.Struct(">BBIB16s")
NONCE_BYTES = 12
TAG_BYTES = 16


@dataclass(frozen=True)
class Cost:
    """Argon2id's cost: RFC 9106 §4, second recommended option, on one lane a signature."""

    iterations: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 1


MOST = Cost(iterations=16, memory_kib=1024 * 1024, lanes=8)
"""A row that asks for more was not written here."""


class Wrapping:
    """Wraps for one purpose; what was wrapped for another does not open."""

    def __init__(self, master_key: MasterKey, purpose: str, cost: Cost | None = None) -> None:
        self._master_key = master_key
        self._purpose = purpose
        self._cost = cost or Cost()

    def wrap(self, owner: KeyOwner, plain: bytes | bytearray, passphrase: Secret) -> bytes:
        cost, salt = self._cost, secrets.token_bytes(16)
        header = _HEADER.pack(VERSION, cost.iterations, cost.memory_kib, cost.lanes, salt)
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = self._cipher(owner, passphrase, salt, cost)
        return header + nonce + cipher.encrypt(nonce, plain, _bound_to(owner, header))

    def unwrap(self, owner: KeyOwner, wrapped: bytes, passphrase: Secret) -> bytearray:
        """What was wrapped; overwrite it after use. Raises WrongPassphraseError."""
        body = memoryview(wrapped)[_HEADER.size + NONCE_BYTES :]
        if len(body) <= TAG_BYTES:
            raise WrongPassphraseError
        header, nonce = wrapped[: _HEADER.size], wrapped[_HEADER.size :][:NONCE_BYTES]
        version, iterations, memory_kib, lanes, salt = _HEADER.unpack(header)
        cost = Cost(iterations, memory_kib, lanes)
        if version != VERSION or not _plausible(cost):
            raise WrongPassphraseError
        plain = bytearray(len(body) - TAG_BYTES)
        try:
            self._cipher(owner, passphrase, salt, cost).decrypt_into(
                nonce, body, _bound_to(owner, header), plain
            )
        except InvalidTag as error:
            raise WrongPassphraseError from error
        return plain

    def _cipher(self, owner: KeyOwner, passphrase: Secret, salt: bytes, cost: Cost) -> AESGCM:
        stretched = hash_secret_raw(
            passphrase.reveal(),
            salt,
            time_cost=cost.iterations,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=32,
            type=Type.ID,
        )
        both = HKDF(
            algorithm=SHA256(),
            length=32,
            salt=self._master_key.derive(self._purpose),
            info=b"centang/wrapping-key/1" + owner.person_id.bytes + owner.key_id.bytes,
        )
        return AESGCM(both.derive(stretched))


def zero(buffer: bytearray) -> None:
    """Overwrites what was unwrapped."""
    buffer[:] = bytes(len(buffer))


def _bound_to(owner: KeyOwner, header: bytes) -> bytes:
    return header + owner.person_id.bytes + owner.key_id.bytes + owner.algorithm.encode()


def _plausible(cost: Cost) -> bool:
    return (
        1 <= cost.iterations <= MOST.iterations
        and 1 <= cost.lanes <= MOST.lanes
        and 8 * cost.lanes <= cost.memory_kib <= MOST.memory_kib
    )

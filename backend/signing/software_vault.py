"""Signers' keys in the database: PKCS#8 under AES-256-GCM.

The wrapping key comes from the passphrase (Argon2id, RFC 9106) and from the installation's master
key (HKDF, RFC 5869) together, so that neither the database, nor the operator who holds the master
key, nor the passphrase alone opens it. The envelope, version 1:

    version 1 | iterations 1 | memory in KiB 4 | lanes 1 | salt 16 | nonce 12 | ciphertext and tag

Everything before the nonce, and whom the key belongs to, is authenticated: a row that was copied
to another person, key or algorithm, or whose cost was changed, does not open.
"""

import secrets
import struct
from dataclasses import dataclass
from functools import partial

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from backend.core.masterkey import MasterKey
from backend.signing.vault import (
    KeyAlgorithm,
    KeyOwner,
    NewKey,
    Secret,
    UnlockedKey,
    WrongPassphraseError,
)

VERSION = 1
_HEADER = struct.Struct(">BBIB16s")
NONCE_BYTES = 12
TAG_BYTES = 16
PURPOSE = "signing-key-vault"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Cost:
    """Argon2id's cost: RFC 9106 §4, second recommended option, on one lane a signature."""

    iterations: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 1


MOST = Cost(iterations=16, memory_kib=1024 * 1024, lanes=8)
"""A row that asks for more was not written here."""


class SoftwareVault:
    """A `KeyVault` of rows that open nowhere but here."""

    name = "software"

    def __init__(self, master_key: MasterKey, cost: Cost | None = None) -> None:
        self._master_key = master_key
        self._cost = cost or Cost()

    def create(self, owner: KeyOwner, passphrase: Secret) -> NewKey:
        key = _generate(owner.algorithm)
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        plain = bytearray(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        try:
            return NewKey(public, self._wrap(owner, plain, passphrase))
        finally:
            _zero(plain)

    def unlock(self, owner: KeyOwner, wrapped: bytes, passphrase: Secret) -> UnlockedKey:
        plain = self._unwrap(owner, wrapped, passphrase)
        try:
            # Authenticated by the envelope: proving an RSA key's primes anew costs 50 ms.
            key = load_der_private_key(plain, None, unsafe_skip_rsa_key_validation=True)
        finally:
            _zero(plain)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return UnlockedKey(partial(key.sign, signature_algorithm=ec.ECDSA(SHA256())))
        if isinstance(key, rsa.RSAPrivateKey):
            return UnlockedKey(partial(key.sign, padding=padding.PKCS1v15(), algorithm=SHA256()))
        raise TypeError("the vault holds a key of another kind")

    def rewrap(self, owner: KeyOwner, wrapped: bytes, old: Secret, new: Secret) -> bytes:
        plain = self._unwrap(owner, wrapped, old)
        try:
            return self._wrap(owner, plain, new)
        finally:
            _zero(plain)

    def _wrap(self, owner: KeyOwner, plain: bytearray, passphrase: Secret) -> bytes:
        cost, salt = self._cost, secrets.token_bytes(16)
        header = _HEADER.pack(VERSION, cost.iterations, cost.memory_kib, cost.lanes, salt)
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = self._cipher(owner, passphrase, salt, cost)
        return header + nonce + cipher.encrypt(nonce, plain, _bound_to(owner, header))

    def _unwrap(self, owner: KeyOwner, wrapped: bytes, passphrase: Secret) -> bytearray:
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
            salt=self._master_key.derive(PURPOSE),
            info=b"centang/wrapping-key/1" + owner.person_id.bytes + owner.key_id.bytes,
        )
        return AESGCM(both.derive(stretched))


def _bound_to(owner: KeyOwner, header: bytes) -> bytes:
    return header + owner.person_id.bytes + owner.key_id.bytes + owner.algorithm.encode()


def _plausible(cost: Cost) -> bool:
    return (
        1 <= cost.iterations <= MOST.iterations
        and 1 <= cost.lanes <= MOST.lanes
        and 8 * cost.lanes <= cost.memory_kib <= MOST.memory_kib
    )


def _generate(algorithm: KeyAlgorithm) -> PrivateKey:
    if algorithm is KeyAlgorithm.RSA_3072:
        return rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return ec.generate_private_key(ec.SECP256R1())


def _zero(buffer: bytearray) -> None:
    buffer[:] = bytes(len(buffer))

"""Signers' keys in a hardware security module, reached through its PKCS#11 module.

Each signer has a token (a slot) of their own with one key pair, made there, never to leave it. Its
user PIN is random; the row of the database holds it in the same envelope that holds a key of the
software vault. So a stolen database, the operator's master key, a passphrase or the module alone
opens nothing, and a wrong passphrase never counts against the module's own PIN counter.

The security officer's PIN, which could set another user PIN, is thrown away as soon as it was
used. A destroyed row therefore destroys the use of the key: nobody knows its PIN any more.
"""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.core.masterkey import MasterKey
from backend.signing.problems import VAULT_UNAVAILABLE
from backend.signing.vaults.pkcs11_process import SessionProcess, Sessions
from backend.signing.vaults.vault import (
    PKCS11,
    KeyAlgorithm,
    KeyOwner,
    NewKey,
    Secret,
    UnlockedKey,
)
from backend.signing.vaults.wrapping import Cost, Wrapping, zero

PURPOSE = "pkcs11-vault"
PIN_BYTES = 16
"""As hexadecimal digits, within what modules take as a PIN (8 to 64 characters)."""
_P256_BYTES = 32


@dataclass(frozen=True)
class _Access:
    """How a token is found and opened."""

    serial: str
    pin: str
    older: str | None
    """The PIN before the passphrase was changed. The token changes when it is opened next: a PIN
    changed before the new row was committed could be lost with it."""


class Pkcs11Vault:
    """A `KeyVault` of tokens."""

    name = PKCS11

    def __init__(self, master_key: MasterKey, module: Path, cost: Cost | None = None) -> None:
        self._wrapping = Wrapping(master_key, PURPOSE, cost)
        self._module = module

    def create(self, owner: KeyOwner, passphrase: Secret) -> NewKey:
        pin = _new_pin()
        with SessionProcess(self._module) as process:
            serial, *numbers = process.ask(
                "create", label(owner), owner.key_id.bytes, str(owner.algorithm), pin, _new_pin()
            )
        access = _Access(serial.hex(), pin, None)
        return NewKey(_public_key(owner.algorithm, numbers), self._wrap(owner, access, passphrase))

    def require_present(self, owner: KeyOwner) -> None:
        if label(owner) not in self.tokens():
            raise VAULT_UNAVAILABLE()

    def unlock(self, owner: KeyOwner, wrapped: bytes, passphrase: Secret) -> UnlockedKey:
        access = self._unwrap(owner, wrapped, passphrase)
        sessions = Sessions(partial(self._open, owner, access))
        sign = _sign_rsa if owner.algorithm is KeyAlgorithm.RSA_3072 else _sign_ecdsa
        return UnlockedKey(partial(sign, sessions), sessions.close)

    def rewrap(self, owner: KeyOwner, wrapped: bytes, old: Secret, new: Secret) -> bytes:
        access = self._unwrap(owner, wrapped, old)
        # Opening settles which of the row's PINs the token has: its newest, from now on.
        with self._open(owner, access):
            return self._wrap(owner, _Access(access.serial, _new_pin(), access.pin), new)

    def tokens(self) -> dict[str, int]:
        """Label → number of tokens; "" are the free slots."""
        found: dict[str, int] = {}
        with SessionProcess(self._module) as process:
            for name, initialised in process.ask("slots"):
                key = name if initialised else ""
                found[key] = found.get(key, 0) + 1
        return found

    def _open(self, owner: KeyOwner, access: _Access) -> SessionProcess:
        process = SessionProcess(self._module)
        try:
            serial = bytes.fromhex(access.serial)
            process.ask("open", label(owner), serial, owner.key_id.bytes, access.pin, access.older)
        except BaseException:
            process.close()
            raise
        return process

    def _wrap(self, owner: KeyOwner, access: _Access, passphrase: Secret) -> bytes:
        return self._wrapping.wrap(owner, json.dumps(asdict(access)).encode(), passphrase)

    def _unwrap(self, owner: KeyOwner, wrapped: bytes, passphrase: Secret) -> _Access:
        plain = self._wrapping.unwrap(owner, wrapped, passphrase)
        try:
            return _Access(**json.loads(plain))
        finally:
            zero(plain)


def label(owner: KeyOwner) -> str:
    """What a token and its key are called: 32 characters, all that PKCS#11 has room for."""
    return owner.key_id.hex


def _new_pin() -> str:
    return secrets.token_hex(PIN_BYTES)


def _sign_ecdsa(sessions: Sessions, data: bytes) -> bytes:
    """CKM_ECDSA over our own digest, which every module has; PKCS#11 answers r and s bare."""
    value = sessions.sign("ECDSA", hashlib.sha256(data).digest())
    return encode_dss_signature(
        int.from_bytes(value[:_P256_BYTES]), int.from_bytes(value[_P256_BYTES:])
    )


def _sign_rsa(sessions: Sessions, data: bytes) -> bytes:
    return sessions.sign("SHA256_RSA_PKCS", data)


def _public_key(algorithm: KeyAlgorithm, numbers: list[bytes]) -> bytes:
    """SubjectPublicKeyInfo, from modulus and exponent or from the curve's point."""
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    if algorithm is KeyAlgorithm.RSA_3072:
        modulus, exponent = (int.from_bytes(number) for number in numbers)
        key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    else:
        # An OCTET STRING around the point (PKCS#11 v2.40 §2.3.3); some modules leave it bare.
        point = numbers[0][-(2 * _P256_BYTES + 1) :]
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

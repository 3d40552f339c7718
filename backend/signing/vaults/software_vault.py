"""Signers' keys in the database: PKCS#8 in an envelope that needs passphrase and master key."""

from functools import partial

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from backend.core.masterkey import MasterKey
from backend.signing.vaults.vault import KeyAlgorithm, KeyOwner, NewKey, Secret, UnlockedKey
from backend.signing.vaults.wrapping import Cost, Wrapping, zero

PURPOSE = "signing-key-vault"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class SoftwareVault:
    """A `KeyVault` of rows that open nowhere but here."""

    name = "software"

    def __init__(self, master_key: MasterKey, cost: Cost | None = None) -> None:
        self._wrapping = Wrapping(master_key, PURPOSE, cost)

    def create(self, owner: KeyOwner, passphrase: Secret) -> NewKey:
        key = _generate(owner.algorithm)
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        plain = bytearray(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        try:
            return NewKey(public, self._wrapping.wrap(owner, plain, passphrase))
        finally:
            zero(plain)

    def require_present(self, owner: KeyOwner) -> None:
        """The row has it."""

    def unlock(self, owner: KeyOwner, wrapped: bytes, passphrase: Secret) -> UnlockedKey:
        plain = self._wrapping.unwrap(owner, wrapped, passphrase)
        try:
            # Authenticated by the envelope: proving an RSA key's primes anew costs 50 ms.
            key = load_der_private_key(plain, None, unsafe_skip_rsa_key_validation=True)
        finally:
            zero(plain)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return UnlockedKey(partial(key.sign, signature_algorithm=ec.ECDSA(SHA256())))
        if isinstance(key, rsa.RSAPrivateKey):
            return UnlockedKey(partial(key.sign, padding=padding.PKCS1v15(), algorithm=SHA256()))
        raise TypeError("the vault holds a key of another kind")

    def rewrap(self, owner: KeyOwner, wrapped: bytes, old: Secret, new: Secret) -> bytes:
        plain = self._wrapping.unwrap(owner, wrapped, old)
        try:
            return self._wrapping.wrap(owner, plain, new)
        finally:
            zero(plain)


def _generate(algorithm: KeyAlgorithm) -> PrivateKey:
    if algorithm is KeyAlgorithm.RSA_3072:
        return rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return ec.generate_private_key(ec.SECP256R1())

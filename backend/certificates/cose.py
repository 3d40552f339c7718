"""COSE_Sign1 (RFC 9052 §4.2) with ES256, and the keys that check it. See docs/adr/0025."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

# Header and key parameters: RFC 9052 §3.1 and §7.1, RFC 9053 §2.1 and §7.1.1, RFC 9596.
_ALG, _KID, _TYP = 1, 4, 16
_ES256 = -7
_KTY, _KEY_KID, _KEY_ALG, _CRV, _X, _Y = 1, 2, 3, -1, -2, -3
_EC2, _P256 = 2, 1
_SIGN1_TAG = 18
_HALF = 32
KID_BYTES = 4
"""A hint only (RFC 9052 §3.1): room in a QR is dear, and keys are few."""


class CoseError(ValueError):
    """Not a COSE_Sign1 that one of the keys made."""


@dataclass(frozen=True)
class PublicKey:
    """A P-256 key by its coordinates."""

    x: bytes
    y: bytes

    @classmethod
    def of(cls, key: ec.EllipticCurvePublicKey) -> "PublicKey":
        numbers = key.public_numbers()
        return cls(numbers.x.to_bytes(_HALF, "big"), numbers.y.to_bytes(_HALF, "big"))

    @property
    def kid(self) -> bytes:
        """The beginning of the key's COSE thumbprint (RFC 9679)."""
        named = {_KTY: _EC2, _CRV: _P256, _X: self.x, _Y: self.y}
        return hashlib.sha256(cbor2.dumps(named, canonical=True)).digest()[:KID_BYTES]

    @property
    def cose(self) -> dict[int, Any]:
        """As in a COSE_KeySet (RFC 9052 §7)."""
        return {
            _KTY: _EC2,
            _KEY_KID: self.kid,
            _KEY_ALG: _ES256,
            _CRV: _P256,
            _X: self.x,
            _Y: self.y,
        }

    def load(self) -> ec.EllipticCurvePublicKey:
        x, y = int.from_bytes(self.x, "big"), int.from_bytes(self.y, "big")
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def sign(
    payload: Mapping[int, Any],
    key: ec.EllipticCurvePrivateKey,
    *,
    external_aad: bytes = b"",
    typ: str | None = None,
) -> bytes:
    """The claims set as a tagged COSE_Sign1, deterministically encoded but for the signature."""
    header: dict[int, Any] = {_ALG: _ES256, _KID: PublicKey.of(key.public_key()).kid}
    if typ is not None:
        header[_TYP] = typ
    protected, body = cbor2.dumps(header, canonical=True), cbor2.dumps(payload, canonical=True)
    made = key.sign(_to_be_signed(protected, external_aad, body), ec.ECDSA(SHA256()))
    r, s = decode_dss_signature(made)
    return assemble(protected, body, r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big"))


def unsigned(payload: Mapping[int, Any]) -> bytes:
    """As long as what `sign` would make without a type, and worth nothing."""
    protected = cbor2.dumps({_ALG: _ES256, _KID: bytes(KID_BYTES)}, canonical=True)
    return assemble(protected, cbor2.dumps(payload, canonical=True), bytes(2 * _HALF))


def assemble(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(_SIGN1_TAG, [protected, {}, payload, signature]))


def verify(
    message: bytes, keys: Mapping[bytes, PublicKey], *, external_aad: bytes = b"", typ: str | None
) -> dict[int, Any]:
    """The claims set of a message that one of the keys (by kid) signed. Raises CoseError."""
    try:
        tagged = cbor2.loads(message)
        protected, _, payload, signature = tagged.value
        header = cbor2.loads(protected)
        known = keys[header[_KID]]
        if tagged.tag != _SIGN1_TAG or header[_ALG] != _ES256 or header.get(_TYP) != typ:
            raise CoseError("another kind of message")
        if len(signature) != 2 * _HALF:
            raise CoseError("no ES256 signature")
        der = encode_dss_signature(
            int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
        )
        signed = _to_be_signed(protected, external_aad, payload)
        known.load().verify(der, signed, ec.ECDSA(SHA256()))
        claims: dict[int, Any] = cbor2.loads(payload)
    except (
        InvalidSignature,
        cbor2.CBORError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
    ) as e:
        raise CoseError(str(e) or type(e).__name__) from e
    return claims


def _to_be_signed(protected: bytes, external_aad: bytes, payload: bytes) -> bytes:
    """Sig_structure, RFC 9052 §4.4."""
    return cbor2.dumps(["Signature1", protected, external_aad, payload])

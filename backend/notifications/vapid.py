"""The key by which push services know this installation (VAPID, RFC 8292)."""

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from backend.core.masterkey import MasterKey

# FIPS 186-5, A.2.1: 64 bits more than the group order, so that the reduction leaves no bias.
_SEED_BYTES = 40
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
LIFETIME = 12 * 3600
"""Seconds a token lasts; services accept at most 24 hours."""


class VapidKey:
    """A P-256 key derived from the master key, so that a restored home keeps its subscriptions."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str) -> None:
        self._signer = Vapid02(key)
        self._contact = contact
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
        """The application server key as browsers take it: an uncompressed point, base64url."""

    @classmethod
    def derived(cls, master_key: MasterKey, contact: str) -> "VapidKey":
        """`contact` is the `sub` of every token: an https or mailto URL of the operator's."""
        seed = int.from_bytes(master_key.derive("vapid", _SEED_BYTES))
        return cls(ec.derive_private_key(seed % (_ORDER - 1) + 1, ec.SECP256R1()), contact)

    def authorisation(self, origin: str, now: int) -> str:
        """The Authorization header for one push service; `now` in Unix seconds."""
        claims = {"aud": origin, "sub": self._contact, "exp": now + LIFETIME}
        return str(self._signer.sign(claims)["Authorization"])

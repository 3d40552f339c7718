"""An authenticator in software: what a phone's own does when it recognised its owner (WebAuthn)."""

import base64
import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def base64url(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """Holds one credential for one origin. Every member may be changed by whoever tests a lie."""

    origin: str
    credential_id: bytes = b"kunci-sandi-contoh-0001"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    count: int = 0
    """0 stays 0: such authenticators keep no count."""

    @property
    def attested(self) -> bytes:
        """Attested credential data (WebAuthn §6.5.2): no make, the id, the public key."""
        numbers = self.key.public_key().public_numbers()
        x, y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        return bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public

    def register(self, statement: str, **lies: Any) -> dict[str, str]:
        """The members of POST /passkeys that come from the authenticator."""
        data = self._data(PRESENT | VERIFIED | ATTESTED, lies) + self.attested
        return {
            "client_data": self._client("webauthn.create", statement, lies),
            "attestation": base64url(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        }

    def confirm(self, statement: str, **lies: Any) -> dict[str, str]:
        """What accompanies a SAD."""
        if self.count:
            self.count += 1
        client = self._client("webauthn.get", statement, lies)
        data = self._data(lies.get("flags", PRESENT | VERIFIED), lies)
        digest = hashlib.sha256(base64.urlsafe_b64decode(client + "==")).digest()
        signature = lies.get("key", self.key).sign(data + digest, ec.ECDSA(SHA256()))
        return {
            "credential_id": base64url(lies.get("credential_id", self.credential_id)),
            "client_data": client,
            "authenticator_data": base64url(data),
            "signature": base64url(signature),
        }

    def _client(self, typ: str, statement: str, lies: dict[str, Any]) -> str:
        challenge = hashlib.sha256(statement.rpartition(".")[0].encode()).digest()
        said = {
            "type": lies.get("type", typ),
            "challenge": base64url(challenge),
            "origin": lies.get("origin", self.origin),
            "crossOrigin": lies.get("cross_origin", False),
        }
        return base64url(json.dumps(said).encode())

    def _data(self, flags: int, lies: dict[str, Any]) -> bytes:
        host = lies.get("host") or urlsplit(self.origin).hostname or ""
        return hashlib.sha256(host.encode()).digest() + struct.pack(">BI", flags, self.count)

"""CMS signatures and time stamps with one thing wrong: every part can be replaced."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from backend.core import der
from tests.factories.authority import der as encoded

DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, DIGEST, SIGNING_TIME, CERTIFICATE, STAMP = (
    "1.2.840.113549.1.9.3",
    "1.2.840.113549.1.9.4",
    "1.2.840.113549.1.9.5",
    "1.2.840.113549.1.9.16.2.47",
    "1.2.840.113549.1.9.16.2.14",
)


def attribute(kind: str, *values: bytes) -> bytes:
    return der.sequence(der.oid(kind), der.set_of(*values))


@dataclass(frozen=True)
class Forgery:
    """A SignedData, proper until told otherwise."""

    certificate: x509.Certificate
    key: Any
    digest: bytes
    """The message digest to state."""
    content_type: str = DATA
    stated_type: str | None = None
    content: bytes | None = None
    carried: Sequence[x509.Certificate] | None = None
    named: x509.Certificate | None = None
    algorithm: bytes = der.ECDSA_SHA256
    more: Sequence[bytes] = ()
    """Further signed attributes."""
    unsigned: Sequence[bytes] = ()
    signers: int = 1
    value: bytes | None = None
    outer_type: str = SIGNED_DATA
    made: list[bytes] = field(default_factory=list)
    """The signature values, once built."""

    def but(self, **changes: Any) -> Self:
        return replace(self, made=[], **changes)

    def build(self) -> bytes:
        named = self.named or self.certificate
        essence = der.sequence(der.octets(hashlib.sha256(encoded(named)).digest()))
        attributes = der.set_of(
            attribute(CONTENT_TYPE, der.oid(self.stated_type or self.content_type)),
            attribute(DIGEST, der.octets(self.digest)),
            attribute(CERTIFICATE, der.sequence(der.sequence(essence))),
            *self.more,
        )
        value = self.value or self.key.sign(attributes, ec.ECDSA(hashes.SHA256()))
        self.made.append(value)
        signer = der.sequence(
            der.integer(1),
            der.sequence(
                self.certificate.issuer.public_bytes(), der.integer(self.certificate.serial_number)
            ),
            der.SHA256,
            b"\xa0" + attributes[1:],
            self.algorithm,
            der.octets(value),
            der.tagged(1, *self.unsigned) if self.unsigned else b"",
        )
        content = b"" if self.content is None else der.tagged(0, der.octets(self.content))
        carried = [self.certificate] if self.carried is None else self.carried
        signed = der.sequence(
            der.integer(1),
            der.set_of(der.SHA256),
            der.sequence(der.oid(self.content_type), content),
            der.tagged(0, *map(encoded, carried)),
            der.set_of(*[signer] * self.signers),
        )
        return der.sequence(der.oid(self.outer_type), der.tagged(0, signed))


def token(
    certificate: x509.Certificate, key: Any, value: bytes, at: datetime, **changes: Any
) -> bytes:
    """A time stamp over a signature value."""
    info = der.sequence(
        der.integer(1),
        der.oid("1.3.6.1.4.1.99999.1"),
        der.sequence(der.SHA256, der.octets(hashlib.sha256(value).digest())),
        der.integer(7),
        der.tlv(der.TIME, f"{at:%Y%m%d%H%M%SZ}".encode()),
    )
    stamp = Forgery(certificate, key, hashlib.sha256(info).digest(), TST_INFO, content=info)
    return stamp.but(**changes).build()

"""Certificates as they come in a file: each read once, and each signature on one checked once.

The same certificate comes in the signature, in its time stamp, in the file's security store and in
the trust store. asn1crypto's object is made where pyHanko's machinery is asked, or where
`cryptography`, which reads to the letter, cannot read a part of it.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509 import BasicConstraints, ExtendedKeyUsage, KeyUsage

ERRORS = (ValueError, TypeError, KeyError, UnsupportedAlgorithm, x509.DuplicateExtension)
"""What reading a stranger's certificate may raise."""


class Cert:
    """One certificate. Reading raises one of ERRORS when it cannot be read."""

    def __init__(self, der: bytes) -> None:
        self.der = der
        self._issued: dict[bytes, bool] = {}

    @cached_property
    def parsed(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)

    @cached_property
    def asn1(self) -> asn1.Certificate:
        return asn1.Certificate.load(self.der)

    @cached_property
    def key(self) -> CertificatePublicKeyTypes:
        return self.parsed.public_key()

    @cached_property
    def issuer(self) -> x509.Name:
        return self.parsed.issuer

    @cached_property
    def issuer_der(self) -> bytes:
        return self.issuer.public_bytes()

    @cached_property
    def subject(self) -> x509.Name:
        return self.parsed.subject

    @cached_property
    def extensions(self) -> dict[str, x509.Extension[x509.ExtensionType]]:
        """By the dotted number of their kind."""
        return {e.oid.dotted_string: e for e in self.parsed.extensions}

    @cached_property
    def thumbprint(self) -> str:
        """SHA-256 of the DER, hex."""
        return hashlib.sha256(self.der).hexdigest()

    @cached_property
    def lives(self) -> tuple[datetime, datetime]:
        return self.parsed.not_valid_before_utc, self.parsed.not_valid_after_utc

    @cached_property
    def is_authority(self) -> bool:
        try:
            found = self.extensions.get(BasicConstraints.oid.dotted_string)
        except ERRORS:
            return bool(self.asn1.ca)
        return found is not None and bool(found.value.ca)  # type: ignore[attr-defined]

    @cached_property
    def signs_documents(self) -> bool:
        """By its key usage, where it names any."""
        try:
            found = self.extensions.get(KeyUsage.oid.dotted_string)
        except ERRORS:
            usage = self.asn1.key_usage_value
            return not usage or bool(usage.native & {"digital_signature", "non_repudiation"})
        if found is None:
            return True
        return bool(found.value.digital_signature or found.value.content_commitment)  # type: ignore[attr-defined]

    @cached_property
    def purposes(self) -> frozenset[str] | None:
        """Extended key usages in dotted form; None where it names none."""
        try:
            found = self.extensions.get(ExtendedKeyUsage.oid.dotted_string)
        except ERRORS:
            said = self.asn1.extended_key_usage_value
            return None if said is None else frozenset(purpose.dotted for purpose in said)
        return None if found is None else frozenset(p.dotted_string for p in found.value)  # type: ignore[attr-defined]

    def issued_by(self, issuer: "Cert") -> bool:
        """Names the other as its issuer and bears its signature."""
        known = self._issued.get(issuer.der)
        if known is None:
            known = self._issued[issuer.der] = self._is_issued_by(issuer)
        return known

    def _is_issued_by(self, issuer: "Cert") -> bool:
        try:
            self.parsed.verify_directly_issued_by(issuer.parsed)
        except (InvalidSignature, *ERRORS):
            return False
        return True


class Shelf:
    """One `Cert` for each certificate, however often it comes."""

    def __init__(self) -> None:
        self._all: dict[bytes, Cert] = {}

    def put(self, der: bytes) -> Cert:
        return self._all.setdefault(der, Cert(der))

    def put_all(self, ders: Iterable[bytes]) -> tuple[Cert, ...]:
        return tuple(dict.fromkeys(map(self.put, ders)))

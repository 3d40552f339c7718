"""Invented certification authorities for files that tests sign themselves."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from backend.verification.trust import Anchor, Trust

YEAR = timedelta(days=365)
SIGNING = (ExtendedKeyUsageOID.EMAIL_PROTECTION, x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"))
STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)


@lru_cache(maxsize=4)
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """RSA keys are slow to make; tests share one of each size."""
    return rsa.generate_private_key(65537, bits)


@dataclass
class Holder:
    """A certificate with its key and the certificates above it."""

    certificate: x509.Certificate
    key: Any
    chain: list[x509.Certificate] = field(default_factory=list)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


class House:
    """A root, an issuing authority below it, and what it issues. Years run around `now`."""

    def __init__(self, name: str, now: datetime, *, key: Any = None) -> None:
        self.now = now
        self.root = self._ca(f"{name} Root", None, key)
        self.issuing = self._ca(f"{name} CA", self.root, None)

    def _ca(self, name: str, issuer: Holder | None, key: Any) -> Holder:
        key = key or ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(name, key, issuer, self.now - 5 * YEAR, self.now + 15 * YEAR)
        builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
        builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        signing_key = issuer.key if issuer else key
        certificate = builder.sign(signing_key, hashes.SHA256())
        return Holder(certificate, key, [issuer.certificate, *issuer.chain] if issuer else [])

    def _builder(
        self, name: str, key: Any, issuer: Holder | None, start: datetime, end: datetime
    ) -> x509.CertificateBuilder:
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Pemerintah Kabupaten Contoh"),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        )
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        )

    def issue(
        self,
        name: str,
        *,
        key: Any = None,
        start: datetime | None = None,
        end: datetime | None = None,
        uses: tuple[x509.ObjectIdentifier, ...] | None = SIGNING,
        issuer: Holder | None = None,
        usage: x509.KeyUsage | None = None,
        algorithm: hashes.HashAlgorithm | None = None,
    ) -> Holder:
        """An end entity's certificate, a signer's unless told otherwise."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        issuer = issuer or self.issuing
        start, end = start or self.now - YEAR, end or self.now + 2 * YEAR
        builder = self._builder(name, key, issuer, start, end)
        builder = builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        usage = usage or _usage(digital_signature=True, content_commitment=True)
        builder = builder.add_extension(usage, critical=True)
        if uses is not None:
            critical = uses == STAMPING
            builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=critical)
        certificate = builder.sign(issuer.key, algorithm or hashes.SHA256())
        return Holder(certificate, key, [issuer.certificate, *issuer.chain])

    def stamper(self, **facts: Any) -> Holder:
        """A time-stamping authority's certificate."""
        facts = {
            "uses": STAMPING,
            "end": self.now + 10 * YEAR,
            "start": self.now - 4 * YEAR,
        } | facts
        return self.issue("Contoh TSA", key=facts.pop("key", rsa_key(2048)), **facts)

    def crl(
        self,
        *revoked: tuple[Holder, datetime],
        issuer: Holder | None = None,
        at: datetime | None = None,
        lasts: timedelta = timedelta(days=7),
    ) -> bytes:
        """A revocation list made at `at` (now), DER."""
        issuer = issuer or self.issuing
        at = at or self.now
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.certificate.subject)
            .last_update(at)
            .next_update(at + lasts)
        )
        for holder, moment in revoked:
            entry = x509.RevokedCertificateBuilder(holder.certificate.serial_number, moment).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def crls(self, at: datetime | None = None) -> list[bytes]:
        """Empty lists of the root and the issuing authority."""
        return [self.crl(at=at), self.crl(issuer=self.root, at=at)]

    def trust(self, *, psre: bool = False, purposes: Any = ("signing", "tsa")) -> Trust:
        """A trust store with this root alone."""
        anchor = Anchor.model_construct(
            name=f"{self.root.certificate.subject.rfc4514_string()}",
            certificate=self.root.der,
            purposes=frozenset(purposes),
            indonesian_psre=psre,
        )
        return Trust.model_construct(anchors=(anchor,), crls=())


def _usage(**on: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: on.get(name, False) for name in names})


def usage(**on: bool) -> x509.KeyUsage:
    return _usage(**on)

"""A throw-away authority for tests, without a database: root, issuing, OCSP, TSA and signers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.certificates.issuer import LocalIssuer
from backend.certificates.kinds import AuthorityKind
from backend.certificates.profiles import Addresses, Profile, Subject
from backend.certificates.revocation import Evidence
from backend.certificates.status import Revoked, Standing
from backend.certificates.timestamps import EmbeddedTimeStamper
from backend.core.clock import Clock, SystemClock

ORIGIN = "http://localhost:8080"
ORGANISATION = "Pemerintah Kabupaten Contoh"


@dataclass
class Signer:
    """A signer's key and certificate."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


@dataclass
class Pki:
    """Also a `RevocationSource`: put a serial into `revoked` and it is no longer good."""

    issuer: LocalIssuer
    revoked: dict[int, Revoked] = field(default_factory=dict)

    @property
    def time_stamper(self) -> EmbeddedTimeStamper:
        return EmbeddedTimeStamper(self.issuer)

    def der(self, kind: AuthorityKind) -> bytes:
        return next(a.certificate for a in self.issuer.authorities() if a.kind is kind)

    def certificate(self, kind: AuthorityKind) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der(kind))

    @property
    def root(self) -> x509.Certificate:
        return self.certificate(AuthorityKind.ROOT)

    @property
    def issuing(self) -> x509.Certificate:
        return self.certificate(AuthorityKind.ISSUING)

    def signer(
        self,
        name: str = "Ani Contoh, S.E.",
        *,
        rsa_bits: int | None = None,
        identifier: str = "0" * 32,
    ) -> Signer:
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = (
            rsa.generate_private_key(65537, rsa_bits)
            if rsa_bits
            else ec.generate_private_key(ec.SECP256R1())
        )
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        der = self.issuer.issue(Profile.SIGNER, Subject(name, ORGANISATION, identifier), public)
        return Signer(key, x509.load_der_x509_certificate(der))

    def crl(self, kind: AuthorityKind = AuthorityKind.ISSUING, number: int = 1) -> bytes:
        entries = list(self.revoked.values()) if kind is AuthorityKind.ISSUING else []
        return self.issuer.crl(kind, number, entries)

    def ocsp(self, serial: int) -> bytes:
        standing = Standing(issued=True, revoked=self.revoked.get(serial))
        return self.issuer.ocsp(serial, standing, "sha256", None)

    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        authorities = (self.der(AuthorityKind.ISSUING), self.der(AuthorityKind.ROOT))
        ends = [der for der in certificates if der not in authorities]
        serials = [x509.load_der_x509_certificate(der).serial_number for der in ends]
        return Evidence(
            authorities, tuple(map(self.ocsp, serials)), (self.crl(AuthorityKind.ROOT),)
        )


def make_pki(folder: Path, clock: Clock | None = None, *, origin: str = ORIGIN) -> Pki:
    """A new authority with its keys below `folder` (a test's `tmp_path`)."""
    issuer = LocalIssuer(folder / "authority", Addresses(origin), clock or SystemClock())
    issuer.establish(ORGANISATION)
    return Pki(issuer)

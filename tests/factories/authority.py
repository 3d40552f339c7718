"""A small public-key infrastructure in memory, independent of the product's own authority."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from backend.certificates.revocation import Evidence
from backend.signing.pdf.container import SignerIdentity

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
# Judges compare with the machine's own clock, so this infrastructure lives in the present.
AT = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
START = AT - timedelta(days=300)


def name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Pemerintah Kabupaten Contoh"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


@dataclass
class Key:
    """A signing key as the engine's port wants it."""

    private: Any
    signatures: int = 0

    def sign(self, data: bytes) -> bytes:
        self.signatures += 1
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass
class Signer:
    key: Key
    certificate: x509.Certificate
    chain: tuple[bytes, ...]

    @property
    def identity(self) -> SignerIdentity:
        return SignerIdentity(der(self.certificate), self.chain)


@dataclass
class Authority:
    """Root, issuing authority, CRLs and a time-stamping authority that tells the time it is given."""

    now: datetime = AT
    revoked: list[int] = field(default_factory=list)

    def _issue(
        self,
        common: str,
        public_key: Any,
        issuer: x509.Certificate | None,
        issuer_key: Any,
        *,
        ca: bool = False,
        usages: Sequence[x509.ObjectIdentifier] = (),
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(common))
            .issuer_name(issuer.subject if issuer else name(common))
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(START)
            .not_valid_after(START + timedelta(days=3650 if ca else 730))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=not ca,
                    content_commitment=not ca and ExtendedKeyUsageOID.TIME_STAMPING not in usages,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    key_cert_sign=ca,
                    crl_sign=ca,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
        )
        if issuer:
            parent = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            builder = builder.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(parent),
                critical=False,
            ).add_extension(
                x509.CRLDistributionPoints(
                    [
                        x509.DistributionPoint(
                            [x509.UniformResourceIdentifier("http://localhost:9/x.crl")],
                            None,
                            None,
                            None,
                        )
                    ]
                ),
                critical=False,
            )
        if usages:
            stamping = ExtendedKeyUsageOID.TIME_STAMPING in usages
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=stamping)
        return builder.sign(issuer_key, hashes.SHA256())

    @cached_property
    def root_key(self) -> Any:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def root(self) -> x509.Certificate:
        return self._issue("Akar Contoh", self.root_key.public_key(), None, self.root_key, ca=True)

    @cached_property
    def issuing_key(self) -> Any:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def issuing(self) -> x509.Certificate:
        return self._issue(
            "Penerbit Contoh", self.issuing_key.public_key(), self.root, self.root_key, ca=True
        )

    def signer(self, common: str = "Dra. Hj. Ratna Contoh, M.Si.", kind: str = "ecdsa") -> Signer:
        private: Any = (
            ec.generate_private_key(ec.SECP256R1())
            if kind == "ecdsa"
            else rsa.generate_private_key(65537, 3072)
        )
        certificate = self._issue(
            common,
            private.public_key(),
            self.issuing,
            self.issuing_key,
            usages=[DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION],
        )
        return Signer(Key(private), certificate, (der(self.issuing),))

    @cached_property
    def _stamper(self) -> tuple[Any, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._issue(
            "Stempel Waktu Contoh",
            key.public_key(),
            self.issuing,
            self.issuing_key,
            usages=[ExtendedKeyUsageOID.TIME_STAMPING],
        )
        return key, certificate

    token_size = 1500

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        """The time-stamping port."""
        assert algorithm == "sha256"
        key, certificate = self._stamper
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.3.6.1.4.1.99999.1",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": digest,
                },
                "serial_number": x509.random_serial_number(),
                "gen_time": self.now,
            }
        ).dump()
        mine = asn1_x509.Certificate.load(der(certificate))
        hashed = tsp.ESSCertIDv2({"cert_hash": sha256(mine.dump())})
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [sha256(info)]},
                {"type": "signing_certificate_v2", "values": [{"certs": [hashed]}]},
            ]
        )
        signer = {
            "version": "v1",
            "sid": {
                "issuer_and_serial_number": {
                    "issuer": mine.issuer,
                    "serial_number": mine.serial_number,
                }
            },
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": key.sign(attributes.untag().dump(), ec.ECDSA(hashes.SHA256())),
        }
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(info),
                },
                "certificates": [cms.CertificateChoices(name="certificate", value=mine)],
                "signer_infos": [signer],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()

    def _crl(self, issuer: x509.Certificate, key: Any) -> bytes:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.subject)
            .last_update(self.now - timedelta(hours=1))
            .next_update(self.now + timedelta(days=7))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()),
                critical=False,
            )
        )
        for serial in self.revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(serial)
                .revocation_date(self.now - timedelta(days=1))
                .build()
            )
        return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        """The revocation port."""
        assert der(self.issuing) in certificates
        return Evidence(
            certificates=(der(self.issuing), der(self.root)),
            ocsps=(),
            crls=(self._crl(self.root, self.root_key), self._crl(self.issuing, self.issuing_key)),
        )


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()

"""The container from a template is what pyHanko builds object by object, byte for byte."""

import asyncio
import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from backend.certificates.attributes import signed_attributes
from backend.signing.pdf.container import SignerIdentity, signature_container
from tests.factories.authorities import rsa_key
from tests.factories.authority import Authority

KEYS = {"ecdsa": ec.generate_private_key(ec.SECP256R1()), "rsa": rsa_key(3072)}
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=64)


class GivenToken(TimeStamper):  # type: ignore[misc]
    """Hands out one token."""

    def __init__(self, token: bytes) -> None:
        super().__init__()
        self._token = cms.ContentInfo.load(token)

    async def async_timestamp(self, *_: object) -> cms.ContentInfo:
        return self._token


def certificate(kind: str, issuer: str, serial: int) -> bytes:
    """Self-made: only its names, its number and its key go into the container."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.COMMON_NAME, issuer),
        ]
    )
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(name)
        .public_key(KEYS[kind].public_key())
        .serial_number(serial)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .sign(KEYS["ecdsa"], hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


async def by_pyhanko(
    identity: SignerIdentity, digest: bytes, value: bytes, token: bytes | None
) -> tuple[bytes, bytes]:
    """The signed attributes and the container, by pyHanko's own builder."""
    registry = SimpleCertificateStore()
    registry.register_multiple([asn1_x509.Certificate.load(der) for der in identity.chain])
    signer = ExternalSigner(
        asn1_x509.Certificate.load(identity.certificate), registry, signature_value=value
    )
    attributes = await signer.signed_attrs(digest, "sha256", use_pades=True)
    made = await signer.async_sign_prescribed_attributes(
        "sha256", attributes, timestamper=GivenToken(token) if token else None
    )
    return attributes.dump(), made.dump()


# Without shrinking: building by objects is too slow for it, and a difference shows as it is.
@settings(deadline=None, max_examples=60, phases=(Phase.explicit, Phase.generate))
@given(
    kind=st.sampled_from(list(KEYS)),
    issuer=NAMES,
    serial=st.integers(1, 2**159 - 1),
    digest=st.binary(min_size=32, max_size=32),
    value=st.binary(min_size=1, max_size=512),
    stamped=st.booleans(),
)
def test_it_equals_what_pyhanko_builds(
    authority: Authority,
    kind: str,
    issuer: str,
    serial: int,
    digest: bytes,
    value: bytes,
    stamped: bool,
) -> None:
    chain = authority.signer().chain if serial % 2 else ()
    identity = SignerIdentity(certificate(kind, issuer, serial), chain)
    token = authority.stamp(hashlib.sha256(value).digest()) if stamped else None
    attributes, container = asyncio.run(by_pyhanko(identity, digest, value, token))

    assert signed_attributes(digest, identity.certificate) == attributes
    assert signature_container(identity, attributes, value, token) == container


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_openssl_verifies_it(kind: str, authority: Authority, tmp_path: Path) -> None:
    signer = authority.signer(kind=kind)
    content = b"naskah yang ditandatangani"
    attributes = signed_attributes(hashlib.sha256(content).digest(), signer.identity.certificate)
    value = signer.key.sign(attributes)
    token = authority.stamp(hashlib.sha256(value).digest())
    made = tmp_path / "made.der"
    made.write_bytes(signature_container(signer.identity, attributes, value, token))
    detached = tmp_path / "content"
    root = tmp_path / "root.pem"
    root.write_bytes(authority.root.public_bytes(Encoding.PEM))

    def verified(about: bytes) -> bool:
        detached.write_bytes(about)
        command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", made, "-binary"]
        command += ["-content", detached, "-CAfile", root, "-purpose", "any", "-cades"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    assert verified(content)
    assert not verified(content + b".")

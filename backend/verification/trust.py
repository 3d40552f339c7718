"""Whom a judgement trusts: anchors with purposes, and the revocation lists known here.

Shipped with none but this installation's own root; the agency adds BSrE and others.
"""

import base64
import hashlib
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import Base64Bytes, BaseModel, ConfigDict

from backend.verification.problems import NOT_A_CERTIFICATE

Purpose = Literal["signing", "tsa"]


class Anchor(BaseModel):
    """A root whose word is taken."""

    model_config = ConfigDict(frozen=True)

    name: str
    certificate: Base64Bytes
    """DER."""
    purposes: frozenset[Purpose]
    indonesian_psre: bool = False


class Trust(BaseModel):
    """Travels to the confined process as JSON."""

    model_config = ConfigDict(frozen=True)

    anchors: tuple[Anchor, ...] = ()
    crls: tuple[Base64Bytes, ...] = ()
    """Newest revocation lists of authorities in this house, so that nobody need be asked."""

    @property
    def sha256(self) -> str:
        """Names whom it trusts: each root's thumbprint, purposes and mark, in order."""
        lines = sorted(
            f"{hashlib.sha256(a.certificate).hexdigest()} {','.join(sorted(a.purposes))}"
            f" {'psre' if a.indonesian_psre else '-'}\n"
            for a in self.anchors
        )
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def anchor_of(name: str, der: bytes, purposes: frozenset[Purpose], *, psre: bool) -> Anchor:
    # Pydantic's Base64Bytes decodes on the way in; the value is already decoded here.
    return Anchor.model_construct(
        name=name, certificate=der, purposes=purposes, indonesian_psre=psre
    )


BOTH: frozenset[Purpose] = frozenset({"signing", "tsa"})


def trust_of_files(paths: list[Path], *, indonesian_psre: bool = False) -> Trust:
    """Anchors from PEM or DER files. Raises NOT_A_CERTIFICATE."""
    found = [anchor for path in paths for anchor in anchors_of(path.read_bytes(), path.name)]
    marked = tuple(a.model_copy(update={"indonesian_psre": indonesian_psre}) for a in found)
    return Trust.model_construct(anchors=marked, crls=())


def anchors_of(data: bytes, name: str) -> list[Anchor]:
    """The certificates in PEM, DER, or DER in Base64, for both purposes. Raises NOT_A_CERTIFICATE."""
    try:
        if b"-----BEGIN" in data:
            found = x509.load_pem_x509_certificates(data)
        elif data[:1] == b"0":
            found = [x509.load_der_x509_certificate(data)]
        else:
            found = [x509.load_der_x509_certificate(base64.b64decode(data, validate=True))]
        ders = [certificate.public_bytes(Encoding.DER) for certificate in found]
        return [anchor_of(common_name(der), der, BOTH, psre=False) for der in ders]
    except ValueError as error:
        raise NOT_A_CERTIFICATE(name=name) from error


def common_name(der: bytes) -> str:
    subject = x509.load_der_x509_certificate(der).subject
    common = subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(common[0].value) if common else subject.rfc4514_string()

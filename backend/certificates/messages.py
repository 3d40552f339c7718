"""What signatures, time stamps and their requests look like (RFC 5652, RFC 3161), to be read.

`cryptography` decodes them strictly: one that is no proper DER raises ValueError. Sets are read as
lists, since makers do not agree on the order of certificates, and a value that may be absent and
may be anything, which cannot be declared, as the list that its tag makes of it.
"""

from dataclasses import dataclass
from typing import Annotated, TypeVar

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from backend.core import der

DATA = ObjectIdentifier("1.2.840.113549.1.7.1")
SIGNED_DATA = ObjectIdentifier("1.2.840.113549.1.7.2")
TST_INFO = ObjectIdentifier("1.2.840.113549.1.9.16.1.4")
HASHES = {
    ObjectIdentifier("2.16.840.1.101.3.4.2.1"): "sha256",
    ObjectIdentifier("2.16.840.1.101.3.4.2.2"): "sha384",
    ObjectIdentifier("2.16.840.1.101.3.4.2.3"): "sha512",
}
"""The digest algorithms that are understood."""

_Shape = TypeVar("_Shape")


@asn1.sequence
class Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class Attribute:
    type: ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class IssuerAndSerial:
    issuer: asn1.TLV
    serial: int


@asn1.sequence
class SignerInfo:
    version: int
    signer: asn1.TLV
    digest_algorithm: Algorithm
    signed_attributes: asn1.TLV
    signature_algorithm: Algorithm
    signature: bytes
    unsigned_attributes: Annotated[list[Attribute] | None, asn1.Implicit(1)]


@asn1.sequence
class Encapsulated:
    content_type: ObjectIdentifier
    content: Annotated[bytes | None, asn1.Explicit(0)]


@asn1.sequence
class SignedData:
    version: int
    digest_algorithms: asn1.SetOf[Algorithm]
    encapsulated: Encapsulated
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    lists: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[SignerInfo]


@asn1.sequence
class ContentInfo:
    content_type: ObjectIdentifier
    content: Annotated[asn1.TLV, asn1.Explicit(0)]


@asn1.sequence
class Imprint:
    algorithm: Algorithm
    digest: bytes


@asn1.sequence
class TimeStampRequest:
    version: int
    imprint: Imprint
    policy: ObjectIdentifier | None
    nonce: int | None
    certificates_wanted: Annotated[bool, asn1.Default(value=False)]
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]


@asn1.sequence
class TimeStampInfo:
    version: int
    policy: ObjectIdentifier
    imprint: Imprint
    serial: int
    time: asn1.GeneralizedTime
    accuracy: list[asn1.TLV] | None
    ordering: Annotated[bool, asn1.Default(value=False)]
    nonce: int | None
    authority: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class Status:
    status: int
    text: list[str] | None
    failure: asn1.BitString | None


@asn1.sequence
class TimeStampResponse:
    status: Status
    token: ContentInfo | None


@asn1.sequence
class CertificateId:
    """ESSCertIDv2 (RFC 5035 §5), its digest SHA-256 unless it says otherwise."""

    algorithm: Algorithm | None
    digest: bytes
    issuer_serial: list[asn1.TLV] | None


@asn1.sequence
class SigningCertificate:
    certificates: list[CertificateId]
    policies: list[asn1.TLV] | None


@asn1.sequence
class _Attributes:
    attributes: Annotated[list[Attribute], asn1.Implicit(0)]


@dataclass(frozen=True)
class Token:
    """A time-stamp token, as far as it can be read without trusting it."""

    signed: SignedData
    payload: bytes
    """The TSTInfo's DER: what is signed."""
    info: TimeStampInfo


def read(shape: type[_Shape], data: bytes) -> _Shape:
    """Raises ValueError for anything but one value of this shape."""
    return asn1.decode_der(shape, data)


def signed_data(content: bytes) -> SignedData:
    """The SignedData in a ContentInfo."""
    outer = read(ContentInfo, content)
    if outer.content_type != SIGNED_DATA:
        raise ValueError("not a CMS signature")
    found: SignedData = outer.content.parse(SignedData)
    return found


def raw(value: asn1.TLV) -> bytes:
    """A value as it stands in its message."""
    return der.tlv(value.tag_bytes[0], bytes(value.data))


def attributes_of(signer: SignerInfo) -> list[Attribute]:
    """The signed attributes."""
    return read(_Attributes, der.sequence(raw(signer.signed_attributes))).attributes


def token(content: bytes) -> Token:
    """A time-stamp token. Raises ValueError for anything else."""
    signed = signed_data(content)
    payload = signed.encapsulated.content
    if signed.encapsulated.content_type != TST_INFO or payload is None:
        raise ValueError("not a time-stamp token")
    return Token(signed, payload, read(TimeStampInfo, payload))

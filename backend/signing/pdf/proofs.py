"""What a signature, its time stamp and the evidence beside them prove: judged from their bytes.

Nothing is imported from the maker, and nothing is assumed of its habits: any conforming CMS with
SHA-2 and ECDSA or RSA (PKCS #1 v1.5) is judged alike. What depends on unchanging bytes alone, such
as who issued a certificate, is found out once and remembered.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ObjectIdentifier, ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from backend.certificates import messages
from backend.certificates.messages import SignedData, SignerInfo
from backend.core import der

_CONTENT_TYPE = ObjectIdentifier("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = ObjectIdentifier("1.2.840.113549.1.9.4")
_SIGNING_TIME = ObjectIdentifier("1.2.840.113549.1.9.5")
_SIGNING_CERTIFICATE_V2 = ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
_TIME_STAMP = ObjectIdentifier("1.2.840.113549.1.9.16.2.14")
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_SIGNATURES = {
    "1.2.840.10045.4.3.2": (ec.EllipticCurvePublicKey, "sha256"),
    "1.2.840.10045.4.3.3": (ec.EllipticCurvePublicKey, "sha384"),
    "1.2.840.10045.4.3.4": (ec.EllipticCurvePublicKey, "sha512"),
    "1.2.840.113549.1.1.1": (rsa.RSAPublicKey, None),
    "1.2.840.113549.1.1.11": (rsa.RSAPublicKey, "sha256"),
    "1.2.840.113549.1.1.12": (rsa.RSAPublicKey, "sha384"),
    "1.2.840.113549.1.1.13": (rsa.RSAPublicKey, "sha512"),
}
"""Signature algorithm → kind of key and digest; plain rsaEncryption leaves the digest open."""


class SelfCheckError(Exception):
    """The file is not what it must be; nothing may be replaced by it. Says what is wrong."""


def demand(truth: object, what: str) -> None:
    if not truth:
        raise SelfCheckError(what)


Digest = Callable[[str], bytes]
"""The digest of what is signed, by the name of its algorithm, such as sha256."""


def check_signature(
    contents: bytes, digest: Digest, certificate: bytes, store: "Store | None"
) -> datetime | None:
    """The time stamp's genTime of a CMS signature (DER) by this certificate (DER), if it has one.

    With a store, both chains must be proven by it. Raises SelfCheckError or ValueError.
    """
    signed = messages.signed_data(contents)
    demand(signed.encapsulated.content is None, "content is enclosed")
    carried = set(map(messages.raw, signed.certificates or ()))
    demand(certificate in carried, "the signer's certificate is not with the signature")
    demand(store is None or carried <= store.known, "a certificate nobody knows")
    signer, attributes = _check_signer(signed, digest, certificate, messages.DATA, "signature")
    demand(_SIGNING_TIME not in attributes, "a signing-time in the CMS")
    stamps = [
        value
        for attribute in signer.unsigned_attributes or ()
        if attribute.type == _TIME_STAMP
        for value in attribute.values.as_list()
    ]
    demand(len(stamps) <= 1, "more than one time stamp")
    if not stamps:
        return None
    stamped_at = check_stamp(messages.raw(stamps[0]), signer.signature, store)
    _check_chain(_certificate(certificate), stamped_at, store)
    return stamped_at


def check_stamp(token: bytes, value: bytes, store: "Store | None") -> datetime:
    """The time stamp is over this signature's value, by a certificate that may stamp."""
    stamp = messages.token(token)
    imprint = stamp.info.imprint
    algorithm = messages.HASHES[imprint.algorithm.algorithm]
    demand(imprint.digest == hashlib.new(algorithm, value).digest(), "imprint")
    certificates = list(map(messages.raw, stamp.signed.certificates or ()))
    demand(len(stamp.signed.signers.as_list()) == 1, "time stamp: not exactly one signer")
    named = stamp.signed.signers.as_list()[0].signer.parse(messages.IssuerAndSerial)
    found = (c for c in certificates if _certificate(c).serial_number == named.serial)
    certificate = next(found, None)
    if certificate is None:
        raise SelfCheckError("the time stamp lacks its certificate")
    payload = stamp.payload
    _check_signer(
        stamp.signed,
        lambda name: hashlib.new(name, payload).digest(),
        certificate,
        messages.TST_INFO,
        "time stamp",
    )
    demand(_may_stamp(certificate), "that key may not stamp time")
    stamped_at = stamp.info.time.as_datetime()
    _check_chain(_certificate(certificate), stamped_at, store)
    return stamped_at


def _check_signer(
    signed: SignedData,
    digest: Digest,
    certificate: bytes,
    content_type: ObjectIdentifier,
    what: str,
) -> tuple[SignerInfo, "_Attributes"]:
    """One signer, right digest, right certificate, valid signature; its SignerInfo, and what it signed."""
    signers = signed.signers.as_list()
    demand(len(signers) == 1, f"{what}: not exactly one signer")
    signer = signers[0]
    algorithm = messages.HASHES[signer.digest_algorithm.algorithm]
    attributes = _signed_attributes(signer)
    demand(signed.encapsulated.content_type == content_type, f"{what}: content type")
    demand(attributes[_CONTENT_TYPE] == _encoded(content_type), f"{what}: content type")
    demand(attributes[_MESSAGE_DIGEST] == der.octets(digest(algorithm)), f"{what}: message digest")
    by, named = _named(attributes[_SIGNING_CERTIFICATE_V2])
    demand(named == hashlib.new(by, certificate).digest(), f"{what}: another certificate")
    # RFC 5652 §5.4: the digest is over the attributes as a SET, not as tagged in the message.
    to_verify = der.tlv(der.SET, bytes(signer.signed_attributes.data))
    key = _certificate(certificate).public_key()
    kind, named_hash = _SIGNATURES[signer.signature_algorithm.algorithm.dotted_string]
    fits = isinstance(key, kind) and named_hash in {None, algorithm}
    demand(fits, f"{what}: another signature algorithm")
    demand(_verifies(key, signer.signature, to_verify, algorithm), f"{what} does not verify")
    return signer, attributes


@lru_cache(maxsize=16)
def _encoded(identifier: ObjectIdentifier) -> bytes:
    return der.oid(identifier.dotted_string)


@lru_cache(maxsize=256)
def _named(attribute: bytes) -> tuple[str, bytes]:
    """The certificate that a signing-certificate-v2 attribute names: hash function and digest."""
    first = messages.read(messages.SigningCertificate, attribute).certificates[0]
    by = messages.HASHES[first.algorithm.algorithm] if first.algorithm else "sha256"
    return by, first.digest


_Attributes = dict[ObjectIdentifier, bytes]


def _signed_attributes(signer: SignerInfo) -> _Attributes:
    """Each signed attribute's one value, DER."""
    demand(signer.signed_attributes.tag_bytes == b"\xa0", "no signed attributes")
    found: dict[ObjectIdentifier, bytes] = {}
    for attribute in messages.attributes_of(signer):
        values = attribute.values.as_list()
        demand(len(values) == 1 and attribute.type not in found, "an attribute stands twice")
        found[attribute.type] = messages.raw(values[0])
    return found


def _verifies(key: object, signature: bytes, data: bytes, algorithm: str) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), _HASHES[algorithm])
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(_HASHES[algorithm]))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _check_chain(certificate: x509.Certificate, at: datetime, store: "Store | None") -> None:
    """The certificate was valid; with a store, its chain was and is proven not to be revoked."""
    start, end = _validity(certificate)
    demand(start <= at <= end, "a certificate was not valid at the time")
    if store is not None:
        store.check_chain(certificate, at)


class Store:
    """The document security store: certificates and what proves that they were not revoked."""

    def __init__(
        self, certificates: Iterable[bytes], crls: Iterable[bytes], ocsps: Iterable[bytes]
    ) -> None:
        self.known = frozenset(certificates)
        """The certificates, DER."""
        self._certificates = list(map(_certificate, self.known))
        self._lists = list(crls)
        self._answers = list(ocsps)
        self._spans: dict[x509.Certificate, tuple[datetime, datetime]] = {}
        """What was found out: it depends on nothing but these bytes."""

    def check_chain(self, certificate: x509.Certificate, at: datetime) -> None:
        """Every certificate up to a root is here, was valid, and is proven not to be revoked."""
        if certificate not in self._spans:
            self._spans[certificate] = self._span(certificate)
        start, end = self._spans[certificate]
        demand(start <= at <= end, "a certificate was not valid at the time")

    def _span(self, certificate: x509.Certificate) -> tuple[datetime, datetime]:
        """When every certificate up to a root, all here and none of them revoked, is valid."""
        seen, span = 0, _ALWAYS
        while not _is_root(certificate):
            seen += 1
            demand(seen < 8, "the chain does not end")
            start, end = _validity(certificate)
            span = max(span[0], start), min(span[1], end)
            issuer = self._issuer_of(certificate)
            self._check_not_revoked(certificate, issuer)
            certificate = issuer
        return span

    def _issuer_of(self, certificate: x509.Certificate) -> x509.Certificate:
        for candidate in self._certificates:
            if _issued(candidate, certificate):
                return candidate
        raise SelfCheckError("the store lacks an issuer")

    def _check_not_revoked(self, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
        serial = certificate.serial_number
        for listed in self._lists:
            if _is_list_of(listed, issuer):
                entry = _revocation_list(listed).get_revoked_certificate_by_serial_number(serial)
                demand(entry is None, "a certificate is revoked")
                return
        for answer in self._answers:
            if _answer(answer).serial_number == serial:
                good = _answer(answer).certificate_status is ocsp.OCSPCertStatus.GOOD
                demand(good, "a certificate is revoked")
                _check_answer(answer, issuer)
                return
        raise SelfCheckError("nothing proves that a certificate is not revoked")


@lru_cache(maxsize=16)
def store_of(
    certificates: tuple[bytes, ...], crls: tuple[bytes, ...], ocsps: tuple[bytes, ...]
) -> Store:
    """A store of these bytes, known again: the papers of one activation share their evidence."""
    return Store(certificates, crls, ocsps)


@lru_cache(maxsize=1024)
def _certificate(encoded: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(encoded)


@lru_cache(maxsize=16)
def _revocation_list(encoded: bytes) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl(encoded)


@lru_cache(maxsize=256)
def _answer(encoded: bytes) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(encoded)


@lru_cache(maxsize=64)
def _may_stamp(encoded: bytes) -> bool:
    usage = _certificate(encoded).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    return list(usage) == [ExtendedKeyUsageOID.TIME_STAMPING]


@lru_cache(maxsize=1024)
def _validity(certificate: x509.Certificate) -> tuple[datetime, datetime]:
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


@lru_cache(maxsize=1024)
def _is_root(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject


@lru_cache(maxsize=4096)
def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    if issuer.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


@lru_cache(maxsize=256)
def _is_list_of(encoded: bytes, issuer: x509.Certificate) -> bool:
    listed = _revocation_list(encoded)
    return listed.issuer == issuer.subject and listed.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _check_answer(encoded: bytes, issuer: x509.Certificate) -> None:
    """A delegated responder of this issuer (RFC 6960 §4.2.2.2) says it."""
    answer = _answer(encoded)
    demand(len(answer.certificates) == 1, "the OCSP answer lacks its responder")
    responder = answer.certificates[0]
    usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    demand(ExtendedKeyUsageOID.OCSP_SIGNING in usage, "that key may not answer for the issuer")
    demand(_issued(issuer, responder), "the OCSP answer is of another issuer")
    algorithm = answer.signature_hash_algorithm
    said = _verifies(
        responder.public_key(),
        answer.signature,
        answer.tbs_response_bytes,
        algorithm.name if algorithm else "",
    )
    demand(said, "the OCSP answer does not verify")

"""The finished file, judged before it replaces anything, by code that had no part in making it.

Only qpdf (pikepdf), ASN.1 and plain cryptography are used here; nothing is imported from the maker.
"""

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pikepdf
from asn1crypto import cms, parser, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

LARGEST_SKEW = timedelta(minutes=10)
"""Between the accepted time in /M and the time stamp; a national service was seen six minutes off."""


class SelfCheckError(Exception):
    """The file is not what it must be; nothing may be replaced by it. Says what is wrong."""


@dataclass(frozen=True)
class Expected:
    """What the finished file must hold."""

    base: bytes
    """The version that was ticked: the file's prefix."""
    before: bytes
    """The prepared file: every byte but the slots of /M and /Contents stays."""
    field: str
    certificate: bytes
    """DER of the signer's certificate."""
    at: datetime
    """Acceptance, whole seconds: what /M says."""
    first: bool
    """The first signature certifies the document (DocMDP, P=2)."""
    evidence: bool = True
    """B-LT: the security store proves both chains. Without, nothing follows the signature (B-T)."""


def check(data: bytes, expected: Expected) -> datetime:
    """The time stamp's genTime of a file that passes every check. Raises SelfCheckError."""
    try:
        return _check(data, expected)
    except SelfCheckError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, pikepdf.PdfError) as error:
        raise SelfCheckError(f"unreadable: {type(error).__name__}") from error


def _demand(truth: object, what: str) -> None:
    if not truth:
        raise SelfCheckError(what)


def _check(data: bytes, expected: Expected) -> datetime:
    _demand(data.startswith(expected.base), "the ticked version is not the prefix")
    _demand(data.endswith(b"%%EOF\n"), "the end is missing")
    with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
        signature = _signature_of(pdf, expected.field)
        byte_range = [int(v) for v in signature.ByteRange]
        moment = str(signature.M)
        _demand(str(signature.SubFilter) == "/ETSI.CAdES.detached", "not a PAdES signature")
        if expected.first:
            _check_certification(pdf, signature)
        store = _Store.read(pdf) if expected.evidence else None
    _demand(store or len(data) == len(expected.before), "something follows the signature")
    contents = _contents(data, byte_range, len(expected.before))
    _demand(moment == f"D:{expected.at.astimezone(UTC):%Y%m%d%H%M%S}Z", "another signing time")
    _check_unchanged(data, expected.before, byte_range, moment)
    signed = data[: byte_range[1]] + data[byte_range[2] : byte_range[2] + byte_range[3]]
    token = _check_signature(contents, signed, expected.certificate, store)
    stamped_at = _check_stamp(token[0], token[1], store)
    _demand(abs(stamped_at - expected.at) <= LARGEST_SKEW, "the time stamp is far from acceptance")
    signer = x509.load_der_x509_certificate(expected.certificate)
    _check_chain(store, signer, stamped_at)
    return stamped_at


def _signature_of(pdf: pikepdf.Pdf, field: str) -> Any:
    for candidate in pdf.Root.AcroForm.Fields:
        if str(candidate.T) == field:
            _demand("/V" in candidate, "the field is not signed")
            return candidate.V
    raise SelfCheckError("the field is missing")


def _check_certification(pdf: pikepdf.Pdf, signature: Any) -> None:
    reference = signature.Reference[0]
    _demand(str(reference.TransformMethod) == "/DocMDP", "the document is not certified")
    _demand(int(reference.TransformParams.P) == 2, "other changes would be allowed")
    _demand(pdf.Root.Perms.DocMDP.objgen == signature.objgen, "/Perms names another signature")


def _contents(data: bytes, byte_range: list[int], prepared_size: int) -> bytes:
    """The CMS between the two ranges, which must leave out exactly its hexadecimal string."""
    start, first, second, length = byte_range
    _demand(start == 0 and first < second, "ByteRange does not start at the first byte")
    _demand(second + length == prepared_size, "ByteRange does not end with the signed revision")
    gap = data[first:second]
    _demand(re.fullmatch(rb"<[0-9A-Fa-f]+>", gap), "ByteRange leaves out more than /Contents")
    raw = bytes.fromhex(gap[1:-1].decode())
    _, _, _, header, body, trailer = parser.parse(raw)
    size = len(header) + len(body) + len(trailer)
    _demand(not any(raw[size:]), "the padding of /Contents is not empty")
    return raw[:size]


def _check_unchanged(data: bytes, before: bytes, byte_range: list[int], moment: str) -> None:
    """Nothing of the prepared file changed but the two slots."""
    _, first, second, _ = byte_range
    same = bytearray(data[: len(before)])
    same[first + 1 : second - 1] = b"0" * (second - first - 2)
    digits = moment[2:16].encode()
    slot = b"(D:00000000000000Z)"
    place = bytes(before).rfind(slot, len(before) - (len(before) - first) - 4096)
    _demand(place >= 0, "the prepared file has no slot for the time")
    _demand(same[place + 3 : place + 17] == digits, "/M stands elsewhere")
    same[place + 3 : place + 17] = b"0" * 14
    _demand(same == before, "the prepared file was changed outside its slots")


def _verify(public_key: Any, signature: bytes, data: bytes, what: str) -> None:
    try:
        if isinstance(public_key, rsa.RSAPublicKey):
            public_key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(public_key, ec.EllipticCurvePublicKey):
            public_key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        else:
            raise SelfCheckError(f"{what}: unexpected kind of key")
    except InvalidSignature as error:
        raise SelfCheckError(f"{what} does not verify") from error


def _attributes(signer: Any, name: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for attribute in signer[name]:
        kind = attribute["type"].native
        _demand(kind not in found, f"attribute {kind} stands twice")
        found[kind] = list(attribute["values"])
    return found


def _check_signer_info(
    signed_data: Any, payload: bytes, certificate: bytes, content_type: str, what: str
) -> Any:
    """One signer, right digest, right certificate, valid signature; returns its SignerInfo."""
    _demand(len(signed_data["signer_infos"]) == 1, f"{what}: not exactly one signer")
    signer = signed_data["signer_infos"][0]
    # RFC 5652 §5.4: the digest is over the attributes as a SET, not as tagged in the message.
    to_verify = b"\x31" + signer["signed_attrs"].dump()[1:]
    _demand(signer["digest_algorithm"]["algorithm"].native == "sha256", f"{what}: not SHA-256")
    attributes = _attributes(signer, "signed_attrs")
    _demand(attributes["content_type"][0].native == content_type, f"{what}: content type")
    _demand(
        attributes["message_digest"][0].native == hashlib.sha256(payload).digest(),
        f"{what}: message digest",
    )
    named = attributes["signing_certificate_v2"][0]["certs"][0]
    _demand(named["hash_algorithm"]["algorithm"].native == "sha256", f"{what}: certificate digest")
    _demand(
        named["cert_hash"].native == hashlib.sha256(certificate).digest(),
        f"{what}: another certificate",
    )
    key = x509.load_der_x509_certificate(certificate).public_key()
    _verify(key, signer["signature"].native, to_verify, what)
    return signer


def _check_signature(
    contents: bytes, signed: bytes, certificate: bytes, store: "_Store | None"
) -> tuple[bytes, Any]:
    """The signer's signature; returns its value and the token that stamps it."""
    content = cms.ContentInfo.load(contents, strict=True)
    _demand(content["content_type"].native == "signed_data", "not a CMS signature")
    signed_data = content["content"]
    _demand(signed_data["encap_content_info"]["content"].native is None, "content is enclosed")
    carried = [choice.chosen.dump() for choice in signed_data["certificates"]]
    _demand(certificate in carried, "the signer's certificate is not with the signature")
    known = store is None or all(store.holds(der) for der in carried)
    _demand(known, "a certificate nobody knows")
    signer = _check_signer_info(signed_data, signed, certificate, "data", "signature")
    _demand("signing_time" not in _attributes(signer, "signed_attrs"), "a signing-time in the CMS")
    stamps = _attributes(signer, "unsigned_attrs").get("signature_time_stamp_token", [])
    _demand(len(stamps) == 1, "not exactly one time stamp")
    return signer["signature"].native, stamps[0]


def _check_stamp(value: bytes, token: Any, store: "_Store | None") -> datetime:
    """The time stamp is over this signature's value, by a certificate that may stamp."""
    signed_data = token["content"]
    encapsulated = signed_data["encap_content_info"]
    _demand(encapsulated["content_type"].native == "tst_info", "not a time-stamp token")
    payload = encapsulated["content"].contents
    info = tsp.TSTInfo.load(payload)
    imprint = info["message_imprint"]
    _demand(imprint["hash_algorithm"]["algorithm"].native == "sha256", "imprint: not SHA-256")
    _demand(imprint["hashed_message"].native == hashlib.sha256(value).digest(), "imprint")
    sid = signed_data["signer_infos"][0]["sid"].chosen
    serial = sid["serial_number"].native
    certificates = [
        x509.load_der_x509_certificate(c.chosen.dump()) for c in signed_data["certificates"]
    ]
    certificate = next((c for c in certificates if c.serial_number == serial), None)
    if certificate is None:
        raise SelfCheckError("the time stamp lacks its certificate")
    der = certificate.public_bytes(Encoding.DER)
    _check_signer_info(signed_data, payload, der, "tst_info", "time stamp")
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    _demand(list(usage) == [ExtendedKeyUsageOID.TIME_STAMPING], "that key may not stamp time")
    stamped_at: datetime = info["gen_time"].native
    _check_chain(store, certificate, stamped_at)
    return stamped_at


def _check_chain(store: "_Store | None", certificate: x509.Certificate, at: datetime) -> None:
    """The certificate was valid; with a store, its chain was and is proven not to be revoked."""
    valid = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    _demand(valid, "a certificate was not valid at the time")
    if store is not None:
        store.check_chain(certificate, at)


class _Store:
    """The document security store: certificates and what proves that they were not revoked."""

    def __init__(
        self, certificates: Iterable[bytes], crls: Iterable[bytes], ocsps: Iterable[bytes]
    ) -> None:
        self._certificates = [x509.load_der_x509_certificate(der) for der in certificates]
        self._crls = [x509.load_der_x509_crl(der) for der in crls]
        self._answers = [ocsp.load_der_ocsp_response(der) for der in ocsps]

    @classmethod
    def read(cls, pdf: pikepdf.Pdf) -> "_Store":
        _demand("/DSS" in pdf.Root, "no document security store")
        store = pdf.Root.DSS
        return cls(
            *([s.read_bytes() for s in store.get(key, [])] for key in ("/Certs", "/CRLs", "/OCSPs"))
        )

    def holds(self, der: bytes) -> bool:
        return any(known.public_bytes(Encoding.DER) == der for known in self._certificates)

    def check_chain(self, certificate: x509.Certificate, at: datetime) -> None:
        """Every certificate up to a root is here, was valid, and is proven not to be revoked."""
        seen = 0
        while certificate.issuer != certificate.subject:
            seen += 1
            _demand(seen < 8, "the chain does not end")
            _demand(
                certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc,
                "a certificate was not valid at the time",
            )
            issuer = self._issuer_of(certificate)
            self._check_not_revoked(certificate, issuer)
            certificate = issuer

    def _issuer_of(self, certificate: x509.Certificate) -> x509.Certificate:
        for candidate in self._certificates:
            if candidate.subject == certificate.issuer:
                try:
                    certificate.verify_directly_issued_by(candidate)
                except (InvalidSignature, ValueError, TypeError):
                    continue
                return candidate
        raise SelfCheckError("the store lacks an issuer")

    def _check_not_revoked(self, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
        for listed in self._crls:
            if listed.issuer == issuer.subject and listed.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
                revoked = listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
                _demand(revoked is None, "a certificate is revoked")
                return
        for answer in self._answers:
            if answer.serial_number == certificate.serial_number:
                _check_answer(answer, issuer)
                return
        raise SelfCheckError("nothing proves that a certificate is not revoked")


def _check_answer(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    """A delegated responder of this issuer (RFC 6960 §4.2.2.2) says that the certificate is good."""
    _demand(answer.certificate_status is ocsp.OCSPCertStatus.GOOD, "a certificate is revoked")
    _demand(len(answer.certificates) == 1, "the OCSP answer lacks its responder")
    responder = answer.certificates[0]
    usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    _demand(ExtendedKeyUsageOID.OCSP_SIGNING in usage, "that key may not answer for the issuer")
    try:
        responder.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise SelfCheckError("the OCSP answer is of another issuer") from error
    _verify(responder.public_key(), answer.signature, answer.tbs_response_bytes, "OCSP answer")

"""Whether a certificate was revoked at a moment, from lists and answers already at hand.

Nothing is fetched. Any authentic statement that it was revoked at or before the moment counts,
however old; a statement that it was good counts when it was made at the moment or later, or when
its validity covers the moment (RFC 5280 §6.3.3, RFC 6960 §3.2).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from backend.verification.certs import Cert

T = TypeVar("T")


class Revocation(StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class _List:
    """A CRL; whose it is, is found out once."""

    def __init__(self, crl: x509.CertificateRevocationList) -> None:
        self.crl = crl
        self._by: dict[bytes, bool] = {}

    def is_by(self, issuer: Cert) -> bool:
        known = self._by.get(issuer.der)
        if known is None:
            known = self.crl.issuer == issuer.subject and _signed_by(self.crl, issuer)
            self._by[issuer.der] = known
        return known


class _Answer:
    """An OCSP response, likewise."""

    def __init__(self, answer: ocsp.OCSPResponse) -> None:
        self.answer = answer
        self._by: dict[bytes, bool] = {}

    def is_by(self, issuer: Cert) -> bool:
        known = self._by.get(issuer.der)
        if known is None:
            known = self._by[issuer.der] = _answered_by(self.answer, issuer)
        return known


@dataclass(frozen=True)
class Statements:
    """CRLs and OCSP responses, parsed; what cannot be parsed was left out."""

    crls: tuple[_List, ...] = ()
    answers: tuple[_Answer, ...] = ()

    @classmethod
    def read(cls, crls: Iterable[bytes], answers: Iterable[bytes]) -> "Statements":
        return cls(
            tuple(map(_List, _parsed(x509.load_der_x509_crl, crls))),
            tuple(map(_Answer, _parsed(ocsp.load_der_ocsp_response, answers))),
        )

    def __add__(self, other: "Statements") -> "Statements":
        return Statements(self.crls + other.crls, self.answers + other.answers)


@dataclass(frozen=True)
class Evidence:
    carried: Statements = field(default_factory=Statements)
    """In the file itself."""
    known: Statements = field(default_factory=Statements)
    """In this house."""


@dataclass(frozen=True)
class _Word:
    """What one authentic statement says."""

    revoked_at: datetime | None
    held: bool
    made_at: datetime
    good_until: datetime | None


State = tuple[Revocation, datetime | None]


def states_at(
    subject: Cert, issuer: Cert, at: datetime, evidence: Evidence
) -> tuple[State, Revocation]:
    """The state at `at`, with the moment of revocation: before it, or after when it was good then.

    And the state as far as what the file carries says it.
    """
    carried = [*_words(subject, issuer, evidence.carried)]
    known = [*_words(subject, issuer, evidence.known)]
    own = _state(carried, at)
    return (_state([*carried, *known], at) if known else own), own[0]


def _words(subject: Cert, issuer: Cert, statements: Statements) -> Iterator[_Word]:
    yield from _from_lists(subject, issuer, statements)
    yield from _from_answers(subject, issuer, statements)


def _state(words: list[_Word], at: datetime) -> State:
    good = [w for w in words if w.revoked_at is None]
    for word in words:
        if word.revoked_at is None or word.revoked_at > at:
            continue
        if word.held and any(word.made_at < w.made_at <= at for w in good):
            continue  # a hold that had been lifted by then
        return Revocation.REVOKED, word.revoked_at
    later = [w for w in words if w.revoked_at is not None and w.revoked_at > at]
    covers = any(w.made_at >= at or (w.good_until is not None and w.good_until >= at) for w in good)
    state = Revocation.GOOD if covers or later else Revocation.UNKNOWN
    return state, min((w.revoked_at for w in later if w.revoked_at and not w.held), default=None)


def _from_lists(subject: Cert, issuer: Cert, statements: Statements) -> Iterator[_Word]:
    for one in statements.crls:
        crl = one.crl
        if not one.is_by(issuer) or _partial(crl, subject.parsed):
            continue
        entry = crl.get_revoked_certificate_by_serial_number(subject.parsed.serial_number)
        reason = _reason(entry) if entry is not None else None
        if entry is None or reason is x509.ReasonFlags.remove_from_crl:
            yield _Word(None, False, crl.last_update_utc, crl.next_update_utc)
        else:
            held = reason is x509.ReasonFlags.certificate_hold
            yield _Word(entry.revocation_date_utc, held, crl.last_update_utc, None)


def _partial(crl: x509.CertificateRevocationList, subject: x509.Certificate) -> bool:
    """A list for other kinds of certificate, for some reasons only, or on another's behalf."""
    try:
        point = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return False
    try:
        ca = subject.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        ca = False
    return bool(
        point.indirect_crl
        or point.only_some_reasons
        or point.only_contains_attribute_certs
        or (point.only_contains_ca_certs and not ca)
        or (point.only_contains_user_certs and ca)
    )


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return None


def _signed_by(crl: x509.CertificateRevocationList, issuer: Cert) -> bool:
    try:
        return crl.is_signature_valid(issuer.key)  # type: ignore[arg-type]
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _from_answers(subject: Cert, issuer: Cert, statements: Statements) -> Iterator[_Word]:
    for one in statements.answers:
        try:
            if one.answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
                continue
            if not one.is_by(issuer):
                continue
            for single in one.answer.responses:
                if _concerns(single, subject.parsed, issuer.parsed):
                    yield _word(single)
        except (ValueError, UnsupportedAlgorithm):
            continue


def _word(single: ocsp.OCSPSingleResponse) -> _Word:
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        held = single.revocation_reason is x509.ReasonFlags.certificate_hold
        return _Word(single.revocation_time_utc, held, single.this_update_utc, None)
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise ValueError("the responder does not know")
    return _Word(None, False, single.this_update_utc, single.next_update_utc)


def _concerns(
    single: ocsp.OCSPSingleResponse, subject: x509.Certificate, issuer: x509.Certificate
) -> bool:
    if single.serial_number != subject.serial_number:
        return False
    builder = ocsp.OCSPRequestBuilder().add_certificate(subject, issuer, single.hash_algorithm)
    asked = builder.build()
    return (asked.issuer_key_hash, asked.issuer_name_hash) == (
        single.issuer_key_hash,
        single.issuer_name_hash,
    )


def _answered_by(answer: ocsp.OCSPResponse, issuer: Cert) -> bool:
    """Signed by the issuer, or by a responder it appointed with the OCSPSigning purpose."""
    if _verifies(answer, issuer.key):
        return True
    for responder in answer.certificates:
        try:
            responder.verify_directly_issued_by(issuer.parsed)
            purposes = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
            continue
        lived = responder.not_valid_before_utc <= answer.produced_at_utc
        lived = lived and answer.produced_at_utc <= responder.not_valid_after_utc
        appointed = ExtendedKeyUsageOID.OCSP_SIGNING in purposes
        if lived and appointed and _verifies(answer, responder.public_key()):
            return True
    return False


def _verifies(answer: ocsp.OCSPResponse, key: CertificatePublicKeyTypes) -> bool:
    algorithm = answer.signature_hash_algorithm
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return not isinstance(algorithm, hashes.MD5 | hashes.SHA1)


def _parsed(load: Callable[[bytes], T], raw: Iterable[bytes]) -> Iterator[T]:
    for der in raw:
        try:
            yield load(der)
        except (ValueError, TypeError):
            continue

"""Evidence about an external time-stamping authority, from the addresses its certificates name.

Only for certificates that came with tokens of the authority the agency configured; nothing is ever
fetched on behalf of an uploaded file. What comes is judged with the finished file.
"""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import requests
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from backend.certificates.problems import REVOKED_BY_ISSUER, TIME_STAMP_UNAVAILABLE
from backend.certificates.revocation import Evidence
from backend.core.clock import Clock

TIMEOUT = (5, 15)
MAX_CERTIFICATE, MAX_OCSP, MAX_CRL = 32 * 1024, 64 * 1024, 16 * 1024 * 1024
MAX_DEPTH = 5
KEEP_AT_MOST = timedelta(hours=12)


class _Proof(NamedTuple):
    issuer: x509.Certificate
    ocsp: bytes | None
    crl: bytes | None
    until: datetime


class _RevokedError(Exception):
    """The issuer says so, and was heard."""


class FetchedEvidence:
    """A `RevocationSource` over HTTP; answers are kept for as long as they say, half a day at most."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[bytes, _Proof] = {}
        self._lock = threading.Lock()

    def evidence(self, certificates: Sequence[bytes]) -> Evidence:
        """Raises TIME_STAMP_UNAVAILABLE when an issuer or its word cannot be had, and
        REVOKED_BY_ISSUER when it says that one of them no longer counts.
        """
        given = [x509.load_der_x509_certificate(der) for der in certificates]
        issuers: dict[bytes, None] = {}
        answers: dict[bytes, None] = {}
        lists: dict[bytes, None] = {}
        for certificate in given:
            current = certificate
            for _ in range(MAX_DEPTH):
                if current.issuer == current.subject:
                    break
                proof = self._proof(current, given)
                issuers[proof.issuer.public_bytes(Encoding.DER)] = None
                if proof.ocsp:
                    answers[proof.ocsp] = None
                if proof.crl:
                    lists[proof.crl] = None
                current = proof.issuer
        return Evidence(tuple(issuers), tuple(answers), tuple(lists))

    def _proof(self, certificate: x509.Certificate, given: Sequence[x509.Certificate]) -> _Proof:
        name = certificate.public_bytes(Encoding.DER)
        with self._lock:
            known = self._known.get(name)
        if known is not None and known.until > self._clock.now():
            return known
        try:
            proof = self._fetch(certificate, given)
        except _RevokedError as error:
            raise REVOKED_BY_ISSUER() from error
        except (requests.RequestException, OSError, ValueError) as error:
            raise TIME_STAMP_UNAVAILABLE() from error
        with self._lock:
            self._known[name] = proof
        return proof

    def _fetch(self, certificate: x509.Certificate, given: Sequence[x509.Certificate]) -> _Proof:
        issuer = next((c for c in given if _issued(c, certificate)), None)
        if issuer is None:
            urls = _access(certificate, AuthorityInformationAccessOID.CA_ISSUERS)
            issuer = _any_certificate(_get(_first(urls), MAX_CERTIFICATE))
            if not _issued(issuer, certificate):
                raise ValueError("the address names another issuer")
        latest = self._clock.now() + KEEP_AT_MOST
        if urls := _access(certificate, AuthorityInformationAccessOID.OCSP):
            answer, until = _ask(urls[0], certificate, issuer)
            return _Proof(issuer, answer, None, min(until or latest, latest))
        crl = _any_crl(_get(_first(_points(certificate)), MAX_CRL))
        if crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            raise _RevokedError
        der = crl.public_bytes(Encoding.DER)
        return _Proof(issuer, None, der, min(crl.next_update_utc or latest, latest))


def _ask(
    url: str, certificate: x509.Certificate, issuer: x509.Certificate
) -> tuple[bytes, datetime | None]:
    request = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(certificate, issuer, SHA1())  # noqa: S303 (RFC 5019: what all understand)
        .build()
        .public_bytes(Encoding.DER)
    )
    body = _read(
        requests.post(
            url,
            data=request,
            headers={"Content-Type": "application/ocsp-request"},
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        ),
        MAX_OCSP,
    )
    answer = ocsp.load_der_ocsp_response(body)
    if (
        answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
        and answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    ):
        raise _RevokedError
    good = (
        answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
        and answer.serial_number == certificate.serial_number
        and answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    )
    if not good:
        raise ValueError("not good")
    return body, answer.next_update_utc


def _get(url: str, most: int) -> bytes:
    return _read(requests.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True), most)


def _read(response: requests.Response, most: int) -> bytes:
    with response:
        if response.status_code != requests.codes.ok:
            raise ValueError(f"answered {response.status_code}")
        body = bytes(response.raw.read(most + 1, decode_content=True))
    if len(body) > most:
        raise ValueError("too long")
    return body


def _first(urls: list[str]) -> str:
    if not urls:
        raise ValueError("the certificate names no address")
    return urls[0]


def _access(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except x509.ExtensionNotFound:
        return []
    return [
        str(entry.access_location.value)
        for entry in found.value
        if entry.access_method == method
        and isinstance(entry.access_location, x509.UniformResourceIdentifier)
    ]


def _points(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    except x509.ExtensionNotFound:
        return []
    return [
        name.value
        for point in found.value
        for name in point.full_name or []
        if isinstance(name, x509.UniformResourceIdentifier) and name.value.startswith("http")
    ]


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _any_certificate(body: bytes) -> x509.Certificate:
    if b"-----BEGIN" in body:
        return x509.load_pem_x509_certificate(body)
    return x509.load_der_x509_certificate(body)


def _any_crl(body: bytes) -> x509.CertificateRevocationList:
    if b"-----BEGIN" in body:
        return x509.load_pem_x509_crl(body)
    return x509.load_der_x509_crl(body)

"""The port to a time-stamping authority, with the embedded one and one behind a URL."""

import secrets
import time
from functools import cached_property
from typing import Protocol

import requests
from cryptography.hazmat import asn1

from backend.certificates import messages
from backend.certificates.issuer import IssuingKey
from backend.certificates.messages import TimeStampResponse
from backend.certificates.problems import TIME_STAMP_UNAVAILABLE
from backend.core import der
from backend.core.errors import DomainError

CONNECT_SECONDS = 5
READ_SECONDS = 15
CHECK_SECONDS = 3
RECENT_SECONDS = 60.0
MAX_TOKEN_BYTES = 64 * 1024

_ALGORITHMS = {
    name: der.sequence(der.oid(kind.dotted_string), der.tlv(der.NULL))
    for kind, name in messages.HASHES.items()
}
_GRANTED = {0, 1}
"""«granted» and «granted with modifications» (RFC 3161 §2.4.2)."""
_WITH_CERTIFICATES = der.tlv(der.BOOLEAN, b"\xff")


class TimeStamper(Protocol):
    """Proves that a digest existed at a time (RFC 3161)."""

    @property
    def token_size(self) -> int:
        """The most bytes that its tokens take."""
        ...

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        """A time-stamp token (CMS ContentInfo, DER) over a digest.

        Call it with no transaction open: it may wait for a network.
        Raises TIME_STAMP_UNAVAILABLE when no proper token came.
        """
        ...

    def require_answer(self) -> None:
        """Whether a stamp could be had now, asked with little patience before a secret is typed.

        Call it with no transaction open. Raises TIME_STAMP_UNAVAILABLE.
        """
        ...


class EmbeddedTimeStamper:
    """The installation's own unit, with no HTTP between."""

    def __init__(self, issuer: IssuingKey) -> None:
        self._issuer = issuer

    @cached_property
    def token_size(self) -> int:
        """A sample, and what an ECDSA signature, a serial number and a nonce may differ by."""
        return len(self.stamp(bytes(32))) + 32

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        nonce = secrets.randbits(63)
        return _token(digest, nonce, self._issuer.timestamp(_request(digest, nonce, algorithm)))

    def require_answer(self) -> None:
        """One stamp: it costs a signature of the unit's own key, and no network."""
        try:
            self.stamp(bytes(32))
        except DomainError as refusal:
            raise TIME_STAMP_UNAVAILABLE() from refusal


class HttpTimeStamper:
    """An authority behind a URL, asked as RFC 3161 §3.4 says. No redirect is followed."""

    token_size = 8 * 1024
    """Three certificates of the usual size and an RSA-4096 signature."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._answered = -RECENT_SECONDS
        """When it last did, by the monotonic clock."""

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        return self._stamp(digest, algorithm, (CONNECT_SECONDS, READ_SECONDS))

    def require_answer(self) -> None:
        """Stamps may be paid for: one that came in the last minute will do."""
        if time.monotonic() - self._answered >= RECENT_SECONDS:
            self._stamp(secrets.token_bytes(32), "sha256", (CHECK_SECONDS, CHECK_SECONDS))

    def _stamp(self, digest: bytes, algorithm: str, patience: tuple[float, float]) -> bytes:
        self._answered = -RECENT_SECONDS
        nonce = secrets.randbits(63)
        try:
            with requests.post(
                self._url,
                data=_request(digest, nonce, algorithm),
                headers={
                    "Content-Type": "application/timestamp-query",
                    "Accept": "application/timestamp-reply",
                },
                timeout=patience,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = response.raw.read(MAX_TOKEN_BYTES, decode_content=True)
                status = response.status_code
        except (requests.RequestException, OSError) as error:
            raise TIME_STAMP_UNAVAILABLE() from error
        if status != requests.codes.ok:
            raise TIME_STAMP_UNAVAILABLE()
        token = _token(digest, nonce, body)
        self._answered = time.monotonic()
        return token


def _request(digest: bytes, nonce: int, algorithm: str) -> bytes:
    """A TimeStampReq that asks for the certificates too."""
    imprint = der.sequence(_ALGORITHMS[algorithm], der.octets(digest))
    return der.sequence(der.integer(1), imprint, der.integer(nonce), _WITH_CERTIFICATES)


def _token(digest: bytes, nonce: int, response: bytes) -> bytes:
    """The token, once it answers this very request. Its signature is checked with the file's."""
    try:
        answer = messages.read(TimeStampResponse, response)
        if answer.status.status not in _GRANTED or answer.token is None:
            raise TIME_STAMP_UNAVAILABLE()
        token = asn1.encode_der(answer.token)
        info = messages.token(token).info
    except ValueError as error:
        raise TIME_STAMP_UNAVAILABLE() from error
    if info.imprint.digest != digest or info.nonce != nonce:
        raise TIME_STAMP_UNAVAILABLE()
    return token
